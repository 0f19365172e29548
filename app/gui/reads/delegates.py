"""How the cells of a read list are painted: the plate with its crop, the confidence as a bar, tags as pills."""

from collections.abc import Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPalette, QPen
from PyQt5.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.gui.reads import shading
from app.gui.reads.read_rows import ROW_ROLE, ReadRow, format_percent, format_time, list_tags, short_source_name
from app.gui.reads.thumbnails import Thumbnails
from app.gui.widgets.theme import colour, plate_font

ROW_HEIGHT = 46
THUMBNAIL = QSize(80, 32)
MARGIN = 13  # where the headings above begin
_GAP = 10
_SMALLEST = 0.6  # of the usual size, for the longest plates
_HINT = QPainter.RenderHint
_SMOOTH = (_HINT.Antialiasing, _HINT.TextAntialiasing, _HINT.SmoothPixmapTransform)


@dataclass(frozen=True, slots=True)
class CellColours:
    """The colours a cell is painted with: ink on paper, and the list's accent."""

    ink: QColor
    paper: QColor
    accent: QColor


def cell_colours(option: QStyleOptionViewItem) -> CellColours:
    """Return the colours of a cell in its state."""
    palette: QPalette = option.palette
    if option.state & QStyle.StateFlag.State_Selected:
        group = (
            QPalette.ColorGroup.Active if option.state & QStyle.StateFlag.State_Active else QPalette.ColorGroup.Inactive
        )
        paper = palette.color(group, QPalette.ColorRole.Highlight)
        ink = palette.color(group, QPalette.ColorRole.HighlightedText)
        return CellColours(ink, paper, ink)
    return CellColours(palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base), colour("accent"))


def draw_plate(
    painter: QPainter, at: QPointF, text: str, confidences: Sequence[float], otherwise: float, paint: CellColours
) -> float:
    """Draw a plate with the painter's font, its baseline starting at `at`; return the width it took.

    Each character is shaded by its confidence (otherwise where there is none for it) and, below UNSURE, underlined, so
    that colour alone says nothing.
    """
    metrics = QFontMetricsF(painter.font())
    left = at.x()
    for index, character in enumerate(text):
        confidence = shading.confidence_of(confidences, index, otherwise)
        width = metrics.horizontalAdvance(character)
        shade = shading.shade(paint.ink, paint.paper, confidence)
        painter.setPen(shade)
        painter.drawText(QPointF(left, at.y()), character)
        if confidence < shading.UNSURE:
            _underline(painter, left, at.y() + metrics.descent() * 0.75, width, shade, confidence)
        left += width
    return left - at.x()


def _mark_match(painter: QPainter, at: QPointF, text: str, match: tuple[int, int]) -> None:
    """Lay a mark under the characters that fit what was searched for, framed so that colour alone says nothing."""
    metrics = QFontMetricsF(painter.font())
    first, last = match
    left = at.x() + metrics.horizontalAdvance(text[:first])
    rect = QRectF(
        left - 1, at.y() - metrics.ascent(), metrics.horizontalAdvance(text[first:last]) + 1, metrics.height()
    )
    painter.setPen(QPen(colour("accent"), 1))
    painter.setBrush(colour("accent", 40))
    painter.drawRoundedRect(rect, 3, 3)


