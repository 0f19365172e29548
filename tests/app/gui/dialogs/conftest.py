"""The dialogs stand on what the pages stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QApplication

from app.config.settings import Settings
from app.gui.session.log_session import OpenLog
from app.gui.session.window_session import WindowSession
from app.gui.widgets import theme
from app.journal import open_journal
from app.pipeline.pipeline import Pipeline
from app.sinks.window import WindowFeed


def no_networks() -> Pipeline:
    """Stand for the loading of networks in tests that read nothing."""
    raise RuntimeError("this test has no networks")


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[WindowSession]:
    """A session over an empty log; its engine is not started."""
    theme.apply(qapp, theme.LIGHT)
    feed = WindowFeed()
    made = WindowSession(Settings(), OpenLog(open_journal(tmp_path / "plates.sqlite3")), feed, no_networks)
    yield made
    made.shutdown()
