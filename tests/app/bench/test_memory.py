import numpy as np

from app.bench.memory import peak_mb


def test_peak_memory_grows_with_what_is_held() -> None:
    before = peak_mb()
    held = np.ones(200_000_000, np.uint8)
    assert peak_mb() >= max(before, held.nbytes / 1e6)
