from app.bench.figures import Measured
from app.bench.report import HEADLINES, headlines


def test_every_headline_is_there_even_where_its_part_was_left_out() -> None:
    stages = Measured("stages", (), {"detect_ms": 12.34567, "other_ms": 3.0, "frames": 9})
    figures = headlines({"stages": stages})
    assert set(HEADLINES) <= set(figures)
    assert (figures["detect_ms"], figures["fps"]) == (12.3457, None)
