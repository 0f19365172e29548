"""Why a track is no row: what speaks against it, counted by reason, and the latest to be looked at."""

from collections import Counter, deque
from collections.abc import Callable

from app.pipeline.plate_track import Finding, PlateTrack
from app.pipeline.plausibility import fits_countries, is_plate
from app.pipeline.tuning import Tuning
from app.pipeline.types import Rejection, RejectReason
from app.pipeline.voting import Vote
from app.sources.source_id import SourceId, TrackKey

_LISTED = 500


class Rejections:
    """What was not reported, of any number of sources."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, RejectReason]] = Counter()
        self._latest: deque[Rejection] = deque(maxlen=_LISTED)
        self.listener: Callable[[Rejection], None] | None = None

    def add(self, source_id: SourceId, track: PlateTrack, finding: Finding | None, reason: RejectReason) -> None:
        """Count a track that was not reported."""
        vote = finding.vote if finding is not None else None
        detail = f"{vote.agreeing} of {vote.readings} agree, confidence {vote.confidence:.2f}" if vote else ""
        key = TrackKey(source_id, track.number)
        text = vote.text if vote else ""
        self._counts[source_id, reason] += 1
        confidence = vote.confidence if vote else 0.0
        rejection = Rejection(reason, key, track.last_s, track.last_wall, track.last_box, text, confidence, detail)
        self._latest.append(rejection)
        if self.listener is not None:
            self.listener(rejection)

    def counts(self, source_id: str | None) -> dict[RejectReason, int]:
        """How many there were, by reason, of one source or of all."""
        counts: Counter[RejectReason] = Counter()
        for (source, reason), count in self._counts.items():
            if source_id in (None, source):
                counts[reason] += count
        return dict(counts)

    def latest(self, source_id: str | None) -> list[Rejection]:
        """The latest, of one source or of all, oldest first."""
        return [item for item in list(self._latest) if source_id in (None, item.key.source)]


def objection_to(track: PlateTrack, finding: Finding, tuning: Tuning) -> RejectReason | None:
    """What speaks against reporting what a track says, None if nothing does."""
    vote = finding.vote
    if vote.agreeing < (1 if finding.is_still else tuning.min_agreement) or vote.share < tuning.min_share:
        return RejectReason.LOW_AGREEMENT
    if objection := objection_to_text(track, vote, tuning):
        return objection
    if not vote.whole and not finding.is_still:  # nobody knows what stands on the part never seen
        return RejectReason.CUT_OFF
    if track.is_caption:
        return RejectReason.CAPTION
    unsure = vote.confidence < tuning.min_confidence or vote.is_outdone
    return RejectReason.LOW_CONFIDENCE if unsure else None


def objection_to_text(track: PlateTrack, vote: Vote, tuning: Tuning) -> RejectReason | None:
    """What speaks against a track's text being that of a plate, None if nothing does."""
    if tuning.only_formats and tuning.countries and not fits_countries(vote.text, tuning.countries):
        return RejectReason.OTHER_FORMAT
    plausible = is_plate(vote.text, vote.confidence, track.plate_evidence, tuning.countries)
    return None if plausible else RejectReason.NO_PLATE


def why_unread(track: PlateTrack, tuning: Tuning) -> RejectReason:
    """Why a track has no reading."""
    if not track.in_zone:
        return RejectReason.OUTSIDE_ZONE
    if track.tallest_px < tuning.min_plate_px:
        return RejectReason.TOO_SMALL
    return RejectReason.UNREAD if track.shaped else RejectReason.NOT_PLATE_SHAPED
