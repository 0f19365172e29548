from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config.settings import ReadingSettings, Settings
from app.pipeline.events import EventKind, PlateEvent, without_evidence
from app.pipeline.pipeline import Pipeline
from app.pipeline.stats import StageTimes
from app.pipeline.tuning import Tuning, from_settings
from app.pipeline.types import Image, RejectReason
from app.pipeline.zones import Zones
from app.sources.source_id import TrackKey
from detector.types import Detection
from recognizer.readings import Reading
from tests.app.made_events import key as track_key
from tests.app.pipeline.made import ScriptedDetector, ScriptedReader, frame, plate, says

FPS = 10.0
Script = Sequence[Sequence[Detection]]


def clip(number: int) -> TrackKey:
    return track_key(number, "clip")


def run(
    script: Script, reads: Callable[[int], Reading], tuning: Tuning | None = None
) -> tuple[list[PlateEvent], Pipeline]:
    """Run one frame after the other of one source, then finish it."""
    pipeline = Pipeline(ScriptedDetector(script), ScriptedReader(reads), tuning)
    events: list[PlateEvent] = []
    for i in range(len(script)):
        events += pipeline.process([frame(i, i / FPS)]).events
    return events + pipeline.finish("clip"), pipeline


def parked(count: int, x: float = 100, y: float = 100) -> list[list[Detection]]:
    return [[plate(x + i, y)] for i in range(count)]


def test_a_plate_is_new_when_two_agree_and_final_when_it_leaves() -> None:
    events, _ = run([*parked(10), *[[]] * 30], lambda i: says("34A23126", 0.8))
    assert events[0].kind is EventKind.NEW
    assert events[-1].kind is EventKind.FINAL
    assert {event.key for event in events} == {clip(1)}
    assert [event.identity.revision for event in events] == list(range(1, len(events) + 1))
    final = events[-1]
    assert (final.text.plate, final.span.first_s, final.span.last_s) == ("34A23126", 0.0, 0.9)
    assert final.evidence.agreeing >= 2 and len(final.text.char_confidences) == 8
    assert final.evidence.frame.shape == (480, 640, 3) and final.evidence.crop.size > 0
    assert final.span.last_time > final.span.first_time and final.span.first_time.tzinfo is not None


def test_one_reading_alone_is_no_plate() -> None:
    events, pipeline = run([*parked(1), *[[]] * 5], lambda i: says("34A23126", 0.99))
    assert events == [] and pipeline.rejected() == {RejectReason.LOW_AGREEMENT: 1}


def test_readings_that_never_agree_are_no_plate() -> None:
    events, pipeline = run(parked(8), lambda i: says(f"AB{i}{i + 1}{i * 7 % 10}X", 0.9))
    assert events == [] and pipeline.rejected("clip") == {RejectReason.LOW_AGREEMENT: 1}
    listed = pipeline.rejections("clip")[0]
    assert listed.key == clip(1) and "agree" in listed.detail


def test_a_picture_needs_one_reading_and_each_plate_is_final_at_once() -> None:
    script = [[plate(50, 50), plate(300, 200)]]
    pipeline = Pipeline(ScriptedDetector(script), ScriptedReader(lambda i: says(["AB123", "CD456"][i])))
    step = pipeline.process([replace(frame(0, 0, still=True), jpeg=b"as it came")])
    assert [event.evidence.jpeg for event in step.events] == [b"as it came"] * 2
    assert [without_evidence(event).evidence.jpeg for event in step.events] == [b""] * 2
    assert [(event.kind, event.text.plate, event.span.is_still) for event in step.events] == [
        (EventKind.FINAL, "AB123", True),
        (EventKind.FINAL, "CD456", True),
    ]
    assert pipeline.finish("clip") == []
    assert [track.text for track in step.frames[0].tracks] == ["AB123", "CD456"]


