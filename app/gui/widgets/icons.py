"""Icons of the kept set (assets/icons), drawn in the theme's colours at the screen's own resolution."""

from functools import lru_cache

from PyQt5.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PyQt5.QtSvg import QSvgRenderer

from app.config.paths import ICONS
from app.gui.widgets import theme

FOLDER = ICONS
_ROLE = {
    QIcon.Mode.Normal: "text",
    QIcon.Mode.Active: "text",
    QIcon.Mode.Selected: "on_accent_soft",
    QIcon.Mode.Disabled: "outline",
}


def load_icon(name: str, colour: str = "") -> QIcon:
    """Return an icon by its file's name; colour is a field of Theme, else it follows the state of what bears it.

    It changes with the theme by itself. FileNotFoundError: no such icon.
    """
    _source(name)
    return QIcon(_ThemedIconEngine(name, colour))


def size_beside_text(size: int = 16) -> QSize:
    """Return the icon size for a button with a text beside: wider than high, which sets the two apart."""
    return QSize(size + 6, size)


def render_icon(name: str, size: int, colour: str = "text", ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture of size by size logical pixels, sharp at a screen's device pixel ratio."""
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    draw_icon(painter, QRectF(made.rect()), name, colour)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def draw_icon(painter: QPainter, rect: QRectF, name: str, colour: str = "text") -> None:
    """Draw an icon at the left of rect, as large as it goes without being stretched; what is over stays free."""
    side = min(rect.width(), rect.height())
    square = QRectF(rect.left(), rect.center().y() - side / 2, side, side)
    _renderer(name, theme.colour(colour).name()).render(painter, square)


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


class _ThemedIconEngine(QIconEngine):
    """Draws an icon afresh whenever it is shown, so that a new theme or screen needs no new icon."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name = name
        self._colour = colour

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into rect."""
        if painter is not None:
            draw_icon(painter, QRectF(rect), self._name, self._tint(mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return a picture of size device pixels."""
        made = QPixmap(size)
        if made.isNull():  # no room, nothing to draw
            return made
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        """Return an engine for a copy of the icon."""
        return _ThemedIconEngine(self._name, self._colour)

    def _tint(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return _ROLE[mode]
        if self._colour:
            return self._colour
        return "on_accent_soft" if state == QIcon.State.On else _ROLE[mode]
