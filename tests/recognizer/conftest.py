import pytest

from tests.recognizer.tilted import aligned_reader


@pytest.fixture
def aligned(tmp_path, monkeypatch):
    """A reader's checkpoint, made anew, whose aligner finds the corners TILTED in any crop."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return aligned_reader(tmp_path)
