import csv
import errno
import json
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.records import CSV_COLUMNS, Record, csv_cells, spreadsheet_original
from app.store import export
from app.store.errors import LogError, LogUnavailable
from app.store.export import to_crops, to_csv, to_jsonl
from app.store.search import Query
from app.store.store import Store
from tests.app.store.samples import JPEG, entry, made

ANY_TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=30).filter(
    lambda text: not text.startswith("'")
)


def read(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def test_csv_has_the_columns_of_a_run(store: Store, tmp_path: Path) -> None:
    store.save([entry("AB12CDE", 1, list_name="block"), entry("XY99ABC", 2)])
    file = tmp_path / "out.csv"
    assert to_csv(store.each(Query()), file) == 2
    header, first, second = read(file)
    assert tuple(header) == CSV_COLUMNS
    named = dict(zip(header, second, strict=True))
    assert named["time"] == "2026-05-04T12:00:01.000+00:00"
    assert (named["plate"], named["reads"], named["list"], named["region"]) == ("AB12CDE", "5", "block", "GB")
    assert (named["first_s"], named["x2"], named["confidence"]) == ("1.000", "61.0", "0.9000")
    assert store.pictures.path(named["crop"]).exists()
    assert first[2] == "XY99ABC"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@given(plate=ANY_TEXT, source=ANY_TEXT)
@settings(max_examples=60)
def test_csv_gives_back_every_text_and_no_formula(
    tmp_path_factory: pytest.TempPathFactory, plate: str, source: str
) -> None:
    file = tmp_path_factory.mktemp("csv") / "out.csv"
    to_csv([made(plate, source=source)], file)
    _, cells = read(file)
    for cell in (cells[1], cells[2]):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    assert [spreadsheet_original(cell) for cell in cells[1:3]] == [source, plate]


def test_an_export_onto_a_full_disk_is_told_as_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.save([entry("AB12CDE", 1)])
    visits = list(store.each(Query()))
    monkeypatch.setattr(export.os, "fsync", full)
    with pytest.raises(LogUnavailable, match="export again") as told:
        to_csv(visits, tmp_path / "out.csv")
    assert "wait in memory" not in str(told.value)
    assert list(tmp_path.glob("out.csv*")) == []


def test_jsonl_holds_everything(store: Store, tmp_path: Path) -> None:
    [saved] = store.save([entry("ТЕ57", note="=1")])
    store.correct(saved.id or 0, "ТЕ58")
    file = tmp_path / "out.jsonl"
    assert to_jsonl(store.each(Query()), file) == 1
    [line] = file.read_text("utf-8").splitlines()
    read_back = json.loads(line)
    assert (read_back["plate"], read_back["original_plate"], read_back["note"]) == ("ТЕ58", "ТЕ57", "=1")
    assert read_back["alternatives"] == [{"text": "ZZ99ZZZ", "confidence": 0.05}]
    assert read_back["box"] == [1.0, 2.0, 61.0, 22.0]


def test_crops_are_named_by_time_and_plate_and_stay_in_their_folder(store: Store, tmp_path: Path) -> None:
    store.save([entry("AB12", 1), entry("AB12", 1, track="x"), entry("../../evil", 2), entry("", 3)])
    folder = tmp_path / "crops"
    assert to_crops(store.each(Query()), store.pictures, folder) == 4
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "20260504-120001_AB12.jpg",
        "20260504-120001_AB12_2.jpg",
        "20260504-120002_evil.jpg",
        "20260504-120003_plate.jpg",
        "crops.csv",
    ]
    assert (folder / names[0]).read_bytes() == JPEG
    header, *rows = read(folder / "crops.csv")
    assert {row[header.index("crop")] for row in rows} == set(names[:4])


def test_an_export_that_fails_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")

    def broken() -> "list[Record]":
        yield made()
        raise OSError(28, "No space left on device")

    with pytest.raises(LogUnavailable, match="is full"):
        to_csv(broken(), file)
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_an_export_to_nowhere_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="missing"):
        to_csv([made()], tmp_path / "missing" / "out.csv")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    export.to_csv([made(number=number) for number in range(3)], tmp_path / "out.csv", told.append)
    assert told == [1, 2, 3]


def test_a_row_fits_the_columns() -> None:
    assert len(csv_cells(made(box=None, first_s=None, last_s=None))) == len(CSV_COLUMNS)
