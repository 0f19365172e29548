"""The dialogs stand on what the pages stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication

from app.config.settings import Settings
from app.gui.session.controller import Controller
from app.gui.session.feed import Feed
from app.gui.session.log_session import Kept
from app.gui.widgets import theme
from app.journal import open_journal
from app.pipeline.core import Pipeline


def no_networks() -> Pipeline:
    """Stand for the loading of networks in tests that read nothing."""
    raise RuntimeError("this test has no networks")


@pytest.fixture
def controller(qapp: QApplication, tmp_path: Path) -> Iterator[Controller]:
    """A controller over an empty log; its engine is not started."""
    theme.apply(qapp, theme.LIGHT)
    feed = Feed()
    made = Controller(Settings(), Kept(open_journal(tmp_path / "plates.sqlite3")), feed, no_networks)
    yield made
    made.shutdown()
