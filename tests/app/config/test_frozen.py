import subprocess
import sys
from pathlib import Path

import pytest

from app.config.paths import ROOT

FROZEN = "import sys; sys.frozen = True\nfrom app.__main__ import main\nsys.exit(main())"


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The program as its own executable would run with these arguments."""
    command = [sys.executable, "-c", FROZEN, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-c", "import sys; print(sys.argv[1:])", "a", "b"], "['a', 'b']"),
        (["-m", "app.bench.worker", "--help"], "usage"),
        (["--version"], "platescribe"),
    ],
    ids=["code", "module", "ordinary arguments"],
)
def test_the_executable_stands_in_for_python(words: list[str], said: str) -> None:
    done = run(*words)
    assert said in done.stdout + done.stderr


def test_a_file_of_the_program_is_run_and_one_of_the_user_is_opened(tmp_path: Path) -> None:
    done = run(str(ROOT / "app" / "sources" / "decode_worker.py"))
    assert "neither a command nor a file" not in done.stderr and done.returncode != 0, "it wants a target"
    stranger = tmp_path / "evil.py"
    stranger.write_text("print('ran')")
    assert "ran" not in run("run", str(stranger)).stdout
    assert "ran" not in run(str(stranger), "--help").stdout