def test_a_better_text_later_updates_and_stays_one_vehicle() -> None:
    def reads(i: int) -> Reading:
        return says("AB12", 0.55) if i < 3 else says("AB123C", 0.97)

    events, _ = run(parked(15), reads)
    kinds = [event.kind for event in events]
    assert kinds[0] is EventKind.NEW and EventKind.UPDATE in kinds and kinds[-1] is EventKind.FINAL
    assert events[-1].text.plate == "AB123C" and {event.key for event in events} == {clip(1)}
    assert [event.identity.revision for event in events] == list(range(1, len(events) + 1))


def test_the_frame_shown_is_the_one_in_which_the_best_reading_was_made() -> None:
    events, _ = run(parked(6), lambda i: says("AB123C", 0.6 if i != 4 else 0.95), Tuning(settled_agreement=99))
    final = events[-1]
    assert final.evidence.frame_index == 4 and final.evidence.media_s == pytest.approx(0.4)
    assert final.evidence.box == plate(104, 100).box


def test_an_identity_switch_does_not_give_two_cars_one_plate() -> None:
    # the second car takes over the first one's track, in the same place and without a gap
    events, _ = run(parked(24), lambda i: says("AB123C", 0.95) if i < 6 else says("XY987Z", 0.95))
    finals = {event.key: event for event in events if event.kind is EventKind.FINAL}
    assert sorted(event.text.plate for event in finals.values()) == ["AB123C", "XY987Z"]
    first, second = sorted(finals.values(), key=lambda event: event.span.first_s)
    assert first.span.last_s < second.span.first_s
    assert not {reading.reading.text for reading in first.evidence.readings} & {"XY987Z"}
    assert not {reading.reading.text for reading in second.evidence.readings} & {"AB123C"}


def test_two_cars_that_swap_tracks_stay_two_visits() -> None:
    # both are seen all along; from frame 8 on the detections, and so the tracks, read the other one's plate
    script = [[plate(100, 100), plate(400, 300)] for _ in range(24)]

    def reads(i: int) -> Reading:
        return says("AB123C" if (i % 2 == 0) == (i < 16) else "XY987Z", 0.95)

    events, _ = run(script, reads, Tuning(settled_agreement=99))
    last = {event.key: event for event in events}
    gone = {key for event in events for key in event.identity.absorbed}
    assert sorted(event.text.plate for key, event in last.items() if key not in gone) == ["AB123C", "XY987Z"]


def test_a_fragment_at_first_does_not_split_a_track() -> None:
    events, _ = run(parked(20), lambda i: says("23126", 0.9) if i < 5 else says("34A23126", 0.97))
    assert {event.key for event in events} == {clip(1)} and events[-1].text.plate == "34A23126"


def test_the_same_plate_again_within_the_repeat_time_is_the_same_visit() -> None:
    script = [*parked(5), *[[]] * 60, *parked(5, x=400)]
    events, _ = run(script, lambda i: says("AB123C", 0.95))
    assert {event.key for event in events} == {clip(1)}
    assert (events[-1].span.first_s, events[-1].span.last_s) == (0.0, 6.9)
    assert [event.identity.revision for event in events] == list(range(1, len(events) + 1))


def test_the_same_plate_after_the_repeat_time_is_another_visit() -> None:
    events, _ = run([*parked(5), *[[]] * 60, *parked(5)], lambda i: says("AB123C", 0.95), Tuning(repeat_s=3))
    assert {event.key for event in events} == {clip(1), clip(2)}


@pytest.mark.parametrize(("again", "same"), [("AB1230", True), ("B123C", True), ("AB123D", True), ("XY987Z", False)])
def test_a_weak_misreading_soon_after_is_the_same_visit(again: str, same: bool) -> None:
    script = [*parked(8), *[[]] * 30, *parked(2)]
    events, _ = run(script, lambda i: says("AB123C" if i < 8 else again, 0.9), Tuning(settled_agreement=99))
    last = {event.key: event.text.plate for event in events}
    assert (set(last.values()) == {"AB123C"}) == same


