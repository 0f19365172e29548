"""What the workflows and the templates of the project's page say is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config.paths import ROOT

FILES = [*sorted((ROOT / ".github").rglob("*.yml")), ROOT / "compose.yaml"]


def _steps(workflow: Any) -> list[str]:
    """All commands of a workflow."""
    jobs = workflow.get("jobs", {}).values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_it_is_yaml_and_names_files_that_are_there(file: Path) -> None:
    commands = "\n".join(_steps(yaml.safe_load(file.read_text(encoding="utf-8"))))
    named = re.findall(r"(?<![\w/])((?:tools|tests|app)/[\w./-]+|requirements[\w-]*\.txt)", commands)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_check_of_make_lint_is_made_by_the_workflow() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (checks,) = re.findall(r'for check in ("[^;]+"); do', makefile)
    commands = "\n".join(_steps(yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))))
    assert [check for check in re.findall(r'"([^"]+)"', checks) if check not in commands] == []


def test_the_tests_run_on_three_systems_and_the_wheel_is_installed_on_each() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/checks.yml").read_text(encoding="utf-8"))["jobs"]
    for name in ("tests", "installed"):
        systems = {system.partition("-")[0] for system in jobs[name]["strategy"]["matrix"]["os"]}
        assert systems == {"ubuntu", "macos", "windows"}
