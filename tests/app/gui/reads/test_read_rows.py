from dataclasses import replace

import pytest

from app.gui.reads.read_rows import ReadRow, list_tags
from app.records import Record
from tests.app.made_events import WALL

VISIT = Record("AB123C", "gate", WALL, WALL)


@pytest.mark.parametrize(
    ("sure", "original", "told"),
    [(True, None, ()), (False, None, ("Unsure",)), (False, "A8123C", ("Corrected",)), (True, "A8123C", ("Corrected",))],
)
def test_an_unsure_read_is_marked_until_a_person_has_set_its_plate(
    sure: bool, original: str | None, told: tuple[str, ...]
) -> None:
    assert list_tags(ReadRow(replace(VISIT, sure=sure, original_plate=original))) == told
