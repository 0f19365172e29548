"""The pictures of a read: the frame with the plate's box, the crop, and a bar for each character."""

from collections.abc import Sequence

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.gui.reads import shading
from app.gui.reads.delegates import CellColours, draw_bar, draw_plate
from app.gui.reads.read_rows import format_percent, round_percent
from app.gui.widgets import theme

_RADIUS = 8.0


class ReadImage(QWidget):
    """A picture, scaled to the widget with its shape kept; box is drawn on it, in pixels of the picture."""

    double_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._box: tuple[float, float, float, float] | None = None
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(90, 64)

    @property
    def image(self) -> QImage:
        """The picture shown, null where there is none."""
        return self._image

    def show_image(self, image: QImage, box: tuple[float, float, float, float] | None = None, note: str = "") -> None:
        """Show a picture; note is said where there is none."""
        self._image, self._box, self._note = image, box, note
        self.update()

    def sizeHint(self) -> QSize:
        """Return a size in the shape of a frame."""
        return QSize(240, 135)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Tell a double click."""
        self.double_clicked.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint picture and box, or the note."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), _RADIUS, _RADIUS)
        if self._image.isNull():
            painter.setPen(theme.colour("muted"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(10, 4, -10, -4), int(flags), self._note)
            return
        target = self._target()
        painter.drawImage(target, self._image)
        if self._box is not None:
            self._paint_box(painter, target, self._box)

    def _target(self) -> QRectF:
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(0, 0, size.width(), size.height())
        target.moveCenter(QRectF(self.rect()).center())
        return target

    def _paint_box(self, painter: QPainter, target: QRectF, box: tuple[float, float, float, float]) -> None:
        scale = target.width() / max(1, self._image.width())
        left, top, right, bottom = (value * scale for value in box)
        rect = QRectF(target.left() + left, target.top() + top, right - left, bottom - top).adjusted(-3, -3, 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("sunken"), 4))
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(QPen(theme.colour("accent"), 2))
        painter.drawRoundedRect(rect, 3, 3)


class PlateLabel(QWidget):
    """A plate set large, shaded and underlined as in the lists, its original struck through beside it."""

    def __init__(self, points: float = 22, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = points
        self._text, self._original = "", ""
        self._confidences: Sequence[float] = ()
        self._sure = 1.0
        self.setMinimumHeight(round(points * 2.1))

    def show_plate(self, text: str, confidences: Sequence[float], sure: float, original: str = "") -> None:
        """Show a plate; sure stands for characters without a confidence of their own."""
        self._text, self._confidences, self._sure, self._original = text, confidences, sure, original
        said = self.tr("{plate}, corrected from {original}").format(plate=text, original=original)
        self.setAccessibleName(said if original else text)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the plate."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = CellColours(theme.colour("text"), theme.colour("surface"), theme.colour("accent"))
        painter.setFont(theme.plate_font(self._points))
        metrics = QFontMetricsF(painter.font())
        base = self.height() / 2 + (metrics.ascent() - metrics.descent()) / 2
        width = draw_plate(painter, QPointF(0, base), self._text, self._confidences, self._sure, paint)
        if self._original:
            font = theme.plate_font(self._points * 0.6)
            font.setStrikeOut(True)
            painter.setFont(font)
            painter.setPen(theme.colour("muted"))
            painter.drawText(QPointF(width + 14, base), self._original)


class CharacterBars(QWidget):
    """A bar for each character with its confidence in percent; unsure ones are underlined and marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._confidences: Sequence[float] = ()
        self.setFixedHeight(84)

    def show_characters(self, text: str, confidences: Sequence[float]) -> None:
        """Show a text with one confidence, 0 to 1, a character."""
        self._text, self._confidences = text, confidences
        pairs = zip(text, confidences, strict=False)
        self.setAccessibleName(", ".join(f"{character} {format_percent(value)}" for character, value in pairs))
        self.setVisible(bool(confidences))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the bars side by side."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = min(46.0, self.width() / max(1, len(self._text)))
        paint = CellColours(theme.colour("text"), theme.colour("surface"), theme.colour("accent"))
        for place, (character, value) in enumerate(zip(self._text, self._confidences, strict=False)):
            self._paint_character(painter, QRectF(place * width, 0, width, self.height()), character, value, paint)

    def _paint_character(
        self, painter: QPainter, room: QRectF, character: str, value: float, paint: CellColours
    ) -> None:
        unsure = value < shading.UNSURE
        high = 40.0
        bar = QRectF(room.left() + 4, room.top() + 2, room.width() - 8, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sunken"))
        painter.drawRoundedRect(bar, 4, 4)
        filled = bar.adjusted(0, high * (1 - value), 0, 0)
        painter.setBrush(theme.colour("notice" if unsure else "accent"))
        painter.drawRoundedRect(filled, 4, 4)
        painter.setFont(theme.plate_font(11))
        metrics = QFontMetricsF(painter.font())
        left = room.center().x() - metrics.horizontalAdvance(character) / 2
        draw_plate(painter, QPointF(left, room.top() + high + 18), character, (value,), value, paint)
        font = self.font()
        font.setPointSizeF(7.5)
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        below = QRectF(room.left(), room.bottom() - 18, room.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(round_percent(value)))


class ShareBar(QWidget):
    """A share, 0 to 1, as a thin bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share = 0.0
        self.setFixedHeight(6)

    def show_share(self, share: float) -> None:
        """Show another share."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = CellColours(theme.colour("text"), theme.colour("surface"), theme.colour("accent"))
        draw_bar(painter, QRectF(self.rect()), self._share, paint)
