"""A person at the window, from a clip to a settled hit: run as a program on a real X server, with the real networks.

Prints one JSON line of what came out; a warning of Qt or an exception nobody caught ends it with status 1.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.config import bootstrap

bootstrap.prepare()
bootstrap.qt_environment()

from PyQt5.QtCore import QPoint, QTimer, QtMsgType, qInstallMessageHandler  # noqa: E402
from PyQt5.QtGui import QWindow  # noqa: E402
from PyQt5.QtTest import QTest  # noqa: E402
from PyQt5.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from app.config.settings import Settings, with_value  # noqa: E402
from app.gui.crash import CrashGuard  # noqa: E402
from app.gui.reads.correction_dialog import CorrectionDialog  # noqa: E402
from app.gui.search.export_dialog import ExportDialog  # noqa: E402
from app.gui.search.search_page import SearchPage  # noqa: E402
from app.gui.session.log_session import open_log  # noqa: E402
from app.gui.startup import make_window  # noqa: E402
from app.gui.watch.watch_entry import WatchEntryDialog  # noqa: E402
from app.gui.watch.watch_page import WatchPage  # noqa: E402
from app.gui.widgets import theme  # noqa: E402
from app.gui.window import MainWindow  # noqa: E402
from app.sinks.window import WindowFeed  # noqa: E402
from app.sources import playback  # noqa: E402
from app.store.search import Query  # noqa: E402

D = TypeVar("D", bound=QDialog)
PATIENCE_S = 150.0
LEFT = 1  # Qt.MouseButton.LeftButton


class Person:
    """Clicks, types, waits, and takes pictures of the screen."""

    def __init__(self, app: QApplication, window: MainWindow, shots: Path | None, name: str) -> None:
        self.app, self.window, self._shots, self._name = app, window, shots, name
        self._number = 0

    def wait(self, condition: Callable[[], object], what: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > until:
                self.photograph("stuck")
                raise TimeoutError(f"waited in vain for {what}")
            QTest.qWait(30)

    def photograph(self, step: str) -> None:
        QTest.qWait(250)
        self._number += 1
        screen = self.app.primaryScreen()
        if self._shots is not None and screen is not None:
            screen.grabWindow(0).save(str(self._shots / f"{self._name}-{self._number}-{step}.png"))

    def click(self, widget: QWidget) -> None:
        """Click with the X server's own pointer where there is xdotool, else by Qt's events."""
        place = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
        if shutil.which("xdotool") is None:
            QTest.mouseClick(widget, LEFT)  # type: ignore[call-overload]
            return
        ratio = widget.devicePixelRatioF()
        where = [str(round(place.x() * ratio)), str(round(place.y() * ratio))]
        subprocess.run(["xdotool", "mousemove", *where, "click", "1"], check=True)
        QTest.qWait(120)

    def in_dialog(self, kind: type[D], click_on: QWidget, do: Callable[[D], None]) -> None:
        """Click, and act in the dialog that comes, which may hold up everything until it is closed."""
        done: list[bool] = []

        def look() -> None:
            dialog = next(
                (each for each in self.app.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None
            )
            if dialog is None or done:
                return
            done.append(True)
            timer.stop()
            do(dialog)

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(100)
        self.click(click_on)
        self.wait(lambda: done, kind.__name__)


def read_the_clip(person: Person, clip: Path) -> list[str]:
    window = person.window
    session = window.session
    person.photograph("start")
    window.opening.open([str(clip)])
    source = session.sources.find(str(clip))
    assert source is not None and session.log.journal is not None and session.log.store is not None
    person.wait(lambda: session.networks.pipeline is not None, "the networks")
    person.wait(lambda: bool(source.ticks), "a read")
    person.photograph("reading")
    person.wait(lambda: source.ended, "the end of the clip")
    store = session.log.store
    person.wait(lambda: source.ticks and store.count(Query()) == len(source.ticks), "the reads in the log")
    return [visit.plate for visit in store.each(Query())]


def search(person: Person, plate: str) -> int:
    page = person.window.findChild(SearchPage)
    person.click(person.window._pages["search"])
    QTest.keyClicks(page.filters.plate, plate[:2].lower() + "*")
    person.wait(lambda: page.model is not None and page.model.rowCount() > 0, "what was searched for")
    page.view.selectRow(0)
    person.wait(lambda: page.detail.row is not None, "the detail of the read")
    person.photograph("search")
    return int(page.model.rowCount())


def correct(person: Person, right: str) -> tuple[str, str]:
    page = person.window.findChild(SearchPage)
    row = page.detail.row
    assert row is not None and row.visit.id is not None

    def say_it(dialog: CorrectionDialog) -> None:
        dialog.field.selectAll()
        QTest.keyClicks(dialog.field, right)
        person.photograph("correct")
        person.click(dialog.save)

    person.in_dialog(CorrectionDialog, page.detail.correct_button, say_it)
    store = person.window.session.log.store
    assert store is not None
    person.wait(lambda: store.get(row.visit.id).plate == right, "the correction in the log")
    kept = store.get(row.visit.id)
    return kept.plate, kept.original_plate or ""


def export(person: Person, target: Path) -> list[str]:
    page = person.window.findChild(SearchPage)

    def write(dialog: ExportDialog) -> None:
        dialog.everything.setChecked(True)
        dialog.target.setText(str(target))
        person.wait(dialog.go.isEnabled, "the count of the reads")
        person.photograph("export")
        person.click(dialog.go)
        person.wait(lambda: target.is_file() and not dialog._busy, "the export")
        dialog.reject()

    person.in_dialog(ExportDialog, page.export_button, write)
    return target.read_text(encoding="utf-8-sig").splitlines()


def watch_and_settle(person: Person, clip: Path, plate: str) -> bool:
    window, session = person.window, person.window.session
    page = window.findChild(WatchPage)
    person.click(window._pages["watch"])

    def enter(dialog: WatchEntryDialog) -> None:
        QTest.keyClicks(dialog.plate, plate)
        QTest.keyClicks(dialog.note, "Stolen 3 May")
        person.photograph("watch")
        person.click(dialog.save)

    person.in_dialog(WatchEntryDialog, page.first_button, enter)
    store = session.log.store
    assert store is not None
    person.wait(lambda: store.watch.entries(), "the entry in the list")
    person.click(window._pages["live"])
    session.sources.seek(str(clip), 0.0)
    person.wait(window.banner.isVisible, "the hit")
    person.photograph("hit")
    person.click(window.banner.settle)
    person.wait(lambda: not window.banner.isVisible(), "the banner to go")
    return True


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("clip", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--look", default="light")
    parser.add_argument("--shots", type=Path)
    args = parser.parse_args()
    said: list[str] = []
    qInstallMessageHandler(lambda kind, _where, text: said.append(str(text)) if kind != QtMsgType.QtDebugMsg else None)
    playback._LATE_S = playback._GIVE_UP_S = 600.0  # a busy machine plays slower here, and leaves out nothing
    theme.enable_high_dpi()
    app = QApplication(sys.argv[:1])
    settings = with_value(Settings(), "appearance.theme", args.look)
    theme.apply(app, theme.choose_theme(args.look, False))
    feed = WindowFeed()
    kept = open_log(settings, feed, str(args.folder / "plates.sqlite3"))
    window = make_window(settings, kept, feed, state=args.folder / "window.ini")
    guard = CrashGuard(window)
    guard.install()
    window.show()
    QTest.qWaitForWindowExposed(window)
    assert isinstance(window.windowHandle(), QWindow) and app.platformName() == "xcb"
    person = Person(app, window, args.shots, f"{args.look}-{os.environ.get('QT_SCALE_FACTOR', '1')}x")
    plates = read_the_clip(person, args.clip)
    found = search(person, plates[0])
    corrected = correct(person, "TE57ED")
    lines = export(person, args.folder / "reads.csv")
    hit = watch_and_settle(person, args.clip, plates[-1] if len(plates) > 1 else plates[0])
    window.close()
    result = {
        "plates": plates, "found": found, "corrected": corrected, "lines": lines, "hit": hit,
        "clean": window.stopped_cleanly, "said": said, "crashes": guard.reports,
    }  # fmt: skip
    print(json.dumps(result))
    return 1 if said or guard.reports else 0


if __name__ == "__main__":
    sys.exit(main())
