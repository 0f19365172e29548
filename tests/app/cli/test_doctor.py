import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import doctor
from app.cli.doctor import CheckResult, State
from app.config.settings import Settings, save, with_value
from inference.types import Device


def _found(check: doctor.Check, name: str) -> CheckResult:
    return next(item for item in doctor.findings(check) if item.name == name)


def _manifest(folder: Path, monkeypatch: pytest.MonkeyPatch, reader_sum: str = "") -> None:
    entries = {}
    for name in ("detector", "reader"):
        (folder / f"{name}.bin").write_bytes(name.encode())
        entries[name] = {"file": f"{name}.bin", "sha256": hashlib.sha256(name.encode()).hexdigest()}
    if reader_sum:
        entries["reader"]["sha256"] = reader_sum
    (folder / "manifest.json").write_text(json.dumps(entries))
    monkeypatch.setattr(doctor, "MANIFEST", folder / "manifest.json")


def test_weights_as_in_the_manifest_are_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _manifest(tmp_path, monkeypatch)
    assert [item.state for item in doctor.findings(doctor._weights)] == [State.OK, State.OK]


def test_changed_missing_and_unlisted_weights_are_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _manifest(tmp_path, monkeypatch, reader_sum="0" * 64)
    (tmp_path / "detector.bin").unlink()
    for name in ("detector", "reader"):
        found = _found(doctor._weights, name)
        assert found.state is State.BROKEN and str(tmp_path) in found.value and found.hint
    (tmp_path / "manifest.json").write_text("no json")
    assert _found(doctor._weights, "manifest").state is State.BROKEN


def test_a_missing_package_is_broken_with_the_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = ["numpy>=2", "rich<1", "surely-not-installed>=1,<2", "elsewhere; sys_platform == 'none'"]
    (tmp_path / "pyproject.toml").write_text(f"[project]\ndependencies = {needed}\n")
    (tmp_path / "main.py").write_text("")
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    monkeypatch.setattr(doctor, "is_checkout", lambda: True)
    assert _found(doctor._versions, "numpy").state is State.OK
    assert _found(doctor._versions, "rich").state is State.NOTE
    assert "elsewhere" not in [item.name for item in doctor.findings(doctor._versions)]
    missing = _found(doctor._versions, "surely-not-installed")
    assert missing.state is State.BROKEN and "requirements-read.txt" in missing.hint


def test_an_installed_program_takes_what_it_needs_from_its_own_description(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["numpy>=2", "surely-not-installed>=1; extra == 'train'"]
    monkeypatch.setattr(doctor, "is_checkout", lambda: False)
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: lines)
    assert _found(doctor._versions, "numpy").state is State.OK
    assert "surely-not-installed" not in [item.name for item in doctor.findings(doctor._versions)]


def test_without_the_libraries_of_training_nothing_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> str:
        raise doctor.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.metadata, "version", none)
    told = list(doctor.findings(doctor._training))
    assert {item.state for item in told} == {State.OK}
    assert all("platescribe[train]" in item.value for item in told)


class MadeUpRuntime:
    """Stands in for a runtime of inference."""

    def __init__(self, name: str, rank: int, obstacle: str = "") -> None:
        self.name, self.rank, self._obstacle = name, rank, obstacle

    def target(self, device: str) -> str | None:
        return "it" if device in ("auto", self.name) else None

    def obstacle(self, target: str) -> str:
        return self._obstacle

    def devices(self) -> list[Device]:
        return [Device(self.name, f"a {self.name}", self._obstacle)]


@pytest.fixture
def two_runtimes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        MadeUpRuntime("fast", 1, "no driver is installed, so it cannot be used; choose slow"),
        MadeUpRuntime("slow", 2),
    ]
    monkeypatch.setattr("inference.registry.find_runtimes", lambda: list(found))


@pytest.mark.usefixtures("two_runtimes")
def test_the_device_that_is_chosen_is_told_with_the_reason() -> None:
    assert _found(doctor._devices, "chosen").value == "slow on it: detection.device is auto; no driver is installed"
    assert "cannot be used: no driver" in _found(doctor._devices, "--device fast").value


@pytest.mark.usefixtures("two_runtimes")
def test_a_device_of_the_settings_that_is_not_there_is_broken() -> None:
    save(with_value(Settings(), "detection.device", "fast"))
    found = _found(doctor._devices, "chosen")
    assert found.state is State.BROKEN and "no driver" in found.value and "auto" in found.hint


def test_the_real_machine_can_read_and_write_video() -> None:
    assert _found(doctor._video, "recordings, RTSP").state is State.OK
    assert _found(doctor._video, "writing mp4v").value == "works"


def test_an_unknown_codec_is_told_as_such() -> None:
    assert doctor._can_write("mp4v")
    assert not doctor._can_write("zzzz")


def test_the_window_check_names_the_platform_and_survives_a_broken_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert _found(doctor._window, "Qt platform") == CheckResult("Qt platform", "offscreen")
    monkeypatch.setenv("QT_QPA_PLATFORM", "none-such")
    broken = _found(doctor._window, "Qt platform")
    assert broken.state is State.BROKEN and "none-such" in broken.value


def test_a_log_folder_that_cannot_be_written_is_broken(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    save(with_value(Settings(), "log.folder", str(file)))
    assert _found(doctor._folders, "log folder").state is State.BROKEN


def test_too_little_room_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_FREE_GB", 1e9)
    assert _found(doctor._folders, "log folder").state is State.BROKEN


def _crashing() -> Iterator[CheckResult]:
    yield CheckResult("first", "fine")
    raise RuntimeError("rtsp://admin:secret@camera/1 is no address")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_check_that_fails_is_reported_redacted_and_gives_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (("Section", _crashing),))
    assert doctor.main(argparse.Namespace(json=as_json)) == 1
    out = capsys.readouterr().out
    assert "fine" in out and "RuntimeError" in out and "secret" not in out
    if as_json:
        assert json.loads(out)["Section"][1]["state"] == "BROKEN"


def test_all_well_gives_status_0(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (("Folders", doctor._folders), ("Runtimes", doctor._runtimes)))
    assert doctor.main(argparse.Namespace(json=False)) == 0
    assert capsys.readouterr().out.endswith("Everything needed is here.\n")
