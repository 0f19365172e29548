from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QRectF, Qt
from PyQt5.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.gui.live.video_view import VideoView
from app.gui.widgets import theme
from app.gui.widgets.qimages import resize_image, wrap_image
from app.pipeline.types import Frame, FrameResult, Image, Track
from detector.types import Box
from tests.app.made_events import key as track_key

BOX = Box(80, 60, 160, 90)


def result(image: Image, text: str = "AB12CDE", settled: bool = True, box: Box = BOX) -> FrameResult:
    tracks = (Track(track_key(1), box, 0.9, text, 0.9, settled),)
    return FrameResult(Frame("gate", 0, image, datetime.now(UTC), 0.0), tracks)


@pytest.fixture
def view(qtbot: QtBot) -> VideoView:
    made = VideoView()
    qtbot.addWidget(made)
    made.resize(640, 480)
    return made


def grey(level: int = 100) -> Image:
    return np.full((240, 320, 3), level, np.uint8)


def test_a_bgr_picture_keeps_its_colours_and_odd_widths() -> None:
    image = np.zeros((3, 5, 3), np.uint8)
    image[1, 4] = (10, 20, 200)
    shown, kept = wrap_image(image[:, ::-1])
    assert shown.pixelColor(0, 1) == QColor(200, 20, 10)
    assert kept.flags.c_contiguous


def test_the_picture_is_as_large_as_it_goes_and_in_the_middle(view: VideoView) -> None:
    view.resize(640, 600)
    view.show_result(result(grey()))
    area = view.picture_rect()
    assert (area.left(), area.top(), area.width(), area.height()) == (0, 60, 640, 480)


def test_the_box_is_drawn_where_the_plate_of_this_frame_is(view: VideoView) -> None:
    view.show_result(result(grey(), text=""))
    shot = view.grab().toImage()
    accent = QColor(theme.DARK.accent)
    ratio = shot.devicePixelRatioF()
    edge = shot.pixelColor(round((2 * BOX.x1 - 3) * ratio), round((BOX.y1 + BOX.y2) * ratio))
    assert abs(edge.red() - accent.red()) + abs(edge.green() - accent.green()) + abs(edge.blue() - accent.blue()) < 60
    assert shot.pixelColor(round(40 * ratio), round(40 * ratio)) == QColor(100, 100, 100)


def test_a_picture_that_is_not_read_yet_is_dimmed_and_says_why(view: VideoView) -> None:
    frame = Frame("gate", 0, grey(200), datetime.now(UTC), 0.0)
    view.show_text("Getting ready…")
    view.show_waiting(None)
    assert view.result is None
    view.show_waiting(frame)
    shot = view.grab().toImage()
    corner = shot.pixelColor(8, 8)
    assert 60 < corner.red() < 170  # dimmed, and to be seen
    around = [shot.pixelColor(shot.width() // 2 + dx, shot.height() // 2).red() for dx in range(-60, 60)]
    assert max(around) > 200 and min(around) < 60  # light letters on a dark ground
    view.show_boxes = False
    assert view.grab().toImage() == shot  # in the same face, not that of plates
    view.show_result(FrameResult(frame, ()))
    assert view.grab().toImage().pixelColor(8, 8) == QColor(200, 200, 200)


def test_a_hit_is_red_and_has_a_sign_besides(view: VideoView) -> None:
    def reds() -> int:
        shot = view.grab().toImage()
        wanted = theme.colour("hit").rgb()
        return sum(shot.pixel(x, y) == wanted for x in range(shot.width()) for y in range(0, shot.height(), 2))

    view.show_result(result(grey()))
    assert reds() == 0
    plain = view.grab().toImage()
    view.show_result(result(grey()), {"AB12CDE"})
    assert reds() > 100
    assert view.grab().toImage() != plain


def test_no_text_covers_one_that_matters_more(view: VideoView, monkeypatch: pytest.MonkeyPatch) -> None:
    def track(text: str, settled: bool, x: float = 80, y: float = 60) -> Track:
        return Track(track_key(1), Box(x, y, x + 80, y + 30), 0.9, text, 0.9, settled)

    drawn: list[tuple[str, QRectF]] = []
    monkeypatch.setattr(view, "_paint_label", lambda _painter, track, place: drawn.append((track.text, place)))
    tracks = (
        track("JA12", False, x=84),
        track("KL9X", False, x=78),
        track("AB12CDE", True),
        track("XY34ZKL", True, y=64),
    )
    frame = Frame("gate", 0, grey(), datetime.now(UTC), 0.0)
    view.show_result(FrameResult(frame, tracks), {"XY34ZKL"})
    view.grab()
    assert [text for text, _ in drawn] == ["XY34ZKL", "AB12CDE"]  # above the one box and below the other: no more room
    assert not drawn[0][1].intersects(drawn[1][1])


@pytest.mark.parametrize("y", [0, 12, 110, 205, 212])
def test_a_text_is_never_cut_by_the_edge(view: VideoView, monkeypatch: pytest.MonkeyPatch, y: float) -> None:
    places: list[QRectF] = []
    monkeypatch.setattr(view, "_paint_label", lambda _painter, _track, place: places.append(place))
    for x in (0, 130, 280):
        for tall in (20, 240):
            view.show_result(result(grey(), box=Box(x, y, x + 40, min(240, y + tall))))
            view.grab()
    assert len(places) == 6 and all(QRectF(view.rect()).contains(place) for place in places)


def test_without_boxes_the_picture_is_bare(view: VideoView) -> None:
    view.show_boxes = False
    view.show_result(result(grey()))
    shot = view.grab().toImage()
    assert all(shot.pixelColor(x, y) == QColor(100, 100, 100) for x in range(0, 640, 40) for y in range(0, 480, 40))


def test_a_picture_is_scaled_once_however_often_it_is_painted(view: VideoView, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    resize = cv2.resize
    monkeypatch.setattr(cv2, "resize", lambda *args, **more: calls.append(1) or resize(*args, **more))
    view.show_result(result(grey()))
    for _ in range(5):
        view.grab()
    assert len(calls) == 1
    view.show_result(result(grey(120)))
    view.grab()
    assert len(calls) == 2


def test_a_click_on_a_plate_names_it(qtbot: QtBot, view: VideoView) -> None:
    view.show_result(result(grey()))
    with qtbot.waitSignal(view.plate_clicked, timeout=1000) as clicked:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(240, 150))
    assert clicked.args == ["AB12CDE"]


@pytest.mark.parametrize("size", [(320, 240), (319, 120), (100, 75), (41, 33), (1, 1), (900, 700)])
def test_a_picture_is_resized_without_a_shift_or_a_cast(size: tuple[int, int]) -> None:
    ramp = np.tile(np.linspace(0, 255, 320), (240, 1)).astype(np.uint8)
    image = np.dstack([ramp, ramp, 255 - ramp])
    small = resize_image(image, *size)
    assert small.shape == (size[1], size[0], 3)
    wanted = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - wanted).mean() < 4


@pytest.mark.parametrize("box", [Box(-50, -50, 5, 5), Box(310, 230, 400, 300), Box(0, 0, 320, 240), Box(5, 5, 5, 5)])
def test_any_box_can_be_painted(view: VideoView, box: Box) -> None:
    view.show_result(result(grey(), settled=False, box=box))
    assert not view.grab().isNull()
