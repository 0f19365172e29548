"""A picture with the plates of that very picture: scaled once, in the paint, at the screen's own resolution."""

from collections.abc import Collection, Sequence

from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import theme
from app.gui.widgets.qimages import resize_image, wrap_image
from app.pipeline.types import Frame, FrameResult, Image, Track
from detector.types import Box

_RADIUS = 4.0
_PAD = 6.0
_WIDE_PX = 420  # a narrower picture has smaller texts
_WAITING_VEIL = QColor(8, 12, 16, 110)
_STALE_VEIL = QColor(8, 12, 16, 175)  # dark enough to be told from a picture of now at a glance
_PLATE_BACK = QColor(10, 16, 20, 225)  # behind text on a picture


class VideoView(QWidget):
    """Shows the newest FrameResult it was given, with its tracks if boxes are wanted."""

    plate_clicked = pyqtSignal(str)  # text of the plate that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.show_boxes = True
        self._result: FrameResult | None = None
        self._hits: Collection[str] = ()
        self._scaled: tuple[Image, QSize, QImage, Image] | None = None
        self._placeholder = ""
        self._waiting, self._stale_text = False, ""
        theme.changed.connect(self.update)

    @property
    def result(self) -> FrameResult | None:
        """What is shown."""
        return self._result

    def show_result(self, result: FrameResult, hits: Collection[str] = ()) -> None:
        """Show a frame with its tracks; plates among hits are drawn as watch-list hits."""
        self._result, self._hits, self._waiting = result, hits, False
        self.update()

    def show_stale(self, text: str) -> None:
        """Dim the picture and say across it why it is of before; an empty text says that it is of now."""
        if text != self._stale_text:
            self._stale_text = text
            self.update()

    def show_waiting(self, frame: Frame | None) -> None:
        """Show a frame nobody has looked for plates in yet, under the text that says why; None leaves all as it is."""
        if frame is not None and (self._result is None or self._result.frame is not frame):
            self._result, self._waiting = FrameResult(frame, ()), True
            self.update()

    def show_text(self, text: str) -> None:
        """Say, in place of a picture, why there is none."""
        if text != self._placeholder:
            self._placeholder = text
            self.update()

    def sizeHint(self) -> QSize:
        """Return a size that leaves room for the rest of the window."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which a plate can be made out."""
        return QSize(160, 90)

    def picture_rect(self) -> QRectF:
        """Return where the picture lies in the widget, in logical pixels; empty without a picture."""
        if self._result is None:
            return QRectF()
        height, width = self._result.frame.image.shape[:2]
        size = QSizeF(width, height).scaled(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2), size)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint picture, boxes and texts."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("sunken"))
        if self._result is None:
            painter.setPen(theme.colour("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._placeholder)
            return
        area = self.picture_rect()
        painter.drawImage(area.topLeft(), self._image(self._result.frame.image, area))
        if self.show_boxes and not self._stale_text:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_tracks(painter, [(track, self._around(track.box, area)) for track in self._result.tracks])
        if self._stale_text:
            self._paint_veil(painter, self._stale_text, _STALE_VEIL)
        elif self._waiting:
            self._paint_veil(painter, self._placeholder, _WAITING_VEIL)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Tell which plate was clicked, if any."""
        if event is not None and self._result is not None:
            area = self.picture_rect()
            for track in self._result.tracks if not self._stale_text else ():
                if track.text and self._placed(track.box, area).contains(event.localPos()):
                    self.plate_clicked.emit(track.text)
        super().mousePressEvent(event)

    def _image(self, image: Image, area: QRectF) -> QImage:
        """Return the picture at the size of area in device pixels; the same picture is scaled only once."""
        ratio = self.devicePixelRatioF()
        size = QSize(max(1, round(area.width() * ratio)), max(1, round(area.height() * ratio)))
        if self._scaled is not None and self._scaled[0] is image and self._scaled[1] == size:
            return self._scaled[2]
        made, kept = wrap_image(resize_image(image, size.width(), size.height()))
        made.setDevicePixelRatio(ratio)
        self._scaled = (image, size, made, kept)
        return made

    def _placed(self, box: Box, area: QRectF) -> QRectF:
        """Return a box, given in pixels of the frame, in logical pixels of the widget."""
        assert self._result is not None
        scale = area.width() / self._result.frame.image.shape[1]
        corner = QPointF(area.left() + box.x1 * scale, area.top() + box.y1 * scale)
        return QRectF(corner, QSizeF(box.width * scale, box.height * scale))

    def _paint_veil(self, painter: QPainter, words: str, veil: QColor) -> None:
        """Dim a picture that is not being read, and say why across it."""
        painter.fillRect(self.rect(), veil)
        metrics = QFontMetricsF(painter.font())
        room = QRectF(self.rect()).adjusted(2 * _PAD, 0, -2 * _PAD, 0)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        text = metrics.boundingRect(room, int(flags), words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE_BACK)
        painter.drawRoundedRect(text.adjusted(-2 * _PAD, -_PAD, 2 * _PAD, _PAD), 2 * _RADIUS, 2 * _RADIUS)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(room, int(flags), words)

    def _around(self, box: Box, area: QRectF) -> QRectF:
        """Return where the line round a box runs: a little outside of it."""
        return self._placed(box, area).adjusted(-3, -3, 3, 3)

    def _paint_tracks(self, painter: QPainter, placed: Sequence[tuple[Track, QRectF]]) -> None:
        """Draw all boxes, then the texts: no text covers one that matters more, and a provisional one gives way."""
        for track, box in placed:
            self._paint_box(painter, track, box)
        font = theme.plate_font(11.5 if self.width() > _WIDE_PX else 9.5)
        taken: list[QRectF] = []
        for track, box in sorted(placed, key=lambda each: (not self._is_hit(each[0]), not each[0].settled)):
            places = self._label_places(QFontMetricsF(font), self._label(track), box) if track.text else ()
            free = (place for place in places if not any(place.intersects(other) for other in taken))
            place = next(free, places[0] if places and track.settled else None)
            if place is not None:
                taken.append(place)
                painter.setFont(font)
                self._paint_label(painter, track, place)

    def _is_hit(self, track: Track) -> bool:
        return track.text in self._hits

    def _paint_box(self, painter: QPainter, track: Track, box: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 150), 4.0))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        colour = theme.colour("hit") if self._is_hit(track) else QColor(theme.DARK.accent)
        style = Qt.PenStyle.SolidLine if track.settled else Qt.PenStyle.DashLine
        painter.setPen(QPen(colour, 2.0, style))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)

    def _label(self, track: Track) -> str:
        """Return what is written of a track: a hit bears a sign, a provisional text ends in an ellipsis."""
        return ("\u26a0 " if self._is_hit(track) else "") + track.text + ("" if track.settled else "\u2026")

    def _label_places(self, metrics: QFontMetricsF, text: str, box: QRectF) -> tuple[QRectF, ...]:
        """Return where a text may stand, the best first: above its box or below it, and always whole."""
        size = QSizeF(metrics.horizontalAdvance(text) + 2 * _PAD, metrics.height() + _PAD)
        left = max(2.0, min(box.left(), self.width() - size.width() - 2))
        lowest = self.height() - size.height()
        above, below = box.top() - 4 - size.height(), box.bottom() + 4
        tops = [top for top in (above, below) if 0 <= top <= lowest] or [max(0.0, min(below, lowest))]
        return tuple(QRectF(QPointF(left, top), size) for top in tops)

    def _paint_label(self, painter: QPainter, track: Track, place: QRectF) -> None:
        hit = self._is_hit(track)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hit") if hit else _PLATE_BACK)
        painter.drawRoundedRect(place, _RADIUS, _RADIUS)
        painter.setPen(theme.colour("on_hit") if hit else QColor("#ffffff" if track.settled else theme.DARK.muted))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._label(track))
