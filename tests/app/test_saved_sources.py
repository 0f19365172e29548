import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import saved_sources as known
from app.pipeline.zones import Zones
from app.saved_sources import SavedSource, SavedSources
from app.sources.source import SourceKind

SECRET = "rtsp://admin:hunter2@192.168.1.20/live"
ZONE = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


class LockedRing(Ring):
    """A keyring that its owner did not unlock."""

    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError("locked")

    def set_password(self, service: str, name: str, password: str) -> None:
        raise RuntimeError("locked")


def gate() -> SavedSources:
    return SavedSources().with_source(SavedSource("Gate", SourceKind.STREAM, SECRET, Zones((ZONE,), (ZONE,))))


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    kept = gate().with_recent("a.mp4", "b.mp4")
    known.save(kept, file)
    assert known.load(file) == kept


def test_a_password_goes_to_the_keyring_and_not_into_the_file(tmp_path: Path) -> None:
    file, ring = tmp_path / "sources.json", Ring()
    known.save(gate(), file, ring)
    assert "hunter2" not in file.read_text()
    assert known.load(file, ring) == gate()


def test_an_address_without_a_password_is_not_the_one_the_keyring_had_before(tmp_path: Path) -> None:
    file, ring = tmp_path / "sources.json", Ring()
    known.save(gate(), file, ring)
    bare = SavedSource("Gate", SourceKind.STREAM, "rtsp://192.168.1.30/live")
    before = dict(ring.kept)
    known.save(SavedSources().with_source(bare), file, ring)
    assert ring.kept == {}
    ring.kept = before  # a keyring that forgets nothing
    assert known.load(file, ring).sources == (bare,)


def test_the_password_of_a_source_that_is_removed_leaves_the_keyring(tmp_path: Path) -> None:
    file, ring = tmp_path / "sources.json", Ring()
    known.save(gate(), file, ring)
    known.save(gate().without_source("Gate"), file, ring)
    assert ring.kept == {}


def test_a_keyring_that_stays_locked_is_as_none(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    known.save(gate(), file, LockedRing())
    assert known.load(file) == gate() == known.load(file, LockedRing())
    known.save(gate(), file, Ring())
    assert known.load(file, LockedRing()).sources[0].address == "rtsp://***@192.168.1.20/live"
    known.save(SavedSources(), file, LockedRing())


def test_without_a_keyring_the_file_is_for_the_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    known.save(gate(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert known.load(file).sources[0].address == SECRET


def test_what_was_opened_lately_holds_no_password_and_stays_short() -> None:
    recent = gate().with_recent(SECRET, *(f"{number}.mp4" for number in range(30))).recent
    assert not any("hunter2" in name for name in recent)
    assert len(recent) == 10


def test_a_name_is_replaced_and_can_be_taken_out() -> None:
    other = SavedSource("Gate", SourceKind.CAMERA, "0")
    assert gate().with_source(other).sources == (other,)
    assert gate().without_source("Gate").sources == ()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sources": [{}], "recent": []}', '{"sources": 3, "recent": null}'])
def test_a_file_that_is_no_good_is_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "sources.json"
    file.write_text(text)
    assert known.load(file) == SavedSources()


KEYS = ("sources", "recent", "name", "kind", "address", "zones", "include", "exclude")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=12,
)


@given(JSON)
def test_no_file_can_break_the_start(tmp_path_factory: pytest.TempPathFactory, table: object) -> None:
    file = tmp_path_factory.getbasetemp() / "sources.json"
    file.write_text(json.dumps(table))
    assert isinstance(known.load(file), SavedSources)


@pytest.mark.parametrize("content", ["no json", '{"sources": 5}', f'{{"sources": [], "recent": [{"9" * 5000}]}}'])
def test_a_damaged_file_is_put_aside_before_another_is_written(tmp_path: Path, content: str) -> None:
    file = tmp_path / "sources.json"
    file.write_text(content)
    assert known.load(file) == SavedSources()
    known.save(gate(), file)
    assert (tmp_path / "sources.json.damaged").read_text() == content
    assert known.load(file) == gate()


def test_a_number_too_large_for_a_place_is_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "sources.json"
    known.save(gate(), file)
    file.write_text(file.read_text().replace("0.9", "9" * 400))
    assert known.load(file) == SavedSources()