def test_two_similar_plates_in_view_together_are_two_vehicles() -> None:
    script = [[plate(60, 100), plate(450, 100)] for _ in range(12)]
    events, _ = run(script, lambda i: says("FL33T1" if i % 2 == 0 else "FL33T2", 0.95), Tuning(settled_agreement=99))
    assert {event.text.plate for event in events if event.kind is EventKind.FINAL} == {"FL33T1", "FL33T2"}


def test_too_small_plates_and_those_outside_the_zone_are_not_read_but_counted() -> None:
    zone = Zones(include=(((0, 0), (0.5, 0), (0.5, 1), (0, 1)),))
    script = [[plate(40, 50, 24, 6), plate(500, 300), plate(40, 300, 12, 60)] for _ in range(6)]
    reader = ScriptedReader(lambda i: says("AB123C"))
    pipeline = Pipeline(ScriptedDetector(script), reader, Tuning(zones=zone))
    for i in range(6):
        pipeline.process([frame(i, i / FPS)])
    pipeline.finish("clip")
    assert reader.count == 0
    assert pipeline.rejected() == {
        RejectReason.TOO_SMALL: 1,
        RejectReason.OUTSIDE_ZONE: 1,
        RejectReason.NOT_PLATE_SHAPED: 1,
    }


@pytest.mark.parametrize("text", ["TAXI", "A1", "20240531080000"])
def test_signs_are_no_plates(text: str) -> None:
    script = [[plate(100 + i, 100, score=0.5)] for i in range(6)]
    events, pipeline = run(script, lambda i: says(text, 0.95))
    assert events == [] and pipeline.rejected() == {RejectReason.NO_PLATE: 1}


@pytest.mark.parametrize(("text", "told"), [("LOVEME", True), ("905", True), ("1499EUR", False), ("CAM05", False)])
def test_the_reader_says_what_is_a_plate_whatever_its_text(text: str, told: bool) -> None:
    plate = 0.95 if told else 0.1
    reading = replace(says(text, 0.9 * plate), plate_probability=plate)
    events, pipeline = run(parked(6), lambda i: reading)
    assert {event.text.plate for event in events} == ({text} if told else set())
    assert pipeline.rejected() == ({} if told else {RejectReason.NO_PLATE: 1})


def test_only_plates_of_the_chosen_countries_are_told_where_that_is_asked_for() -> None:
    for only, told in ((False, {"AB123C"}), (True, set())):
        events, pipeline = run(parked(6), lambda i: says("AB123C", 0.9), Tuning(countries=("NL",), only_formats=only))
        assert {event.text.plate for event in events} == told
        assert pipeline.rejected() == ({RejectReason.OTHER_FORMAT: 1} if only else {})
    events, _ = run(parked(6), lambda i: says("96NDJB", 0.9), Tuning(countries=("NL",), only_formats=True))
    assert events[-1].text.plate == "96NDJB"


def test_a_doubtful_plate_is_counted_not_reported() -> None:
    events, pipeline = run(parked(3), lambda i: says("AB123C", 0.2))
    assert events == [] and pipeline.rejected() == {RejectReason.LOW_CONFIDENCE: 1}


def test_a_settled_track_is_read_now_and_then_only() -> None:
    script = [[plate(100, 100)] for _ in range(104)]
    reader = ScriptedReader(lambda i: says("AB123C", 0.97))
    pipeline = Pipeline(ScriptedDetector(script), reader)
    for i in range(104):
        pipeline.process([frame(i, i / FPS)])
    assert reader.count == 4 + 20


def test_a_settled_track_is_read_when_it_is_clearly_larger() -> None:
    script = [[plate(100, 100)]] * 6 + [[plate(100, 100, 120, 30)]]
    reader = ScriptedReader(lambda i: says("AB123C", 0.97))
    pipeline = Pipeline(ScriptedDetector(script), reader, Tuning(read_every=1000))
    for i in range(7):
        pipeline.process([frame(i, i / FPS)])
    assert reader.count == 5


