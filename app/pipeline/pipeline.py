"""The pipeline without threads: frames in, events out. Whoever calls it owns the models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from app.pipeline.detection import DetectedFrames, DetectionStage, Detector
from app.pipeline.events import PlateEvent, Step
from app.pipeline.orientation import OrientationCheck
from app.pipeline.plate_track import Finding, PlateTrack
from app.pipeline.plausibility import cut_by_border, in_margin, plate_shaped
from app.pipeline.reading import Reader, read_crops
from app.pipeline.rejections import Rejections, objection_to, objection_to_text, why_unread
from app.pipeline.stats import StageTimes
from app.pipeline.tracking import PlateTracker, Tracked, TrackerUpdate
from app.pipeline.tuning import CurrentTuning, Tuning
from app.pipeline.types import (
    Frame,
    FrameResult,
    PlateCrop,
    Rejection,
    RejectReason,
    SourceFault,
    Track,
)
from app.pipeline.visits import VisitBook
from app.pipeline.zones import Zones
from app.sources.source_id import SourceId, TrackKey
from detector.crops import crop_plate, measure_sharpness
from detector.types import Detection
from recognizer.readings import Reading

_BETTER = 0.1
_TOLD_AGAIN_S = 60.0  # a vehicle that stands is told anew so often: its row in the log tells how long it stood


@dataclass(slots=True)
class _SourceTracks:
    """What is kept of one source between frames."""

    visits: VisitBook
    tracker: PlateTracker | None = None
    tracks: dict[int, PlateTrack] = field(default_factory=dict)
    reported: dict[int, Finding] = field(default_factory=dict)
    seen: tuple[Tracked, ...] = ()
    count: int = 0
    now_s: float = 0.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """A tracked plate in a frame, and whether the place and size of its box let it count."""

    frame: Frame
    found: Tracked
    eligible: bool


class Pipeline:
    """Detects, tracks, crops, reads and votes, for any number of sources through one detector and one reader.

    It has two halves. detect_plates() knows nothing of earlier frames, so it may run ahead, in as many threads at once
    as `streams` says. track_and_read() does the rest, in one thread and in the order of the frames. In that thread and
    order, select_frames() tells which frames the detector has to see: where nothing moves, hardly any.
    """

    def __init__(
        self, detector: Detector, reader: Reader, tuning: Tuning | None = None, stages: StageTimes | None = None
    ) -> None:
        self._reader = reader
        self.streams = detector.streams
        self._tuning = CurrentTuning(tuning)
        self._detection = DetectionStage(detector, self._tuning)
        self.stages = stages or StageTimes()
        self._sources: dict[SourceId, _SourceTracks] = {}
        self._counts: dict[str, int] = {}
        self._zones: dict[str, Zones] = {}
        self._rejections = Rejections()
        self.orientation = OrientationCheck(detector, reader)

    @property
    def tuning(self) -> Tuning:
        """The tuning in force. Setting it, from any thread, reaches sources and tracks that are open."""
        return self._tuning.now

    @tuning.setter
    def tuning(self, tuning: Tuning) -> None:
        self._tuning.now = tuning

    def process(self, frames: Sequence[Frame]) -> Step:
        """Take frames of one or more sources, those of one source in order, as one batch through each network."""
        return self.track_and_read(self.detect_plates(frames, self.select_frames(frames)))

    def select_frames(self, frames: Sequence[Frame]) -> tuple[bool, ...]:
        """Tell of each frame whether it shows something new, so that the detector has to see it."""
        return self._detection.select_frames(frames)

    def detect_plates(self, frames: Sequence[Frame], selected: Sequence[bool]) -> DetectedFrames:
        """Find the plates of the selected frames as one batch."""
        if not any(selected):
            return DetectedFrames(tuple(frames), (None,) * len(frames))
        with self.stages.measure("detect", sum(selected)):
            return self._detection.detect(frames, selected)

    def track_and_read(self, detected: DetectedFrames) -> Step:
        """Track, read and vote on what was detected; what is worth reading goes through the reader as one batch."""
        frames = detected.frames
        if not frames:
            return Step((), (), detected.faults)
        updates: list[TrackerUpdate] = []
        seen: list[list[_Seen]] = []
        crops: list[PlateCrop] = []
        for frame, found in zip(frames, detected.detections, strict=True):
            with self.stages.measure("track"):
                updates.append(self._track(frame, found))
                seen.append(self._seen(frame, updates[-1]))
            if found is not None:  # else it would be read as in the frame before
                with self.stages.measure("crop"):
                    crops += self._crops(seen[-1])
        read: list[tuple[PlateCrop, Reading]] = []
        faults: tuple[SourceFault, ...] = ()
        if crops:
            with self.stages.measure("read", len(crops)):
                read, faults = read_crops(self._reader, crops)
        with self.stages.measure("vote", len(frames)):
            results, events = self._vote(frames, updates, seen, read)
        return Step(results, events, (*detected.faults, *faults))

    def finish(self, source_id: SourceId) -> list[PlateEvent]:
        """End a source's open tracks, as FINAL, and forget the source but for the numbers its tracks had."""
        state = self._sources.pop(source_id, None)
        self._detection.forget(source_id)
        if state is None:
            return []
        self._counts[source_id] = state.count  # opened again, it gives no track_key twice
        return [event for number in list(state.tracks) for event in self._end(state, source_id, number)]

    def set_zones(self, source_id: SourceId, zones: Zones) -> None:
        """Look at one source in zones of its own instead of those of the tuning; from any thread, at once."""
        self._zones[source_id] = zones

    def rejected(self, source_id: str | None = None) -> dict[RejectReason, int]:
        """Count what was not reported, by reason, of one source or of all."""
        return self._rejections.counts(source_id)

    def tell_rejections(self, listener: Callable[[Rejection], None]) -> None:
        """Have each thing that is not reported told, in the thread that runs the pipeline."""
        self._rejections.listener = listener

    def rejections(self, source_id: str | None = None) -> list[Rejection]:
        """List the latest things that were not reported, oldest first."""
        return self._rejections.latest(source_id)

    def _state(self, source_id: SourceId) -> _SourceTracks:
        if source_id not in self._sources:
            visits = VisitBook(source_id, self._tuning)
            self._sources[source_id] = _SourceTracks(visits, count=self._counts.get(source_id, 0))
        return self._sources[source_id]

    def _track(self, frame: Frame, detections: Sequence[Detection] | None) -> TrackerUpdate:
        """Give each detection the id of its track; in a picture each is a track of its own."""
        state = self._state(frame.source_id)
        state.now_s = frame.media_time
        if detections is None:
            return TrackerUpdate(state.seen, ())
        if frame.is_still:
            kept = [found for found in detections if found.score >= self.tuning.min_still_score]
            numbered = tuple(Tracked(number, found) for number, found in enumerate(kept, 1))
            return TrackerUpdate(numbered, tuple(found.track_id for found in numbered))
        if state.tracker is None:
            state.tracker = PlateTracker(self._tuning)
        update = state.tracker.update(detections, frame.media_time)
        state.seen = update.seen
        return update

    def _seen(self, frame: Frame, update: TrackerUpdate) -> list[_Seen]:
        """Note each tracked plate and tell which are in the zone, large enough and shaped like a plate."""
        height, width = frame.image.shape[:2]
        state, seen = self._state(frame.source_id), []
        for found in update.seen:
            box = found.detection.box
            track = state.tracks.get(found.track_id) or self._new_track(state, found.track_id)
            track.see(box, frame.media_time, frame.wall_time, frame.clock, frame.is_still)
            in_zone = self._zones.get(frame.source_id, self.tuning.zones).allows(box, width, height)
            shaped = plate_shaped(box)
            track.in_zone += in_zone
            track.shaped += shaped
            track.in_margin += in_margin(box, height)
            eligible = in_zone and shaped and box.height >= self.tuning.min_plate_px
            seen.append(_Seen(frame, found, eligible))
        return seen

    def _new_track(self, state: _SourceTracks, track_id: int) -> PlateTrack:
        state.count += 1
        state.tracks[track_id] = PlateTrack(state.count, self._tuning)
        return state.tracks[track_id]

    def _crops(self, seen: Sequence[_Seen]) -> Iterator[PlateCrop]:
        """Cut out what is worth reading."""
        for item in seen:
            found = item.found
            track = self._state(item.frame.source_id).tracks[found.track_id]
            box = found.detection.box
            if item.eligible and track.wants_reading(box):
                image = crop_plate(item.frame.image, box)
                yield PlateCrop(item.frame, found.track_id, image, box, found.detection.score, measure_sharpness(image))

    def _vote(
        self,
        frames: Sequence[Frame],
        updates: Sequence[TrackerUpdate],
        seen: Sequence[Sequence[_Seen]],
        read: Sequence[tuple[PlateCrop, Reading]],
    ) -> tuple[tuple[FrameResult, ...], tuple[PlateEvent, ...]]:
        """Add the readings to their tracks frame by frame and collect what there is to report."""
        events: list[PlateEvent] = []
        results: list[FrameResult] = []
        for frame, update, group in zip(frames, updates, seen, strict=True):
            state = self._state(frame.source_id)
            self.orientation.note_frame(frame)
            for crop, reading in read:
                if crop.frame is frame:
                    events += self._add(state, crop, reading)
            results.append(FrameResult(frame, tuple(self._shown(state, item) for item in group if item.eligible)))
            events += [event for ended in update.ended for event in self._end(state, frame.source_id, ended)]
            state.visits.prune(state.now_s)
        return tuple(results), tuple(events)

    def _add(self, state: _SourceTracks, crop: PlateCrop, reading: Reading) -> list[PlateEvent]:
        """Add a reading to its track; a track that turns out to be two vehicles is ended and begun anew."""
        events: list[PlateEvent] = []
        height, width = crop.frame.image.shape[:2]
        track = state.tracks[crop.track_id]
        other = track.add(crop, reading, cut_by_border(crop.box, width, height))
        if other is not None:
            events += self._end(state, crop.frame.source_id, crop.track_id)
            state.count += 1
            other.number = state.count
            state.tracks[crop.track_id] = track = other
        if not crop.frame.is_still:
            events += self._news(state, track)
        return events

    def _news(self, state: _SourceTracks, track: PlateTrack) -> list[PlateEvent]:
        """Report a track that became reportable, or whose text or confidence changed noticeably."""
        finding = track.finding()
        told = state.reported.get(track.number)
        if finding is None or objection_to(track, finding, self.tuning) is not None:
            return []
        if told and told.vote.text == finding.vote.text and not _is_news(told, finding):
            return []
        return self._report(state, track, finding, final=False)

    def _end(self, state: _SourceTracks, source_id: SourceId, track_id: int) -> list[PlateEvent]:
        """End a track: FINAL if it is a plate, else count why not, and take back what was reported of it."""
        track = state.tracks.pop(track_id, None)
        if track is None:
            return []
        finding = track.finding()
        objection = objection_to(track, finding, self.tuning) if finding is not None else None
        if finding is not None and objection is None:
            return self._report(state, track, finding, final=True)
        self._rejections.add(source_id, track, finding, objection or why_unread(track, self.tuning))
        told = state.reported.pop(track.number, None)
        return [state.visits.withdraw(track.number)] if told is not None else []

    def _report(self, state: _SourceTracks, track: PlateTrack, finding: Finding, final: bool) -> list[PlateEvent]:
        self.orientation.note_read(state.visits.source_id)
        if final:
            state.reported.pop(track.number, None)
        else:
            state.reported[track.number] = finding
        return list(state.visits.report(track.number, finding, track.last_box, final))

    def _shown(self, state: _SourceTracks, item: _Seen) -> Track:
        """What the overlay shows of a plate in this frame: of a text not told yet, only what could become a row."""
        found = item.found
        track = state.tracks[found.track_id]
        known = track.number in state.reported
        vote = state.visits.vote_of(track.number) if known else track.vote
        fits = vote and (known or objection_to_text(track, vote, self.tuning) is None)
        text, confidence = (vote.text, vote.confidence) if vote and fits else ("", 0.0)
        key = TrackKey(item.frame.source_id, track.number)
        return Track(key, found.detection.box, found.detection.score, text, confidence, known)


def _is_news(told: Finding, now: Finding) -> bool:
    """Whether the same text is worth telling again: it is much surer, or was told long ago."""
    surer = now.vote.confidence >= told.vote.confidence + _BETTER
    return surer or now.last_s >= told.last_s + _TOLD_AGAIN_S
