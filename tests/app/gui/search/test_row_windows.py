"""Windows of rows: bounded, and never a wrong row."""

from hypothesis import given
from hypothesis import strategies as st

from app.gui.search.visits_model import RowWindows


@given(st.integers(1, 9), st.integers(1, 5), st.lists(st.integers(0, 60), max_size=60))
def test_a_row_is_itself_or_missing_and_memory_is_bounded(size: int, keep: int, visited: list[int]) -> None:
    windows: RowWindows[int] = RowWindows(size, keep)
    for row in visited:
        if windows.get(row) is None:
            number = windows.number(row)
            assert row in windows.rows(number)
            windows.put(number, list(windows.rows(number)))
        assert windows.get(row) == row
        assert len(windows) <= size * keep


def test_the_window_used_last_stays() -> None:
    windows: RowWindows[int] = RowWindows(size=2, keep=2)
    windows.put(0, [0, 1])
    windows.put(1, [2, 3])
    windows.get(0)
    windows.put(2, [4, 5])
    assert windows.has(0) and windows.has(2) and not windows.has(1)


def test_a_short_last_window_has_no_row_behind_its_end() -> None:
    windows: RowWindows[str] = RowWindows(size=4)
    windows.put(0, ["only"])
    assert windows.get(0) == "only" and windows.get(1) is None
