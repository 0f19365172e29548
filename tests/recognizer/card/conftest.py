from importlib.util import find_spec

import pytest

collect_ignore_glob = [] if find_spec("triton") else ["test_*.py"]  # there is none but on Linux


@pytest.fixture(scope="session")
def device():
    """A card where there is one; elsewhere the same kernels are interpreted."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture
def few(monkeypatch, device):
    """Batches of four, and large blocks where kernels are interpreted, which is slow."""
    from recognizer.card import reader, sampling

    monkeypatch.setattr(reader, "SIZES", (2, 4))
    if device == "cpu":
        monkeypatch.setattr(sampling, "_BLOCK", 1 << 14)
