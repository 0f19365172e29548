"""What is known of one tracked plate: its readings, their vote, the pictures of the best ones."""

import math
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from app.pipeline.events import TrackReading
from app.pipeline.plausibility import PlateEvidence
from app.pipeline.tuning import CurrentTuning
from app.pipeline.types import Image, PlateCrop, WallClock
from app.pipeline.voting import Vote, plate_probability, tells_plates, vote, vote_region
from detector.types import Box
from recognizer.plate_text import edit_distance, fold_lookalikes
from recognizer.readings import Reading

_MOST_READINGS = 60  # enough for any vote; bounds memory and time for a parked car
_MOST_SHOTS = 3
_STILL_PX, _STILL_SHARE = 2.0, 0.1  # of a plate's height: a box that is drawn anew in each frame wanders so far
_BORDER_WEIGHT = 0.3
_FULL_HEIGHT_PX = 32.0
_LINE_ASPECT = 3.0  # a box that is narrower for its height than this holds two lines, or one that is tilted
_LARGER = 1.15


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """The pictures of one reading: the crop that was read and the whole frame, also as the JPEG file it came as."""

    item: TrackReading
    crop: Image
    frame: Image
    jpeg: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What a track says so far: the vote, when it was seen, and the pictures of the best reading of that text."""

    vote: Vote
    shot: Shot
    first_s: float
    last_s: float
    first_wall: datetime
    last_wall: datetime
    wall_clock: WallClock
    is_still: bool
    readings: tuple[TrackReading, ...]
    region: str = ""


class PlateTrack:
    """The readings of one plate as long as its track lives. Belongs to the thread that runs the pipeline."""

    def __init__(self, number: int, tuning: CurrentTuning) -> None:
        """number: counts from 1 within the source."""
        self.number = number
        self._tuning = tuning
        self._readings: list[TrackReading] = []
        self._recent: deque[tuple[TrackReading, Shot]] = deque(maxlen=tuning.now.split_after)
        self._shots: dict[str, Shot] = {}
        self._vote: Vote | None = None
        self._stale = False
        self._latest_text = ""
        self._unread_frames = 0
        self._largest_px = 0.0
        self.tallest_px = 0.0
        self.frames = 0
        self.in_zone = 0
        self.shaped = 0
        self.in_margin = 0
        self.last_box = Box(0, 0, 0, 0)
        self._least, self._most = (math.inf, math.inf), (-math.inf, -math.inf)  # corners of where its middle was
        self._first: tuple[float, datetime] | None = None
        self._last: tuple[float, datetime] | None = None
        self._clock = WallClock.LIVE
        self._is_still = False

    @property
    def vote(self) -> Vote | None:
        """The vote over all readings so far, None while nothing was read."""
        if self._stale:
            self._vote, self._stale = vote(self._readings, self._agreement), False
        return self._vote

    @property
    def plate_evidence(self) -> PlateEvidence:
        """What the networks say of whether this is a plate: means over all readings, by their weights."""
        total = sum(item.weight for item in self._readings)
        score = sum(item.weight * item.score for item in self._readings) / total if total else 0.0
        probability = plate_probability(self._readings) if tells_plates(self._readings) else None
        return PlateEvidence(probability, score)

    @property
    def settled(self) -> bool:
        """Whether enough readings agree that more would hardly change the text, and the latest is one of them."""
        current = self.vote
        return (
            current is not None
            and self._latest_text == current.text
            and current.agreeing >= self._tuning.now.settled_agreement
            and current.confidence >= self._tuning.now.settled_confidence
        )

    @property
    def _agreement(self) -> int:
        return 1 if self._is_still else self._tuning.now.min_agreement

    @property
    def is_caption(self) -> bool:
        """Whether it stands where captions are burnt in, and has not moved: no vehicle comes or goes like that.

        A vehicle there is told as soon as it moves. A picture tells nothing of motion.
        """
        if self._is_still or self.in_margin < self.frames:
            return False
        moved = max(most - least for least, most in zip(self._least, self._most, strict=True))
        return moved <= max(_STILL_PX, _STILL_SHARE * self.tallest_px)

    @property
    def last_s(self) -> float:
        """Media time at which it was last seen."""
        return self._last[0] if self._last else 0.0

    @property
    def last_wall(self) -> datetime | None:
        """Wall time at which it was last seen."""
        return self._last[1] if self._last else None

    def see(self, box: Box, media_time: float, wall_time: datetime, clock: WallClock, is_still: bool) -> None:
        """Note that the plate is in view."""
        self.frames += 1
        self.last_box = box
        x, y = box.center
        self._least = (min(x, self._least[0]), min(y, self._least[1]))
        self._most = (max(x, self._most[0]), max(y, self._most[1]))
        self.tallest_px = max(self.tallest_px, box.height)
        self._first = self._first or (media_time, wall_time)
        self._last = (media_time, wall_time)
        self._clock, self._is_still = clock, is_still
        self._unread_frames += 1

    def wants_reading(self, box: Box) -> bool:
        """Whether reading this box can still improve the vote: always until settled, then now and then or if larger.

        Where it can, it counts as read from now on, since the reading may come some frames later.
        """
        due = self._unread_frames >= self._tuning.now.read_every or box.area > self._largest_px * _LARGER**2
        if self.settled and not due:
            return False
        self._unread_frames = 0
        self._largest_px = max(self._largest_px, box.area)
        return True

    def add(self, crop: PlateCrop, reading: Reading, cut: bool) -> "PlateTrack | None":
        """Add a reading; return the part that was split off as another vehicle's, if there is one."""
        frame = crop.frame
        weight, times = _worth(crop, cut), (frame.media_time, frame.wall_time)
        item = TrackReading(reading, frame.index, *times, crop.box, crop.sharpness, weight, cut, crop.score)
        shot = Shot(item, crop.image, frame.image, frame.jpeg)
        self._latest_text = reading.text
        if not reading.text:
            return None
        before = self.vote
        self._recent.append((item, shot))
        if before is not None and self._is_another(before):
            return self._split()
        self._keep(item, shot)
        return None

    def finding(self) -> Finding | None:
        """What the track says, None while nothing was read."""
        current = self.vote
        if current is None or self._first is None or self._last is None:
            return None
        shot = self._shots.get(current.text) or max(self._shots.values(), key=_value)
        return Finding(
            current,
            shot,
            self._first[0],
            self._last[0],
            self._first[1],
            self._last[1],
            self._clock,
            self._is_still,
            tuple(self._readings),
            vote_region(self._readings),
        )

    def _keep(self, item: TrackReading, shot: Shot) -> None:
        self._readings.append(item)
        if len(self._readings) > _MOST_READINGS:
            self._readings.remove(min(self._readings, key=_worth_of))
        text = item.reading.text
        if text not in self._shots or _value(shot) > _value(self._shots[text]):
            self._shots[text] = shot
        if len(self._shots) > _MOST_SHOTS:
            keep = self.vote.text if self.vote else ""
            worst = min((other for other in self._shots if other != keep), key=lambda other: _value(self._shots[other]))
            del self._shots[worst]
        self._stale = True

    def _is_another(self, before: Vote) -> bool:
        """Whether the latest readings agree on a text so far from an established one that the vehicle changed."""
        if len(self._recent) < self._tuning.now.split_after or before.agreeing < self._tuning.now.min_agreement:
            return False
        texts = {fold_lookalikes(item.reading.text) for item, _ in self._recent}
        trusted = all(item.reading.confidence >= self._tuning.now.sure_confidence for item, _ in self._recent)
        if len(texts) != 1 or not trusted or before.confidence < self._tuning.now.sure_confidence:
            return False
        text, established = texts.pop(), fold_lookalikes(before.text)
        shorter, longer = sorted((text, established), key=len)
        return shorter not in longer and edit_distance(text, established) >= max(3, len(longer) // 2)

    def _split(self) -> "PlateTrack":
        """Move the latest readings, which are another vehicle's, to a track of their own."""
        other = PlateTrack(0, self._tuning)
        moved = list(self._recent)
        self._recent.clear()
        strange = {id(item) for item, _ in moved}
        self._readings = [item for item in self._readings if id(item) not in strange]
        self._shots = {text: shot for text, shot in self._shots.items() if id(shot.item) not in strange}
        self._stale = True
        for item, shot in moved:
            other.see(item.box, item.media_time, item.wall_time, self._clock, self._is_still)
            other._recent.append((item, shot))
            other._keep(item, shot)
        other.in_zone, other.shaped = len(moved), len(moved)
        other.in_margin = len(moved) if self.in_margin == self.frames else 0
        other._latest_text = moved[-1][0].reading.text
        other.tallest_px = max(item.box.height for item, _ in moved)
        if self._readings:
            latest = max(self._readings, key=lambda item: item.media_time)
            self._last = (latest.media_time, latest.wall_time)
            self.last_box = latest.box
        return other


def _worth(crop: PlateCrop, cut: bool) -> float:
    """What a reading's vote is worth: by the pixels a character has, by sharpness, and much less if the plate is cut.

    Sharpness counts little, since of two crops of one plate the smaller one looks sharper.
    """
    line_px = min(crop.box.height, crop.box.width / _LINE_ASPECT)  # of two lines each has half the height
    size = min(1.0, line_px / _FULL_HEIGHT_PX) ** 2
    sharp = crop.sharpness / (crop.sharpness + 1.0) if crop.sharpness > 0 else 0.0
    return (0.05 + 0.95 * size) * (0.75 + 0.25 * sharp) * (_BORDER_WEIGHT if cut else 1.0)


def _worth_of(item: TrackReading) -> float:
    return item.weight * item.reading.confidence


def _value(shot: Shot) -> float:
    return _worth_of(shot.item)
