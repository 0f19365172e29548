"""The documentation builds without a fault and without a network, and holds nothing that is no user's business."""

import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from app.config import settings
from app.config.paths import ROOT

DOCS = ROOT / "docs"
#: What users read; the research log and the decisions are dated and stay as they were.
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if page.parent.name not in ("research-log", "adr")]
LEADING = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "RELEASING.md")]


def cut_off() -> list[str]:
    """What runs a command without any network, as far as this system lets us."""
    command = ["unshare", "-rn"]
    able = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if able else []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a link to nowhere, or a page that the menu leaves out, ends it."""
    folder = tmp_path_factory.mktemp("site")
    command = [*cut_off(), sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_reference_of_settings_names_every_setting_with_its_default(site: Path) -> None:
    page = (site / "reference" / "settings.html").read_text(encoding="utf-8")
    assert [entry.key for entry in settings.schema() if f"<code>{entry.key}</code>" not in page] == []


def test_the_reference_of_the_command_line_has_every_command(site: Path) -> None:
    from app.cli.main import COMMANDS

    page = (site / "reference" / "command-line.html").read_text(encoding="utf-8")
    wanted = [f"platescribe {command.name}" for command in COMMANDS]
    wanted += ["platescribe log search", "platescribe watch add"]
    wanted += ["python -m detector train", "python -m recognizer synth"]
    assert [name for name in wanted if f"usage: {name}" not in page] == []


def test_the_reference_of_the_libraries_is_made_from_their_docstrings(site: Path) -> None:
    assert 'class="doc doc-object doc-class"' in (site / "reference" / "recognizer.html").read_text(encoding="utf-8")
    assert "detector.types.Detection" in (site / "reference" / "detector.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted((DOCS / "reference").glob("*.md")), ids=lambda page: page.name)
def test_every_member_that_the_reference_shows_is_there(page: Path) -> None:
    shown = re.findall(r"^::: (\S+)\n(?: +options: {members: \[(.*?)\]})?", page.read_text(encoding="utf-8"), re.M)
    for place, members in shown:
        parent, _, name = place.rpartition(".")
        owner = getattr(import_module(parent), name) if name[0].isupper() else import_module(place)
        assert [member for member in members.split(", ") if member and not hasattr(owner, member)] == []


@pytest.mark.parametrize("page", PAGES + LEADING, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_says_what_is_and_names_no_private_place(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for pattern in (r"\.\./shared", r"\| asked", r"/root/", r"\bTODO\b", r"/work/"):
        assert not re.search(pattern, text), f"{page}: {pattern}"


@pytest.mark.parametrize("page", LEADING, ids=lambda page: page.name)
def test_a_leading_page_points_at_what_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), f"{page.name} points at {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_the_commands_that_a_page_shows_have_such_options(page: Path) -> None:
    """A guide that names an option which is gone misleads more than none."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from docs_pages import command_line_page
    finally:
        sys.path.pop(0)
    known = command_line_page()
    shown = r"^(?:platescribe|python -m (?:detector|recognizer)) \S.*$"
    for words in re.findall(shown, page.read_text(encoding="utf-8"), re.M):
        for option in re.findall(r"(?<=\s)(--[a-z][\w-]+)", words.partition("#")[0]):
            assert option in known, f"{page.name}: {words}"