def _underline(painter: QPainter, left: float, y: float, width: float, ink: QColor, confidence: float) -> None:
    doubtful = confidence < shading.DOUBTFUL
    pen = QPen(ink, 2.4 if doubtful else 1.4, Qt.PenStyle.DotLine if doubtful else Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.drawLine(QPointF(left + width * 0.08, y), QPointF(left + width * 0.86, y))


def fit_font(points: float, text: str, width: float) -> QFont:
    """Return the face of plates, as much smaller as a long one needs to fit, within reason."""
    sizes = (points * step / 20 for step in range(20, 11, -1))
    fonts = (plate_font(size) for size in sizes)
    smallest = plate_font(points * _SMALLEST)
    return next((font for font in fonts if QFontMetricsF(font).horizontalAdvance(text) <= width), smallest)


class CellDelegate(QStyledItemDelegate):
    """A cell with the list's background and selection; the subclasses paint what is on it."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one cell."""
        if painter is None:
            return
        self.paint_back(painter, option, index)
        row = index.data(ROW_ROLE)
        painter.save()
        for hint in _SMOOTH:
            painter.setRenderHint(hint)
        painter.setClipRect(option.rect)
        if isinstance(row, ReadRow):
            self.paint_row(painter, option, row, cell_colours(option))
        else:
            paint_placeholder(painter, option.rect, cell_colours(option))
        painter.restore()

    def paint_back(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a cell's background and selection, without its text."""
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        assert style is not None
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ReadRow, paint: CellColours) -> None:
        """Paint a row that is at hand."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Return the height of a row with a picture; the columns' widths are the table's."""
        return QSize(super().sizeHint(option, index).width(), ROW_HEIGHT)


class PlateDelegate(CellDelegate):
    """The crop, then the plate; a corrected one with the original struck through behind it."""

    def __init__(self, thumbnails: Thumbnails, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ReadRow, paint: CellColours) -> None:
        """Paint crop and plate."""
        rect = option.rect
        box = QRect(QPoint(rect.left() + MARGIN, rect.center().y() - THUMBNAIL.height() // 2 + 1), THUMBNAIL)
        self._paint_crop(painter, box, row, paint)
        left = float(box.right() + _GAP)
        painter.setFont(fit_font(option.font.pointSizeF() * 1.25, row.visit.plate, rect.right() - left - 2))
        metrics = QFontMetricsF(painter.font())
        base = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
        visit = row.visit
        sure = 1.0 if row.corrected else visit.confidence
        confidences = () if row.corrected else visit.char_confidences
        if row.provisional:
            painter.setOpacity(0.86)
        if row.match is not None:
            _mark_match(painter, QPointF(left, base), visit.plate, row.match)
        left += draw_plate(painter, QPointF(left, base), visit.plate, confidences, sure, paint)
        if visit.original_plate is not None:
            self._paint_struck(painter, QPointF(left + _GAP, base), visit.original_plate, option, paint)

    def _paint_crop(self, painter: QPainter, box: QRect, row: ReadRow, paint: CellColours) -> None:
        path = QPainterPath()
        path.addRoundedRect(QRectF(box), 4, 4)
        image = self._thumbnails.get(row.visit.crop or row.key)
        if image is None:  # just logged: the live one stands until that of the log is there
            image = self._thumbnails.at_hand(row.key)
        painter.fillPath(path, shading.mix(paint.ink, paint.paper, 0.08))
        if image is None or image.isNull():
            return
        painter.save()
        painter.setClipPath(path, Qt.ClipOperation.IntersectClip)
        size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(box.center())
        painter.drawImage(target, image)
        painter.restore()

    def _paint_struck(
        self, painter: QPainter, at: QPointF, text: str, option: QStyleOptionViewItem, paint: CellColours
    ) -> None:
        font = plate_font(option.font.pointSizeF())
        font.setWeight(QFont.Weight.Normal)
        font.setStrikeOut(True)
        if at.x() + QFontMetricsF(font).horizontalAdvance(text) > option.rect.right():
            return  # half a plate misleads; the tag says that it was corrected, the tool tip from what
        painter.setFont(font)
        painter.setPen(shading.shade(paint.ink, paint.paper, 0.0))
        painter.drawText(at, text)


class WhenDelegate(CellDelegate):
    """The time, and under it the source, where a list is too narrow to give each a column."""

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ReadRow, paint: CellColours) -> None:
        """Paint both lines, each shortened in its middle where it is too long."""
        rect = QRectF(option.rect).adjusted(MARGIN, 6, -6, -6)
        half = rect.height() / 2
        small = QFont(option.font)
        small.setPointSizeF(option.font.pointSizeF() * 0.9)
        moment = format_time(row.visit.first_time)
        if QFontMetricsF(option.font).horizontalAdvance(moment) > rect.width():
            moment = moment.partition(" ")[0]  # the day alone; the tool tip has it all
        lines = (
            (moment, option.font, paint.ink),
            (short_source_name(row.visit.source), small, shading.shade(paint.ink, paint.paper, 0.6)),
        )
        for place, (text, font, ink) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(ink)
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
            line = QRectF(rect.left(), rect.top() + place * half, rect.width(), half)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)


class ConfidenceDelegate(CellDelegate):
    """The confidence in percent with a thin bar under it."""

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ReadRow, paint: CellColours) -> None:
        """Paint percent and bar."""
        rect = QRectF(option.rect).adjusted(MARGIN, 0, -10, 0)
        width = min(rect.width(), 64.0)
        painter.setPen(shading.shade(paint.ink, paint.paper, 0.6))
        painter.drawText(
            QRectF(rect.left(), rect.top() + 6, width, rect.height() / 2),
            Qt.AlignmentFlag.AlignVCenter,
            format_percent(row.visit.confidence),
        )
        bar = QRectF(rect.left(), rect.top() + rect.height() * 0.68, width, 3.0)
        draw_bar(painter, bar, row.visit.confidence, paint)


