"""The keys of the window while a person types, on a real X server: its own keys for editing clash with some.

Prints one JSON line: which actions were triggered by Ctrl+E and Ctrl+D, and what the field holds then.
"""

import json
import sys

from app.config import bootstrap

bootstrap.prepare()
bootstrap.qt_environment()

from PyQt5.QtCore import Qt  # noqa: E402
from PyQt5.QtTest import QTest  # noqa: E402
from PyQt5.QtWidgets import QAction, QApplication, QMainWindow  # noqa: E402

from app.gui.search.filters import FilterBar  # noqa: E402


def main() -> int:
    app = QApplication(sys.argv[:1])
    window, bar, done = QMainWindow(), FilterBar(), list[str]()
    window.setCentralWidget(bar)
    for keys in ("Ctrl+E", "Ctrl+D"):
        action = QAction(window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _checked, keys=keys: done.append(keys))
        window.addAction(action)
    window.show()
    QTest.qWaitForWindowExposed(window)
    app.setActiveWindow(window)
    bar.plate.setFocus()
    QTest.keyClicks(bar.plate, "AB1")
    bar.plate.setCursorPosition(0)
    for key in (Qt.Key.Key_E, Qt.Key.Key_D):
        QTest.keyClick(bar.plate, key, Qt.KeyboardModifier.ControlModifier)
    print(json.dumps({"done": done, "text": bar.plate.text(), "platform": app.platformName()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
