import argparse
import json
from pathlib import Path

import pytest

from app.bench.command import add_arguments, main
from tests.app.bench.clips import clip


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(words)


def test_unknown_parts_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments("--part", "everything")) == 2
    assert "everything" in capsys.readouterr().err


def test_the_whole_command_ends_with_one_json_object(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "out" / "bench.json"
    words = [str(clip(tmp_path)), "--device", "cpu", "--part", "stages", "--part", "recording", "--part", "live"]
    assert main(arguments(*words, "--seconds", "2", "--json", str(figures))) == 0
    last = json.loads(capfd.readouterr().out.strip().splitlines()[-1])
    assert last == json.loads(figures.read_text())
    assert last["fps"] > 0 and last["detect_ms"] > 0 and last["peak_mb"] > 50
    assert 0 <= last["live_dropped"] <= 1
    assert last["still_ms"] is None
    assert {"decode", "resize", "detect", "detect at 640", "track", "draw"} <= set(last["parts"]["stages"])
