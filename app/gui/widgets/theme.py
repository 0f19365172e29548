"""The look: two palettes, one accent, one style sheet. Red is kept for watch-list hits."""

import os
import sys
from dataclasses import dataclass, fields
from string import Template

from PyQt5.QtCore import QObject, QSettings, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PyQt5.QtWidgets import QApplication, QStyleFactory

from app.config.paths import ICONS
from app.gui.widgets.style import SHEET

# Style sheets take pictures from files only; these few are tinted beforehand.
_TINTED = ICONS / "tinted"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, as #rrggbb.

    window: behind everything; surface: panels and lists; raised: buttons, tiles' captions; sunken: behind video.
    line: separators (decoration); outline: edges that tell where a control is. muted: secondary text.
    accent: the one accent, also as text; accent_soft: selected rows. notice: what needs attention and is no hit.
    hit: watch-list hits and nothing else.
    """

    name: str
    window: str
    surface: str
    raised: str
    sunken: str
    line: str
    outline: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    on_accent_soft: str
    notice: str
    notice_soft: str
    good: str
    hit: str
    on_hit: str

    @property
    def is_dark(self) -> bool:
        """Whether light stands on dark."""
        return self.name == "dark"


LIGHT = Theme(
    name="light",
    window="#f3f5f7",
    surface="#ffffff",
    raised="#f8f9fb",
    sunken="#e4e8ec",
    line="#dce1e6",
    outline="#7b8794",
    text="#17212b",
    muted="#52606d",
    accent="#0b7285",
    accent_hover="#095c6b",
    on_accent="#ffffff",
    accent_soft="#d8eef2",
    on_accent_soft="#0a3d47",
    notice="#7a4f01",
    notice_soft="#fdf3dc",
    good="#1b6e45",
    hit="#c4162a",
    on_hit="#ffffff",
)
DARK = Theme(
    name="dark",
    window="#12161b",
    surface="#1a2027",
    raised="#222a33",
    sunken="#0b0e12",
    line="#2b343e",
    outline="#76838f",
    text="#e8edf2",
    muted="#9fadba",
    accent="#4cc3d6",
    accent_hover="#7ad5e4",
    on_accent="#04252b",
    accent_soft="#123d46",
    on_accent_soft="#d9f4f8",
    notice="#f2c063",
    notice_soft="#33280f",
    good="#69cf9b",
    hit="#d8273b",
    on_hit="#ffffff",
)


class _Current(QObject):
    """Holds the theme in force and tells when it changes."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT


_current = _Current()
changed = _current.changed  # connect to it what paints with colours of its own


def current() -> Theme:
    """Return the theme in force."""
    return _current.theme


def colour(name: str, alpha: int = 255) -> QColor:
    """Return a colour of the theme in force, by the name of its field; alpha 0 to 255."""
    found = QColor(getattr(_current.theme, name))
    found.setAlpha(alpha)
    return found


def choose_theme(choice: str, system_dark: bool) -> Theme:
    """Return the theme for a setting: light, dark or system."""
    return DARK if choice == "dark" or (choice == "system" and system_dark) else LIGHT


def apply(app: QApplication, theme: Theme) -> None:
    """Give the whole application a theme's style, palette and style sheet."""
    _current.theme = theme
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))
    _current.changed.emit()


def style_sheet(theme: Theme) -> str:
    """Return the style sheet with a theme's colours filled in."""
    colours = {field.name: getattr(theme, field.name) for field in fields(theme)}
    return Template(SHEET).substitute(colours, icons=_TINTED.as_posix())


def palette(theme: Theme) -> QPalette:
    """Return a theme as Qt's palette, for what the style sheet does not reach."""
    role = QPalette.ColorRole
    pairs = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.surface,
        role.AlternateBase: theme.raised,
        role.Text: theme.text,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.on_hit,
        role.Highlight: theme.accent_soft,
        role.HighlightedText: theme.on_accent_soft,
        role.ToolTipBase: theme.text,
        role.ToolTipText: theme.surface,
        role.PlaceholderText: theme.muted,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Light: theme.surface,
        role.Midlight: theme.raised,
        role.Mid: theme.line,
        role.Dark: theme.outline,
        role.Shadow: theme.sunken,
    }
    made = QPalette()
    for each, value in pairs.items():
        made.setColor(each, QColor(value))
    for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.outline))
    return made


def plate_font(points: float) -> QFont:
    """Return the monospaced face in which plates are written."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if not QFontInfo(font).fixedPitch():  # some platforms name no fixed face, and give the usual one
        font.setFamily("monospace")
        font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold)
    font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 106)
    return font


def enable_high_dpi() -> None:
    """Set what must be set before QApplication is made, for sharp pictures on dense screens."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


_PERSONALIZE = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
_MIDDLE = 128


def system_is_dark(app: QApplication) -> bool:
    """Whether the desktop's own colours are dark; to be asked before a theme is applied."""
    if sys.platform == "win32":
        return QSettings(_PERSONALIZE, QSettings.Format.NativeFormat).value("AppsUseLightTheme", 1) == 0
    if os.environ.get("GTK_THEME", "").lower().endswith(("dark", ":dark")):
        return True
    return app.palette().color(QPalette.ColorRole.Window).lightness() < _MIDDLE
