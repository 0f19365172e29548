"""Whether the desktop asks for dark colours."""

import os
import sys

from PyQt5.QtCore import QSettings
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import QApplication

_PERSONALIZE = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
_MIDDLE = 128


def system_is_dark(app: QApplication) -> bool:
    """Whether the desktop's own colours are dark; to be asked before a theme is applied."""
    if sys.platform == "win32":
        return QSettings(_PERSONALIZE, QSettings.Format.NativeFormat).value("AppsUseLightTheme", 1) == 0
    if os.environ.get("GTK_THEME", "").lower().endswith(("dark", ":dark")):
        return True
    return app.palette().color(QPalette.ColorRole.Window).lightness() < _MIDDLE
