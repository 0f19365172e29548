import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.figures import Measured, Timing

NAMES = st.text(min_size=1, max_size=12)
SECONDS = st.lists(st.floats(1e-6, 10), min_size=1, max_size=50)


@given(NAMES, SECONDS)
def test_a_timing_lies_within_its_times(name: str, seconds: list[float]) -> None:
    timing = Timing.of(name, seconds)
    assert 999.9 * min(seconds) <= timing.median_ms <= timing.p95_ms <= 1000.1 * max(seconds)
    assert timing.count == len(seconds)


@given(NAMES, SECONDS, st.dictionaries(NAMES, st.floats(-1e9, 1e9)))
def test_a_measurement_comes_back_from_its_line(name: str, seconds: list[float], values: dict[str, float]) -> None:
    measured = Measured(name, (Timing.of(name, seconds),), values, {"a": name})
    line = measured.to_line()
    assert "\n" not in line
    assert Measured.from_line(line) == measured


@pytest.mark.parametrize("line", ["", "loading", "{}", '{"part": 1}', "[1]"])
def test_what_libraries_print_is_no_measurement(line: str) -> None:
    with pytest.raises(ValueError, match="not a line of the bench"):
        Measured.from_line(line)
