from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.scoring import Score, Truth, figures, score_all, score_by_source, score_file, summary, table
from app.pipeline.events import PlateEvent
from detector.types import Box
from tests.app.made_events import changed, made_event

BOX = Box(10, 10, 60, 24)


def read(text: str, first: float = 0, last: float = 1, source: str = "a.mp4", box: Box = BOX) -> PlateEvent:
    return made_event(1, text, source=source, first_s=first, last_s=last, box=box)


def truth(text: str, *accepted: str, first: float | None = None, last: float | None = None) -> Truth:
    return Truth(Path("a.mp4"), text, first, last, frozenset(accepted))


def scored(truths: list[Truth], *events: PlateEvent) -> Score:
    total = Score()
    score_file(truths, events, total)
    return total


def test_exact_folded_found_and_missed() -> None:
    score = scored(
        [truth("AB123C"), truth("RPNL90"), truth("34A23126"), truth("XY987Z")],
        read("AB123C"),
        read("RPNL9O"),
        read("34A2312"),
    )
    assert (score.plates, score.exact, score.folded, score.found) == (4, 1, 2, 3)
    assert (score.false, score.duplicates) == (1, 0), "a misread plate is a false read too"
    assert score.edits == 0 + 1 + 1 + 6 and score.characters == 26 and score.cer == pytest.approx(8 / 26)


def test_other_accepted_texts_are_exact() -> None:
    assert scored([truth("0AB123", "OAB123")], read("OAB123")).exact == 1


def test_a_second_read_of_a_plate_is_a_duplicate_and_others_are_false() -> None:
    score = scored([truth("AB123C")], read("AB123C"), read("AB123C", 5, 6), read("WOW999"))
    assert (score.exact, score.duplicates, score.false, score.reads) == (1, 1, 1, 3)


def test_the_exact_read_answers_whatever_the_order() -> None:
    for events in ([read("AB123C"), read("AB128C")], [read("AB128C"), read("AB123C")]):
        score = scored([truth("AB123C")], *events)
        assert (score.exact, score.false) == (1, 1)


def test_a_file_without_a_readable_plate_counts_false_reads() -> None:
    score = scored([truth("")], read("AB123C"))
    assert (score.plates, score.false) == (0, 1)


def test_a_read_at_another_time_answers_nothing() -> None:
    assert scored([truth("AB123C", first=10, last=12)], read("AB123C", 2, 3)).found == 0
    assert scored([truth("AB123C", first=10, last=12)], read("AB123C", 12.5, 14)).found == 1


def test_where_boxes_are_known_the_place_decides() -> None:
    here = Truth(Path("a.jpg"), "AB123C", box=Box(100, 100, 160, 115))
    assert scored([here], read("QQ999", box=Box(102, 101, 161, 116))).found == 1
    assert scored([here], read("AB123C", box=Box(300, 100, 360, 115))).found == 0


def test_files_are_scored_apart() -> None:
    truths = [Truth(Path("a.mp4"), "AB123C"), Truth(Path("b.mp4"), "XY987Z")]
    score = score_all(truths, [read("XY987Z", source="a.mp4"), read("XY987Z", source="b.mp4")])
    assert (score.exact, score.false, score.found) == (1, 1, 1)


def test_precision_is_the_share_of_reads_that_are_plates() -> None:
    assert scored([truth("AB123")], read("AB123"), read("XX999")).precision == 0.5


def test_where_nothing_was_read_there_is_no_precision() -> None:
    score = scored([truth("AB123")])
    assert score.precision is None and figures(score)["precision"] is None
    assert figures(score)["calibration_error"] is None and "precision -" in summary(score)


def test_sure_reads_have_a_precision_of_their_own() -> None:
    wrong = changed(read("XX999"), confidence=0.4, sure=False)
    score = scored([truth("AB123")], changed(read("AB123"), confidence=0.9), wrong)
    assert (score.precision, score.sure_precision, score.unsure) == (0.5, 1.0, 1)


def test_confidences_are_held_against_what_was_right() -> None:
    reads = [changed(read("AB123"), confidence=0.8), changed(read("XX999"), confidence=0.4)]
    assert scored([truth("AB123")], *reads).reliability.error == pytest.approx((0.2 + 0.4) / 2)


def test_further_reads_of_a_file_with_further_plates_count_nowhere() -> None:
    more = replace(truth("AB123"), is_complete=False)
    score = scored([more], read("AB123"), read("XX999"))
    assert (score.reads, score.false, score.unknown, score.precision) == (1, 0, 1, 1.0)


def test_sources_are_scored_by_themselves() -> None:
    truths = [
        Truth(Path("a.mp4"), "AB123C", source="street"),
        Truth(Path("b.mp4"), "XY987Z", source="gate"),
        Truth(Path("c.mp4"), "QQ111"),
    ]
    by_source = score_by_source(truths, [read("AB123C", source="a.mp4"), read("QQ111", source="c.mp4")])
    assert {source: (score.plates, score.exact) for source, score in by_source.items()} == {
        "street": (1, 1),
        "gate": (1, 0),
    }
    lines = table(by_source).splitlines()
    assert [line.split()[0] for line in lines] == ["source", "gate", "street"]
    assert lines[1].split()[1:] == ["1", "0.0%", "0.0%", "-"]
