"""Tab goes through every dialog as one reads it: line by line, from left to right."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from app.gui.reads.correction_dialog import CorrectionDialog
from app.gui.session.window_session import WindowSession
from app.gui.watch.watch_entry import WatchEntryDialog
from app.gui.wizard.source_wizard import SourceWizard
from app.records import Record
from app.store.search import Query
from recognizer.readings import Alternative
from tests.app.gui.parts import make_export_dialog, make_retention_dialog, make_settings_dialog

NOW = datetime.now(UTC)
READ = Record("AB1", "gate", NOW, NOW, alternatives=(Alternative("A81", 0.2), Alternative("AB7", 0.1)))
LINE_PX = 14  # fields of one line may differ by so much in height

DIALOGS: dict[str, Callable[[WindowSession], QDialog]] = {
    "correction": lambda _: CorrectionDialog(READ, QImage()),
    "export": lambda made: make_export_dialog(made, Query(plate="A*"), 3),  # type: ignore[arg-type]
    "retention": lambda made: make_retention_dialog(made),  # type: ignore[arg-type]
    "settings": lambda made: make_settings_dialog(made),
    "watch entry": lambda _: WatchEntryDialog(),
    "wizard": lambda made: SourceWizard(made.tasks, []),
}


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_as_one_reads(qtbot: QtBot, empty_session: WindowSession, name: str) -> None:
    dialog = DIALOGS[name](empty_session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    places = [middle_of(each, dialog) for each in chain(dialog)]
    assert len(places) >= 4
    foot = max(place.y() for place in places) - LINE_PX
    start = next(at for at, place in enumerate(places) if places[at - 1].y() > foot >= place.y())
    places = places[start:] + places[:start]  # a round begins behind the buttons at the foot
    for before, after in pairwise(places):
        same_line = abs(before.y() - after.y()) <= LINE_PX
        assert after.x() > before.x() if same_line else beside_or_below(before, after, dialog), (before, after)


def chain(dialog: QDialog) -> list[QWidget]:
    """Return what Tab leads to, in its order."""
    found: list[QWidget] = []
    widget = dialog.nextInFocusChain()
    while widget is not dialog:
        takes_tab = int(widget.focusPolicy()) & int(Qt.FocusPolicy.TabFocus)
        proxied = widget.focusProxy() is not None or isinstance(widget, QScrollArea)
        if takes_tab and widget.isVisible() and widget.isEnabled() and not proxied:
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def middle_of(widget: QWidget, dialog: QDialog) -> QPoint:
    return widget.mapTo(dialog, widget.rect().center())


def beside_or_below(before: QPoint, after: QPoint, dialog: QDialog) -> bool:
    """A list on the left leads to the page beside it; its middle may lie lower than the page's first field."""
    beside = before.x() < 220 < after.x()
    return after.y() > before.y() or beside
