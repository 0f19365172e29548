from pathlib import Path

import pytest

from app.bench import parts
from app.bench.material import prepare
from tests.app.bench.clips import clip

ROOT = Path(__file__).resolve().parents[3]


def test_a_part_that_fails_says_why(tmp_path: Path) -> None:
    plan = parts.Plan(prepare(str(clip(tmp_path)), tmp_path, stills=1), device="nonsense")
    with pytest.raises(parts.PartError, match=r"recording: .*nonsense"):
        parts.measure(plan, "recording", ROOT)


def test_a_part_that_hangs_is_ended_and_tells_where_it_stood(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "app" / "bench").mkdir(parents=True)
    code = "import faulthandler, time\nfaulthandler.enable()\nprint('up', flush=True); time.sleep(600)\n"
    (tmp_path / "app" / "bench" / "worker.py").write_text(code)
    with pytest.raises(TimeoutError), parts._Worker(["stills"], tmp_path) as worker:
        assert worker._process.stdout is not None and worker._process.stdout.readline() == "up\n"
        raise TimeoutError
    assert worker._process.poll() is not None
    said = capfd.readouterr().err
    assert "stills was ended" in said
    assert f'{tmp_path}/app/bench/worker.py", line 3' in said
