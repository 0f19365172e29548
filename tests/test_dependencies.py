"""The shipped set: each package pinned with its hashes, its licence known, and an audit that does not say too much."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lock_has_a_version_in_range_for_all_that_is_required_and_hashes_for_everything() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    locked: dict[str, list[str]] = {}
    for entry in entries:
        name, version = re.match(r"([\w.-]+)==([^\s;]+)", entry).groups()  # type: ignore[union-attr]
        assert "--hash=sha256:" in entry, name
        locked.setdefault(canonicalize_name(name), []).append(version)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if wanted := line.partition("#")[0].strip():
            requirement = Requirement(wanted)
            assert any(requirement.specifier.contains(v) for v in locked[canonicalize_name(requirement.name)]), wanted


def _requirements(file: str) -> set[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return {str(Requirement(line)) for line in lines if line.strip() and not line.startswith(("#", "-r"))}


def test_the_lists_of_requirements_are_those_of_the_project() -> None:
    """pyproject.toml decides; the files are what `make` installs, one a purpose."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"reading": project["dependencies"], **project["optional-dependencies"]}
    extras = {name: {str(Requirement(line)) for line in lines} for name, lines in groups.items()}
    reading = extras["reading"]
    whole, tested = _requirements("requirements.txt"), _requirements("requirements-test.txt")
    assert _requirements("requirements-read.txt") == reading
    assert reading | extras["cuda"] <= whole <= reading | extras["train"]
    assert whole | tested == reading | extras["train"] | extras["test"] | extras["docs"]


def test_every_locked_package_has_its_licence_in_the_table() -> None:
    licences = tool("licences")
    rows = dict(re.findall(r"^\| ([\w.-]+) \| (.+) \|$", licences.TABLE.read_text(encoding="utf-8"), re.M))
    assert set(licences.locked()) == set(rows) - {"Package"}
    assert "not said" not in rows.values()


def test_an_audit_that_knows_nothing_says_so_and_one_that_finds_something_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = tool("audit").tell
    assert tell([{"name": "a", "skip_reason": "not found"}]) == 0
    assert "skipped" in capsys.readouterr().out
    assert tell([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]) == 0
    assert "1 of 2 packages audited, 0 with" in capsys.readouterr().out
    assert tell([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}]) == 1
    assert "CVE-1, mended in 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "said", "status"),
    [
        ("raise SystemExit('ConnectionError: no route to pypi.org')", "audit skipped: ConnectionError: no route", 0),
        ("raise SystemExit()", "audit skipped: no answer", 0),
        (
            'print(\'{"dependencies": [{"name": "a", "skip_reason": "no answer"}]}\')',
            "audit skipped: pip-audit could",
            0,
        ),
        ('print(\'{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}\')', "1 of 1 packages audited", 0),
        (
            'print(\'{"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X", "fix_versions": []}]}]}\')',
            "a 1: X, mended in no version yet",
            1,
        ),
    ],
)
def test_an_audit_that_cannot_be_done_is_skipped_with_its_reason(
    tmp_path: Path, answer: str, said: str, status: int
) -> None:
    """In place of pip-audit stands a module that gives its answer."""
    (tmp_path / "pip_audit.py").write_text(answer)
    command = [sys.executable, str(ROOT / "tools" / "audit.py")]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, said in done.stdout) == (status, True), done.stdout + done.stderr
