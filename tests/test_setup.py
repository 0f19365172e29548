"""The two commands that set everything up, and what they promise."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="make and bash are for Linux and macOS")


# Answers as Python does, but makes environments and installs without doing so: that is pip's to test, and slow.
PRETENDER = f"""#!/usr/bin/env bash
case "$1 $2" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-m pip") shift 2; echo "$*" >> "$(dirname "$0")/installed"; exit "${{PIP_STATUS:-0}}" ;;
    *) exec "{sys.executable}" "$@" ;;
esac
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The scripts beside requirements of their own and a Python that only pretends to install."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "tools", folder / "tools")
    (folder / "requirements-read.txt").write_text("small\n")
    (folder / "requirements.txt").write_text("pip\n")
    (folder / "requirements-test.txt").write_text("# nothing more\n-r requirements.txt\n")
    (folder / "python").write_text(PRETENDER)
    (folder / "python").chmod(0o755)
    return folder


def _env(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PLATESCRIBE_ENV"}
    environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHON": str(folder / "python")} | variables
    return subprocess.run(
        ["bash", str(folder / "tools" / "env.sh"), *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_environment_is_named_after_what_is_required_and_nothing_else(copy: Path) -> None:
    before = _env(copy, "--where").stdout
    assert re.fullmatch(r"env-[0-9a-f]{12}", Path(before.strip()).name)
    (copy / "requirements.txt").write_text("# another comment\npip\n\n")
    assert _env(copy, "--where").stdout == before
    (copy / "requirements.txt").write_text("pip>=1\n")
    assert _env(copy, "--where").stdout != before


def _installed(environment: str) -> str:
    return (Path(environment.strip()) / "bin" / "installed").read_text()


def test_reading_gets_a_small_environment_and_the_tests_the_whole(copy: Path) -> None:
    reading, testing = _env(copy, "run").stdout, _env(copy, "test").stdout
    assert reading != testing
    assert "requirements-read.txt" in _installed(reading) and "requirements.txt" not in _installed(reading)
    assert "requirements-test.txt" in _installed(testing)


def test_an_environment_that_holds_more_is_used_for_reading(copy: Path) -> None:
    testing = _env(copy, "test").stdout
    assert _env(copy, "run").stdout == testing == _env(copy, "train").stdout


def test_where_there_is_an_nvidia_gpu_reading_gets_what_it_needs(copy: Path) -> None:
    tool = copy / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    path = f"{tool.parent}:{os.environ['PATH']}"
    tool.write_text("#!/bin/sh\nexit 9\n")  # a driver that does not answer
    tool.chmod(0o755)
    assert "/requirements-read.txt" in _installed(_env(copy, "run", PATH=path).stdout)
    tool.write_text("#!/bin/sh\necho 'GPU 0: made up'\n")
    assert "/requirements.txt" in _installed(_env(copy, "run", PATH=path).stdout)


def test_a_purpose_that_is_none_is_refused(copy: Path) -> None:
    refused = _env(copy, "fly")
    assert refused.returncode != 0 and "usage" in refused.stderr


def test_a_new_environment_prepares_the_networks_for_the_first_start(copy: Path) -> None:
    (copy / "app" / "pipeline").mkdir(parents=True)
    (copy / "app" / "config").mkdir()
    (copy / "app" / "config" / "bootstrap.py").write_text("def prepare(): pass\n")
    (copy / "app" / "pipeline" / "loading.py").write_text("def load_pipeline(): open('prepared', 'w')\n")
    made = _env(copy)
    assert made.returncode == 0 and (copy / "prepared").exists() and "take a little longer" not in made.stderr
    (copy / "prepared").unlink()
    assert _env(copy).returncode == 0 and not (copy / "prepared").exists()


def test_a_build_that_was_cut_off_is_made_anew_and_a_finished_one_kept(copy: Path) -> None:
    folder = Path(_env(copy, "--where").stdout.strip())
    folder.mkdir(parents=True)
    (folder / "rest of a broken build").write_text("")
    first = _env(copy)
    assert first.returncode == 0, first.stderr
    assert Path(first.stdout.strip()) == folder
    assert not (folder / "rest of a broken build").exists()
    assert (folder / "bin" / "python").exists()
    (folder / "mark").write_text("")
    assert _env(copy).returncode == 0
    assert (folder / "mark").exists()


def test_a_build_that_fails_says_so_and_is_not_taken_for_ready(copy: Path) -> None:
    result = _env(copy, PIP_STATUS="1")
    assert result.returncode != 0
    assert "could not install" in result.stderr
    assert not (Path(_env(copy, "--where").stdout.strip()) / ".complete").exists()


def test_a_python_that_will_not_do_is_named(copy: Path) -> None:
    result = _env(copy, PYTHON="/bin/false")
    assert result.returncode != 0
    assert "/bin/false is not a Python 3.11 or newer" in result.stderr


def test_a_ready_environment_is_used_as_it_is(copy: Path, tmp_path: Path) -> None:
    assert _env(copy, PLATESCRIBE_ENV=sys.prefix).stdout.strip() == sys.prefix
    assert "holds no bin/python" in _env(copy, PLATESCRIBE_ENV=str(tmp_path)).stderr


def test_what_is_missing_is_named_where_it_may_not_be_installed(tmp_path: Path) -> None:
    """With a PATH that holds neither apt-get, sudo nor Xvfb: the packages are told, and the run goes on."""
    for name in ("bash", "uname", "grep", "id", "env", "cat"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    result = subprocess.run(
        ["bash", str(ROOT / "tools" / "system.sh"), "test"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if sys.platform != "linux":
        pytest.skip("system packages are looked after on Linux only")
    assert result.returncode == 0
    assert "sudo apt-get install" in result.stderr and " xvfb " in result.stderr


def test_every_requirement_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for file in ("requirements.txt", "requirements-read.txt", "requirements-test.txt"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                name = re.split(r"[\[<>=;]", line)[0].strip()
                reason = re.search(rf"^\|.*\b{re.escape(name)}\b", reasons, re.MULTILINE)
                assert reason, f"{name} in {file} has no reason"
                assert "<" in line, f"{name} in {file} has no upper bound"


def test_continuous_integration_gives_makes_exit_status_and_the_closing_line(tmp_path: Path) -> None:
    for status in (0, 3):
        folder = tmp_path / str(status)
        (folder / ".ci").mkdir(parents=True)
        shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
        (folder / "Makefile").write_text(f"test:\n\t@echo '7 passed in 1.23s'; exit {status}\n")
        result = subprocess.run([folder / ".ci" / "run"], capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode == 0) is (status == 0)
        assert result.stdout.splitlines()[-1] == "7 passed in 1.23s"


def test_the_licence_is_the_whole_agpl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU AFFERO GENERAL PUBLIC LICENSE" in text and "END OF TERMS AND CONDITIONS" in text


def test_what_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", readme):
        assert (ROOT / target).exists(), f"README.md points at {target}, which is not there"
    from app.cli.main import COMMANDS

    known = {command.name for command in COMMANDS}
    assert set(re.findall(r"python main\.py (\w+)", readme)) - {"the"} <= known
