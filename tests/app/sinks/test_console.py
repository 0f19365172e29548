import io
from pathlib import Path

import pytest
from rich.console import Console

from app.pipeline.engine import EngineReport
from app.pipeline.events import EventKind
from app.pipeline.sink import WatchHit
from app.pipeline.types import RejectReason
from app.sinks.console import RunConsole
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from tests.app.made_events import made_event

GATE = SourceSpec(SourceKind.STREAM, SourceId("gate"), "rtsp://gate")


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


def console(out: io.StringIO, **options: bool) -> RunConsole:
    return RunConsole(1, Console(file=out, width=100, force_terminal=False), **options)


def test_a_plate_is_told_when_it_is_kept_and_again_only_with_another_text(out: io.StringIO) -> None:
    shown = console(out)
    shown.on_event(made_event(plate="AB123C", kind=EventKind.NEW))
    assert "AB123C" not in out.getvalue()
    for plate in ("AB123C", "AB123C", "AB128C"):
        shown.on_event_kept(made_event(plate=plate))
    assert [line.split()[0] for line in out.getvalue().splitlines()] == ["AB123C", "AB128C"]


def test_a_hit_is_told_at_once_on_one_line_with_list_entry_and_note(out: io.StringIO) -> None:
    event = made_event(plate="AB123C", source="a very long name of a source " * 6)
    console(out).on_hit(WatchHit(event, "block", "AB12?C", "stolen in [May]"))
    [line] = out.getvalue().splitlines()
    assert line.startswith("HIT AB123C  block list: AB12?C  (stolen in [May])")


def test_quietly_nothing_but_hits_is_told(out: io.StringIO) -> None:
    shown = console(out, quiet=True)
    shown.on_event_kept(made_event())
    assert out.getvalue() == ""


def test_trouble_goes_to_the_other_stream(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    shown = console(out)
    shown.on_source_lost(GATE, "gate: no connection")
    shown.on_source_back(GATE)
    shown.on_trouble("o.csv: the disk is full")
    assert out.getvalue() == ""
    assert capsys.readouterr().err.splitlines() == [
        "gate: no connection; trying again",
        "gate: is back",
        "o.csv: the disk is full",
    ]


def test_the_end_has_a_table_and_the_counts(out: io.StringIO) -> None:
    shown = console(out)
    shown.on_reads(GATE, [made_event(1, "AB123C"), made_event(2, "[b]XY9[/b]")])
    report = EngineReport(frames=30, sources=2, seconds=2.0)
    shown.summary(report, {RejectReason.TOO_SMALL: 3}, skipped=1, written=[Path("o.csv")])
    text = out.getvalue()
    assert "AB123C" in text and "[b]XY9[/b]" in text, "a plate is no markup"
    for line in ("2 plates, 30 frames of 2 sources, 15 frames a second", "1 source done already", "Written: o.csv"):
        assert line in text
    assert "Not reported: 3 too small" in text
