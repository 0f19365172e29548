from importlib.util import find_spec

import numpy as np
import pytest

collect_ignore_glob = [] if find_spec("triton") else ["test_*.py"]  # there is none but on Linux


@pytest.fixture(scope="session")
def device():
    """A card where there is one; elsewhere the same kernels are interpreted."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """torch has a single thread: two, on a machine with other work, wait for each other in each step of the LSTM."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def few(monkeypatch, device):
    """Batches of two or three, and large blocks where kernels are interpreted, which is slow."""
    from recognizer.cuda import reader, sampling

    monkeypatch.setattr(reader, "SIZES", (2, 3))
    if device == "cpu":
        monkeypatch.setattr(sampling, "_BLOCK", 1 << 14)


@pytest.fixture(autouse=True)
def as_compiled():
    """No warning of a division by zero: compiled kernels give none, interpreted ones compute in numpy."""
    with np.errstate(divide="ignore"):
        yield
