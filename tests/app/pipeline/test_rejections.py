import pytest

from app.pipeline.plate_track import PlateTrack
from app.pipeline.rejections import Rejections, objection_to_text, why_unread
from app.pipeline.tuning import CurrentTuning, Tuning
from app.pipeline.types import Rejection, RejectReason
from app.sources.source_id import SourceId
from recognizer.readings import Reading
from tests.app.pipeline.made import says
from tests.app.pipeline.test_plate_track import track_of

GATE, YARD = SourceId("gate"), SourceId("yard")


def test_rejections_are_counted_by_source_listed_and_told() -> None:
    told: list[Rejection] = []
    rejections = Rejections()
    rejections.listener = told.append
    track = track_of(says("AB123C", 0.3), says("AB123C", 0.3))
    rejections.add(GATE, track, track.finding(), RejectReason.LOW_CONFIDENCE)
    rejections.add(YARD, PlateTrack(2, CurrentTuning()), None, RejectReason.UNREAD)
    assert rejections.counts(GATE) == {RejectReason.LOW_CONFIDENCE: 1}
    assert rejections.counts(None) == {RejectReason.LOW_CONFIDENCE: 1, RejectReason.UNREAD: 1}
    assert rejections.latest(YARD) == told[1:] and rejections.latest(None) == told
    first, second = told
    assert (first.text, first.detail.split(",")[0], first.key.source) == ("AB123C", "2 of 2 agree", GATE)
    assert 0 < first.confidence < 0.6 and first.wall_time is not None
    assert (second.text, second.confidence, second.wall_time) == ("", 0.0, None)


@pytest.mark.parametrize(
    ("reading", "score", "tuning", "objection"),
    [
        (says("AB123C"), 0.4, Tuning(), None),
        (says("TAXI"), 0.4, Tuning(), RejectReason.NO_PLATE),
        (says("AB123C"), 0.9, Tuning(countries=("NL",)), None),
        (says("AB123C"), 0.9, Tuning(countries=("NL",), only_formats=True), RejectReason.OTHER_FORMAT),
        (says("AB123C"), 0.9, Tuning(only_formats=True), None),
        (says("96NDJB"), 0.4, Tuning(countries=("NL",), only_formats=True), None),
    ],
)
def test_what_speaks_against_a_text(
    reading: Reading, score: float, tuning: Tuning, objection: RejectReason | None
) -> None:
    track = track_of(reading, score=score)
    assert track.vote is not None
    assert objection_to_text(track, track.vote, tuning) is objection


def test_why_a_track_has_no_reading() -> None:
    track = PlateTrack(1, CurrentTuning())
    assert why_unread(track, Tuning()) is RejectReason.OUTSIDE_ZONE
    track.in_zone = 1
    assert why_unread(track, Tuning()) is RejectReason.TOO_SMALL
    track.tallest_px = 30
    assert why_unread(track, Tuning()) is RejectReason.NOT_PLATE_SHAPED
    track.shaped = 1
    assert why_unread(track, Tuning()) is RejectReason.UNREAD