def test_frames_of_all_sources_go_through_each_network_as_one_batch() -> None:
    detector = ScriptedDetector([[plate(50, 90), plate(200, 200)], [plate(10, 90)]] * 3)
    reader = ScriptedReader(lambda i: says("AB123C", 0.9))
    stages = StageTimes()
    pipeline = Pipeline(detector, reader, stages=stages)
    for i in range(3):
        pipeline.process([frame(i, i / FPS, "one"), frame(i, i / FPS, "two")])
    assert detector.batches == [2, 2, 2] and reader.batches == [3, 3, 3]
    keys = {event.key for source in ("one", "two") for event in pipeline.finish(source)}
    assert {key.source for key in keys} == {"one", "two"}
    assert list(stages.snapshot()) == ["detect", "track", "crop", "read", "vote"]
    assert stages.snapshot()["read"].items == 9


def test_several_frames_of_one_source_in_a_batch_come_out_as_one_by_one() -> None:
    script = [*parked(12), *[[]] * 20, *parked(9, x=300)]

    def reads(i: int) -> Reading:
        return says("AB123C" if i % 3 else "A8123C", 0.9)

    single, _ = run(script, reads, Tuning(settled_agreement=99))
    pipeline = Pipeline(ScriptedDetector(script), ScriptedReader(reads), Tuning(settled_agreement=99))
    frames = [frame(i, i / FPS) for i in range(len(script))]
    batched = [e for k in range(0, len(frames), 7) for e in pipeline.process(frames[k : k + 7]).events]
    batched += pipeline.finish("clip")
    assert [(e.kind, e.key, e.text.plate, e.identity.revision) for e in batched] == [
        (e.kind, e.key, e.text.plate, e.identity.revision) for e in single
    ]


def test_the_tracks_shown_belong_to_that_very_frame() -> None:
    script = [*parked(4), [], *parked(2, x=105)]
    pipeline = Pipeline(ScriptedDetector(script), ScriptedReader(lambda i: says("AB123C", 0.9)))
    shown = [pipeline.process([frame(i, i / FPS)]).frames[0] for i in range(7)]
    for result, detections in zip(shown, script, strict=True):
        assert [track.box for track in result.tracks] == [detection.box for detection in detections]
    assert [track.settled for result in shown for track in result.tracks] == [False, *[True] * 5]


def test_a_finished_source_begins_anew() -> None:
    events, pipeline = run(parked(5), lambda i: says("AB123C", 0.9))
    assert events and pipeline.finish("clip") == []


def chaos(i: int) -> Reading:
    """Two readings agree, all later ones say something else each."""
    return says("AB123C", 0.9) if i < 2 else says(f"Q{i:02}W{i * 3:02}", 0.9)


def test_what_the_later_readings_do_not_bear_out_is_withdrawn_and_counted() -> None:
    events, pipeline = run(parked(20), chaos)
    assert [event.kind for event in events] == [EventKind.NEW, EventKind.WITHDRAWN]
    assert events[-1].identity.gone == (events[0].key,) and events[-1].identity.revision == 2
    assert pipeline.rejected() == {RejectReason.LOW_AGREEMENT: 1}


@pytest.mark.parametrize("right", ["AB123C", "AB128C"])
def test_what_is_told_is_corrected_by_a_text_sure_enough_to_be_told_anew(right: str) -> None:
    events, _ = run(parked(20), lambda i: says("AB123C", 0.6) if i < 2 else says(right, 0.95))
    assert events[-1].kind is EventKind.FINAL and events[-1].text.plate == right
    assert events[-1].text.confidence >= Tuning().min_confidence


def test_no_row_ends_in_a_text_its_last_vote_is_not_sure_of() -> None:
    def reads(i: int) -> Reading:
        return says("AB123C", 0.9) if i < 2 else says("A8123C" if i % 2 else "AB12BC", 0.1)

    events, _ = run(parked(30), reads)
    last = {event.key: event for event in events}
    ends = [event for event in last.values() if event.kind is EventKind.FINAL]
    assert all(event.text.confidence >= Tuning().min_confidence for event in ends)


