from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.store import Store


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "log" / "plates.sqlite3"


@pytest.fixture
def store(log_file: Path) -> Iterator[Store]:
    with Store.open(log_file) as opened:
        yield opened
