"""What can be tuned in the pipeline, with defaults chosen on real clips; the user's settings map onto it."""

from dataclasses import dataclass, field

from app.config.settings import Settings
from app.pipeline.zones import Zones

_STILL_SHARE = 2 / 3
_LOW_SCORE = 0.1  # as ByteTrack has it: plates in motion blur score so little, and are found beside a track


@dataclass(frozen=True, slots=True)
class Tuning:
    """All numbers of the pipeline. Times in seconds of media time, sizes in pixels of the frame.

    min_score: detections below it start no track. track_memory_s: how long a track survives unseen.
    min_confidence: less sure reads are not told. sure_confidence: less sure ones are told as unsure.
    min_agreement: equal readings a plate needs (one for pictures). min_share: share of the votes the text must have.
    only_formats: whether only plates of the chosen countries are told.
    settled_agreement, settled_confidence: from here on a track is read at every read_every-th frame only.
    zoom_interval_s: how often a part of a large frame is looked at in full resolution; 0 for never.
    still_interval_s: how often a frame goes to the detector while nothing moves; 0 for all of them.
    split_after: equal readings, far from the track's text, that show that another vehicle took over.
    """

    min_score: float = 0.3
    min_plate_px: float = 10.0
    min_confidence: float = 0.45
    sure_confidence: float = 0.6
    min_agreement: int = 2
    min_share: float = 0.2
    countries: tuple[str, ...] = ()
    only_formats: bool = False
    repeat_s: float = 30.0
    track_memory_s: float = 1.5
    settled_agreement: int = 4
    settled_confidence: float = 0.9
    read_every: int = 5
    split_after: int = 3
    zoom_interval_s: float = 0.25
    still_interval_s: float = 0.5
    zones: Zones = field(default_factory=Zones)

    @property
    def low_score(self) -> float:
        """Score above which a detection may carry a track on that a surer one has started."""
        return min(_LOW_SCORE, self.min_score)

    @property
    def min_still_score(self) -> float:
        """Score a detection in a single picture needs.

        Less than in video, where a false one is found in frame after frame: plates that score 0.2 to 0.3 are one in
        a hundred of those of photographs, and what is no plate there is told by its reading.
        """
        return self.min_score * _STILL_SHARE


class CurrentTuning:
    """The tuning in force. What lives longer than a setting holds this and reads `now`, and keeps no number of its own.

    It may be replaced from any thread at any time.
    """

    def __init__(self, tuning: Tuning | None = None) -> None:
        self.now = tuning or Tuning()


def from_settings(settings: Settings, zones: Zones | None = None) -> Tuning:
    """Return the tuning that the user's settings ask for."""
    reading = settings.reading
    least = reading.min_confidence if reading.list_unsure else max(reading.min_confidence, reading.sure_confidence)
    return Tuning(
        min_score=settings.detection.min_score,
        min_plate_px=settings.detection.min_plate_px,
        min_confidence=least,
        sure_confidence=reading.sure_confidence,
        min_agreement=settings.decision.agreement,
        countries=reading.countries,
        only_formats=reading.only_formats,
        repeat_s=settings.decision.repeat_s,
        zones=zones or Zones(),
    )