TEXTS = st.sampled_from(["AB123C", "A8123C", "AB12BC", "AB123", "KL31K9", "AB123CD"])
DOUBTS = st.builds(
    lambda text, other, sure, rest: says(text, sure, (other, (1 - sure) * rest)) if other != text else says(text, sure),
    TEXTS, TEXTS, st.floats(0.05, 0.99), st.floats(0, 1),
)  # fmt: skip


@settings(max_examples=150)
@given(st.lists(DOUBTS, min_size=4, max_size=24), st.sampled_from([0.0, 0.2, 0.5]), st.sampled_from([0, 2, 20]))
def test_no_row_ever_shows_a_text_than_which_another_is_likelier(
    readings: list[Reading], least: float, gap: int
) -> None:
    half = len(readings) // 2
    script = [*parked(half), *[[]] * gap, *parked(len(readings) - half, x=160, y=110)]
    events, _ = run(script, lambda i: readings[i], Tuning(min_confidence=least))
    for event in events:
        if event.kind is not EventKind.WITHDRAWN:
            assert event.text.confidence >= max(least, *(other.confidence for other in event.text.alternatives), 0.0)


def test_a_withdrawn_track_leaves_the_rest_of_its_visit() -> None:
    # the second track reads as the first at once, then as nothing that agrees
    script = [*parked(6), *[[]] * 30, *parked(20, x=300)]
    events, _ = run(script, lambda i: says("AB123C", 0.9) if i < 6 else chaos(i - 6), Tuning(settled_agreement=99))
    final = events[-1]
    assert final.kind is EventKind.FINAL and final.text.plate == "AB123C" and final.identity.gone == ()
    assert (final.evidence.agreeing, final.span.last_s) == (6, 0.5)


def leaving(count: int) -> list[list[Detection]]:
    """A plate that moves out of a picture 640 pixels wide, seen to its very edge."""
    return [[plate(x, 100, min(80, 640 - x))] for x in range(580, 580 + count * 4, 4)]


def test_a_plate_never_seen_whole_is_no_plate() -> None:
    events, pipeline = run(leaving(6), lambda i: says("KL31K", 0.95))
    assert events == [] and pipeline.rejected() == {RejectReason.CUT_OFF: 1}


def test_a_plate_seen_whole_before_it_leaves_keeps_its_text() -> None:
    script = [[plate(x, 100)] for x in range(500, 550, 10)] + leaving(8)
    events, _ = run(
        script, lambda i: says("KL31K9036", 0.9) if i < 5 else says("KL31K", 0.95), Tuning(settled_agreement=99)
    )
    assert events[-1].kind is EventKind.FINAL and events[-1].text.plate == "KL31K9036"


def test_a_picture_of_nothing_but_a_plate_is_read() -> None:
    pipeline = Pipeline(ScriptedDetector([[plate(0, 0, 640, 480)]]), ScriptedReader(lambda i: says("AB123C")))
    assert [event.text.plate for event in pipeline.process([frame(0, 0, still=True)]).events] == ["AB123C"]


def test_the_overlay_shows_what_was_told_with_its_own_confidence() -> None:
    pipeline = Pipeline(ScriptedDetector(parked(20)), ScriptedReader(chaos))
    shown = [pipeline.process([frame(i, i / FPS)]).frames[0].tracks[0] for i in range(20)]
    assert {(track.text, track.confidence) for track in shown[1:]} == {("AB123C", shown[1].confidence)}
    assert shown[1].confidence > 0.9


@pytest.mark.parametrize(("text", "shown"), [("0", ""), ("STOP", ""), ("AB123C", "AB123C")])
def test_the_overlay_shows_nothing_that_could_be_no_row(text: str, shown: str) -> None:
    pipeline = Pipeline(ScriptedDetector([[plate(100, 100, score=0.6)]]), ScriptedReader(lambda _: says(text)))
    track = pipeline.process([frame(0, 0)]).frames[0].tracks[0]
    assert (track.text, track.settled) == (shown, False)


