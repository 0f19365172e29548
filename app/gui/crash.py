"""What happens to an exception nobody caught, in a slot or a worker: a report that can be copied, without secrets."""

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

from PyQt5.QtCore import QT_VERSION_STR, QObject, Qt, pyqtSignal
from PyQt5.QtGui import QFontDatabase
from PyQt5.QtWidgets import QApplication, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.config.redaction import redact
from app.gui.widgets.common import IconLabel, make_button, make_label
from app.gui.widgets.window_geometry import fit_to_screen
from app.version import __version__

_log = logging.getLogger(__name__)
_LIBRARIES = ("torch", "cv2", "numpy", "openvino", "sqlalchemy", "ultralytics")


def format_report(error: BaseException, where: str = "window") -> str:
    """Return what happened and on what, without secrets; where is the thread's name."""
    libraries = ", ".join(
        f"{name} {getattr(sys.modules[name], '__version__', '?')}" for name in _LIBRARIES if name in sys.modules
    )
    lines = [
        f"Platescribe {__version__} on {platform.platform()}, Python {platform.python_version()}, Qt {QT_VERSION_STR}",
        f"with {libraries}" if libraries else "",
        f"in {where}",
        "",
        "".join(traceback.format_exception(error)),
    ]
    return redact("\n".join(line for line in lines if line is not None).strip() + "\n")


class CrashDialog(QDialog):
    """Tells that something went wrong, what that means, and holds the report."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        fit_to_screen(self, 680, 460)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconLabel("triangle-alert", 34, "notice"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(make_label(self.tr("Something went wrong"), "pageTitle"))
        words.addWidget(
            make_label(
                self.tr(
                    "Reading continues, and everything read so far is in the log. You can keep working. "
                    "If it happens again, copy this report and send it to whoever maintains the program; "
                    "passwords have been removed, and nothing is sent automatically."
                ),
                "muted",
                wrap=True,
            )
        )
        head.addLayout(words, 1)
        column.addLayout(head)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Report"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        column.addWidget(self.text, 1)
        row = QHBoxLayout()
        self.copy = make_button(self.tr("Copy the report"), "copy", self._copy)
        row.addWidget(self.copy)
        row.addStretch(1)
        go_on = make_button(self.tr("Continue"), "", self.accept, primary=True)
        go_on.setDefault(True)
        row.addWidget(go_on)
        column.addLayout(row)
        go_on.setFocus()

    def _copy(self) -> None:
        clipboard = QApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(self.text.toPlainText())
        self.copy.setText(self.tr("Copied"))


class CrashGuard(QObject):
    """Takes exceptions nobody caught, of any thread, and shows one dialog at a time for them."""

    _caught = pyqtSignal(str)

    def __init__(self, window: QWidget | None = None) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: CrashDialog | None = None
        self.reports: list[str] = []
        self._caught.connect(self._show, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def install(self) -> None:
        """Take over from Python's own handling, which with PyQt ends the program."""
        sys.excepthook = self.take
        threading.excepthook = self._take_thread

    def remove(self) -> None:
        """Give the handling back to Python."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def take(self, kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
        """Report an exception of the GUI thread; Ctrl-C closes the windows."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.closeAllWindows()
            return
        self._note(error.with_traceback(at), "window")

    def _take_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._note(args.exc_value, args.thread.name if args.thread is not None else "a worker")

    def _note(self, error: BaseException, where: str) -> None:
        text = format_report(error, where)
        _log.error("uncaught exception\n%s", text)
        self._caught.emit(text)

    def _show(self, text: str) -> None:
        self.reports.append(text)
        if self.dialog is not None:  # a fault that repeats itself shall not bury the window in dialogs
            return
        self.dialog = CrashDialog(text, self._window)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