class TagDelegate(CellDelegate):
    """Pills: red and filled for a hit that waits, outlined for everything else."""

    def paint_row(self, painter: QPainter, option: QStyleOptionViewItem, row: ReadRow, paint: CellColours) -> None:
        """Paint the row's pills from left to right."""
        left = option.rect.left() + float(MARGIN)
        painter.setFont(pill_font(option.font))
        for place, text in enumerate(list_tags(row)):
            if place and left + pill_width(painter.font(), text) > option.rect.right():
                break  # what is cut cannot be read; the weightiest stands first
            fill = colour("hit") if row.is_hit and not row.visit.settled and place == 0 else None
            left += draw_pill(painter, QPointF(left, option.rect.center().y()), text, fill, paint) + 6


def pill_font(font: QFont) -> QFont:
    """Return the face of pills in a list of this face."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * 0.88)
    return smaller


def pill_width(font: QFont, text: str) -> float:
    """Return how wide a pill with this text in this face is."""
    return float(QFontMetricsF(font).horizontalAdvance(text) + 18)


def draw_pill(painter: QPainter, at: QPointF, text: str, fill: QColor | None, paint: CellColours) -> float:
    """Draw a pill, its left edge and middle at `at`; filled, or outlined where fill is None. Return its width."""
    width, height = pill_width(painter.font(), text), QFontMetricsF(painter.font()).height() + 6
    rect = QRectF(at.x() + 0.5, at.y() - height / 2 + 0.5, width, height)
    if fill is not None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(rect, height / 2, height / 2)
        white, black = QColor("white"), QColor("black")
        painter.setPen(white if shading.contrast(white, fill) >= shading.LEGIBLE else black)
    else:
        painter.setPen(QPen(shading.mix(paint.ink, paint.paper, 0.45), 1))
        painter.setBrush(shading.mix(paint.ink, paint.paper, 0.05))
        painter.drawRoundedRect(rect, height / 2, height / 2)
        painter.setPen(shading.shade(paint.ink, paint.paper, 0.7))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    return width


def draw_bar(painter: QPainter, rect: QRectF, share: float, paint: CellColours) -> None:
    """Draw a share, 0 to 1, as a rounded bar on a faint track."""
    radius = min(rect.width(), rect.height()) / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shading.mix(paint.ink, paint.paper, 0.14))
    painter.drawRoundedRect(rect, radius, radius)
    filled = QRectF(rect.left(), rect.top(), rect.width() * min(1.0, max(0.0, share)), rect.height())
    painter.setBrush(paint.accent)
    painter.drawRoundedRect(filled, radius, radius)


def paint_placeholder(painter: QPainter, rect: QRect, paint: CellColours) -> None:
    """Paint what stands for a cell while its row is being fetched."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shading.mix(paint.ink, paint.paper, 0.07))
    painter.drawRoundedRect(QRectF(rect.left() + MARGIN, rect.center().y() - 5, max(20, rect.width() * 0.5), 10), 5, 5)