def clock(i: int) -> Reading:
    """A burnt-in time of day, one second in ten frames, some of which are misread."""
    return says(f"0803{i // 10:02}", 0.95 if i % 7 else 0.5)


@pytest.mark.parametrize("reads", [clock, lambda i: says("CAM01A", 0.97), lambda i: says(f"10{i // 20}0000", 0.97)])
@pytest.mark.parametrize("y", [4, 452], ids=["above", "below"])
def test_burnt_in_captions_never_give_a_row(y: float, reads: Callable[[int], Reading]) -> None:
    script = [[plate(400 + i % 2, y + i % 3 / 2, 90, 24)] for i in range(120)]
    events, pipeline = run(script, reads)
    assert events == [] and set(pipeline.rejected()) <= {RejectReason.CAPTION, RejectReason.LOW_AGREEMENT}


def test_a_clock_in_the_middle_of_the_picture_ends_as_no_row() -> None:
    events, _ = run([[plate(300, 200)]] * 120, clock)
    assert not events or events[-1].kind is EventKind.WITHDRAWN


@pytest.mark.parametrize("still", [False, True])
def test_a_vehicle_at_the_lower_edge_is_told_as_soon_as_it_moves(still: bool) -> None:
    script = [[plate(100 + max(0, i - 5) * 4, 450)] for i in range(15)]
    pipeline = Pipeline(ScriptedDetector(script), ScriptedReader(lambda i: says("AB123C", 0.9)))
    told = [pipeline.process([frame(i, i / FPS, still=still)]).events for i in range(15)]
    first = next(i for i, events in enumerate(told) if events)
    assert first == 0 if still else 6 <= first <= 6 + Tuning().read_every


def test_pictures_are_read_thoroughly_and_frames_of_video_once_over() -> None:
    asked: list[tuple[int, bool]] = []

    class Noted(ScriptedReader):
        def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
            asked.append((len(crops), thorough))
            return [says(f"AB{crop.shape[1]}") for crop in crops]

    script = [[plate(50, 50, width)] for width in (100, 120, 140)]
    pipeline = Pipeline(ScriptedDetector(script), Noted(lambda _: says("")), Tuning())
    frames = [frame(0, 0, "clip"), frame(0, 0, "a.jpg", still=True), frame(0, 0, "b.jpg", still=True)]
    step = pipeline.process(frames)
    assert asked == [(1, False), (2, True)]
    texts = {event.source: event.text.plate for event in step.events}
    assert texts == {"a.jpg": "AB144", "b.jpg": "AB168"}  # a margin of a tenth on each side


@pytest.mark.parametrize(("confidence", "sure"), [(0.5, False), (0.9, True)])
def test_what_is_unsure_is_told_and_marked(confidence: float, sure: bool) -> None:
    pipeline = Pipeline(ScriptedDetector([[plate(50, 50)]]), ScriptedReader(lambda _: says("AB123C", confidence)))
    told = pipeline.process([frame(0, 0, still=True)]).events
    assert [(event.text.plate, event.text.sure) for event in told] == [("AB123C", sure)]


def test_one_setting_hides_what_is_unsure() -> None:
    tuning = from_settings(replace(Settings(), reading=ReadingSettings(list_unsure=False)))
    assert tuning.min_confidence == tuning.sure_confidence
    events, pipeline = run(parked(3), lambda _: says("AB123C", 0.4), tuning)
    assert events == [] and pipeline.rejected() == {RejectReason.LOW_CONFIDENCE: 1}


def test_the_region_is_the_readers_unless_a_chosen_country_fits() -> None:
    reading = replace(says("96NDJB", 0.9), region="DE", region_confidence=0.8)
    for countries, region in (((), "DE"), (("NL", "FR"), "NL"), (("GB",), "DE")):
        events, _ = run(parked(5), lambda _: reading, Tuning(countries=countries))
        assert events[-1].text.region == region
