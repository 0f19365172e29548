from datetime import UTC, datetime
from pathlib import Path

from app.pipeline.types import Rejection, RejectReason
from app.sinks.rejected import COLUMNS, RejectedFile, cells
from app.sources.identify import identify
from app.sources.source_id import SourceId, TrackKey
from detector.types import Box
from tests.app.runs import rows_of
from tests.app.sources.clips import write_clip

TIME = datetime(2026, 5, 31, 8, 0, tzinfo=UTC)


def rejection(text: str = "CAM05", source: str = "gate") -> Rejection:
    key = TrackKey(SourceId(source), 3)
    return Rejection(RejectReason.NO_PLATE, key, 1.25, TIME, Box(1, 2, 30, 12), text, 0.8, "2 of 3 agree")


def test_a_rejection_tells_text_reason_and_place() -> None:
    row = dict(zip(COLUMNS, cells(rejection()), strict=True))
    assert (row["plate"], row["confidence"], row["reason"], row["detail"]) == (
        "CAM05",
        "0.8000",
        "no plate",
        "2 of 3 agree",
    )
    assert (row["source"], row["track"], row["seconds"]) == ("gate", "3", "1.250")
    assert [row[name] for name in ("x1", "y1", "x2", "y2")] == ["1.0", "2.0", "30.0", "12.0"]
    assert datetime.fromisoformat(row["time"]) == TIME


def test_what_was_not_read_has_no_confidence_and_no_cell_is_a_formula() -> None:
    row = dict(zip(COLUMNS, cells(rejection("", "=cmd()")), strict=True))
    assert (row["plate"], row["confidence"], row["source"]) == ("", "", "'=cmd()")


def test_rejections_are_written_with_the_reads_of_their_source_and_at_the_end(tmp_path: Path) -> None:
    file, spec = RejectedFile(tmp_path / "r.csv"), identify(str(write_clip(tmp_path / "a.avi")))
    file.open()
    file.take(rejection("ONE1"))
    assert rows_of(file.path) == []
    assert file.on_reads(spec, []) is None
    file.take(rejection("TWO2"))
    file.flush()
    assert list(file.close()) == []
    assert [row["plate"] for row in rows_of(file.path)] == ["ONE1", "TWO2"]
