"""Drawing polygons on a picture, with the mouse or the keyboard. Corners are shares of width and height, 0 to 1."""

from dataclasses import dataclass

from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import theme
from app.gui.widgets.qimages import wrap_image
from app.pipeline.types import Image
from app.pipeline.zones import Point, Zones, contains

_GRIP_PX = 9.0
_STEP = 0.01
_FIRST = ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))


@dataclass(slots=True)
class EditedPolygon:
    """A polygon being edited; mask: what is in it is ignored, otherwise it is where to look."""

    corners: list[Point]
    mask: bool


class PolygonCanvas(QWidget):
    """A picture with polygons on it. Click adds corners, a click on the first one or Enter closes the polygon.

    Drag moves a corner; Delete removes the chosen polygon; arrows move it, N adds one without a mouse.
    """

    changed = pyqtSignal()

    def __init__(self, image: Image, zones: Zones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Picture to draw on"))
        self._picture, self._kept = wrap_image(image)
        self.shapes = [EditedPolygon(list(corners), False) for corners in zones.include]
        self.shapes += [EditedPolygon(list(corners), True) for corners in zones.exclude]
        self.chosen = -1
        self.masking = False  # what the next polygon will be
        self._drawing: list[Point] = []
        self._mouse: Point | None = None
        self._grip: tuple[int, int] | None = None
        self.setMouseTracking(True)

    @property
    def zones(self) -> Zones:
        """What has been drawn."""
        closed = [shape for shape in self.shapes if len(shape.corners) >= 3]
        include, exclude = ([tuple(s.corners) for s in closed if s.mask is mask] for mask in (False, True))
        return Zones(tuple(include), tuple(exclude))

    @property
    def drawing(self) -> bool:
        """Whether a polygon is begun and not closed."""
        return bool(self._drawing)

    def sizeHint(self) -> QSize:
        """Return a size at which corners can be placed well."""
        return QSize(860, 484)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest useful size."""
        return QSize(320, 180)

    def add_shape(self) -> None:
        """Add a polygon in the middle, to be moved into place."""
        self.shapes.append(EditedPolygon(list(_FIRST), self.masking))
        self.chosen = len(self.shapes) - 1
        self._tell()

    def remove_chosen(self) -> None:
        """Remove the chosen polygon, or what is being drawn."""
        if self._drawing:
            self._drawing.clear()
        elif 0 <= self.chosen < len(self.shapes):
            del self.shapes[self.chosen]
            self.chosen = -1
        self._tell()

    def undo(self) -> None:
        """Take back the last corner of what is being drawn, else the last polygon."""
        if self._drawing:
            self._drawing.pop()
        elif self.shapes:
            self.shapes.pop()
            self.chosen = -1
        self._tell()

    def close_shape(self) -> None:
        """Close what is being drawn, if it has three corners or more."""
        if len(self._drawing) >= 3:
            self.shapes.append(EditedPolygon(self._drawing[:], self.masking))
            self.chosen = len(self.shapes) - 1
        self._drawing.clear()
        self._tell()

    def area(self) -> QRectF:
        """Return where the picture lies in the widget."""
        size = QSizeF(self._picture.size()).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)

    def place(self, point: Point) -> QPointF:
        """Return a corner's place in the widget."""
        area = self.area()
        return QPointF(area.left() + point[0] * area.width(), area.top() + point[1] * area.height())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold of a corner, choose a polygon, or add a corner."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        point = self._share(event.localPos())
        if self._drawing:
            self._add_corner(point, event.localPos())
            return
        self._grip = self._grip_at(event.localPos())
        if self._grip is not None:
            self.chosen = self._grip[0]
        else:
            inside = [at for at, shape in enumerate(self.shapes) if contains(tuple(shape.corners), point)]
            self.chosen = inside[-1] if inside else -1
            if not inside:
                self._drawing.append(point)
        self._tell()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag the held corner; show where the next one would be."""
        if event is None:
            return
        self._mouse = self._share(event.localPos())
        if self._grip is not None:
            shape, corner = self._grip
            self.shapes[shape].corners[corner] = self._mouse
            self._tell()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go of a corner."""
        self._grip = None

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Close the polygon."""
        self.close_shape()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Delete, Enter, Escape, N, and arrows that move the chosen polygon."""
        if event is None:
            return
        moves = {
            Qt.Key.Key_Left: (-_STEP, 0.0),
            Qt.Key.Key_Right: (_STEP, 0.0),
            Qt.Key.Key_Up: (0.0, -_STEP),
            Qt.Key.Key_Down: (0.0, _STEP),
        }
        if event.key() in moves and 0 <= self.chosen < len(self.shapes):
            self._move_chosen(*moves[Qt.Key(event.key())])  # type: ignore[no-untyped-call]
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_chosen()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._drawing:
            self.close_shape()
        elif event.key() == Qt.Key.Key_Escape and self._drawing:
            self.remove_chosen()
        elif event.key() == Qt.Key.Key_N:
            self.add_shape()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw picture and polygons: where to look in the accent, masks hatched."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self.area(), self._picture)
        for at, shape in enumerate(self.shapes):
            self._draw(painter, shape, at == self.chosen)
        if self._drawing:
            corners = [*self._drawing, *([self._mouse] if self._mouse else [])]
            painter.setPen(QPen(QColor(theme.DARK.accent), 2, Qt.PenStyle.DashLine))
            painter.drawPolyline(QPolygonF([self.place(point) for point in corners]))
            self._draw_grips(painter, self._drawing)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.area().adjusted(1, 1, -1, -1))

    def _draw(self, painter: QPainter, shape: EditedPolygon, chosen: bool) -> None:
        colour = QColor(theme.DARK.notice if shape.mask else theme.DARK.accent)
        fill = QColor(colour)
        fill.setAlpha(150 if shape.mask else 55)
        painter.setBrush(QBrush(fill, Qt.BrushStyle.BDiagPattern if shape.mask else Qt.BrushStyle.SolidPattern))
        painter.setPen(QPen(colour, 3 if chosen else 1.5))
        painter.drawPolygon(QPolygonF([self.place(point) for point in shape.corners]))
        if chosen:
            self._draw_grips(painter, shape.corners)

    def _draw_grips(self, painter: QPainter, corners: list[Point]) -> None:
        painter.setPen(QPen(QColor("#0b1418"), 1.5))
        painter.setBrush(QColor("#ffffff"))
        for point in corners:
            painter.drawEllipse(self.place(point), 5, 5)

    def _add_corner(self, point: Point, at: QPointF) -> None:
        if len(self._drawing) >= 3 and _near(self.place(self._drawing[0]), at):
            self.close_shape()
        else:
            self._drawing.append(point)
            self._tell()

    def _grip_at(self, at: QPointF) -> tuple[int, int] | None:
        for number, shape in enumerate(self.shapes):
            for corner, point in enumerate(shape.corners):
                if _near(self.place(point), at):
                    return number, corner
        return None

    def _move_chosen(self, across: float, down: float) -> None:
        corners = self.shapes[self.chosen].corners
        moved = [(x + across, y + down) for x, y in corners]
        if all(0 <= x <= 1 and 0 <= y <= 1 for x, y in moved):
            corners[:] = moved
            self._tell()

    def _share(self, at: QPointF) -> Point:
        area = self.area()
        x, y = (at.x() - area.left()) / area.width(), (at.y() - area.top()) / area.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def _tell(self) -> None:
        self.update()
        self.changed.emit()


def _near(first: QPointF, second: QPointF) -> bool:
    return (first - second).manhattanLength() <= _GRIP_PX
