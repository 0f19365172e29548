import threading
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QLineEdit, QWizard
from pytestqt.qtbot import QtBot

from app.gui.widgets.polygons import PolygonCanvas
from app.gui.window import MainWindow
from app.gui.wizard.login import split_login, with_login
from app.gui.wizard.probe import ProbeResult, SourceProbe
from app.gui.wizard.source_wizard import SourceWizard
from app.gui.wizard.zones_dialog import ZonesDialog, ZonesEditor
from app.pipeline.types import Image
from app.pipeline.zones import Zones
from app.saved_sources import SavedSource
from app.sources.source import SourceError, SourceKind, SourceSpec
from tests.app.gui.shell import wait_for

PICTURE: Image = np.full((180, 320, 3), 120, np.uint8)
WizardButton = QWizard.WizardButton
TRIANGLE = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))


@pytest.fixture
def wizard(qtbot: QtBot, window: MainWindow) -> SourceWizard:
    made = SourceWizard(window.session.tasks, ["Taken"], window)
    made.open()
    return made


def next_page(qtbot: QtBot, wizard: SourceWizard) -> None:
    button = wizard.button(QWizard.WizardButton.NextButton)
    assert button is not None
    wait_for(qtbot, button.isEnabled)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose_file(wizard: SourceWizard, clip: Path, name: str) -> None:
    which = wizard.which
    which.kind.setCurrentIndex(which.kind.count() - 1)
    which.address.setText(str(clip))
    which.name.setText(name)


def test_name_picture_regions_done(qtbot: QtBot, wizard: SourceWizard, clip: Path) -> None:
    choose_file(wizard, clip, "North gate")
    next_page(qtbot, wizard)
    wait_for(qtbot, lambda: wizard.picture.result.image is not None)
    assert "320 × 180" in wizard.picture.words.text()
    next_page(qtbot, wizard)
    editor = wizard.where._editor
    assert editor is not None
    editor.canvas.add_shape()
    given: list[SavedSource] = []
    wizard.done_with.connect(given.append)
    finish = wizard.button(QWizard.WizardButton.FinishButton)
    assert finish is not None
    qtbot.mouseClick(finish, Qt.MouseButton.LeftButton)
    assert [(item.name, item.kind, item.address) for item in given] == [("North gate", SourceKind.VIDEO, str(clip))]
    assert len(given[0].zones.include) == 1


def test_the_window_opens_what_was_set_up_and_again_at_the_next_start(window: MainWindow, clip: Path) -> None:
    window.opening.add(SavedSource("North gate", SourceKind.VIDEO, str(clip), Zones((TRIANGLE,))))
    assert [source.name for source in window.session.sources.opened] == ["North gate"]
    assert window.session.sources.zones("North gate") == Zones((TRIANGLE,))
    assert window.opening.known.sources[0].name == "North gate"


@pytest.mark.parametrize(
    ("address", "name", "complaint"),
    [
        ("", "x", "Enter an address"),
        ("nowhere.mp4", "x", "starts with rtsp://"),
        ("192.168.1.20", "x", "starts with rtsp://"),
        ("rtsp://a:b@c/d", "Taken", "already"),
    ],
)
def test_what_is_missing_or_wrong_is_told_at_once(
    wizard: SourceWizard, address: str, name: str, complaint: str
) -> None:
    wizard.which.address.setText(address)
    wizard.which.name.setText(name)
    assert not wizard.which.isComplete()
    assert complaint in wizard.which._problem.text()


def test_a_password_is_not_shown_in_the_name(wizard: SourceWizard) -> None:
    wizard.which.address.setText("rtsp://admin:hunter2@192.168.1.20/live")
    spec = wizard.which.spec()
    assert "hunter2" not in spec.source_id and "hunter2" in spec.address


def test_a_pasted_login_goes_into_fields_of_its_own(wizard: SourceWizard) -> None:
    which = wizard.which
    which.address.setText("rtsp://admin:p%40ss@192.168.1.20/live")
    which.address.editingFinished.emit()
    assert which.address.text() == "rtsp://192.168.1.20/live"
    assert (which.user.text(), which.password.text()) == ("admin", "p@ss")
    assert which.password.echoMode() == QLineEdit.EchoMode.Password
    which.password.setText("a/b@c")
    assert which.spec().address == "rtsp://admin:a%2Fb%40c@192.168.1.20/live"


_SIGNS = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), max_size=12)


@given(_SIGNS.filter(bool), _SIGNS)
def test_a_login_may_hold_any_sign(user: str, password: str) -> None:
    bare = "rtsp://192.168.1.20:554/cam/1?ch=2"
    whole = with_login(bare, user, password)
    assert split_login(whole) == (bare, user, password)
    assert split_login(bare) == (bare, "", "") and with_login(bare, "", password) == bare


def test_only_what_a_kind_of_source_needs_is_asked(wizard: SourceWizard) -> None:
    which = wizard.which
    assert which.user.isVisible() and wizard.focusWidget() is which.address and not which._browse.isVisible()
    which.kind.setCurrentIndex(which.kind.count() - 1)
    assert not which.user.isVisible() and not which.password.isVisible() and which._browse.isVisible()
    assert "File" in which._caption.text()


def test_typing_stays_in_its_field(qtbot: QtBot, wizard: SourceWizard) -> None:
    which = wizard.which
    for field, text in ((which.address, "rtsp://a:b@127.0.0.1/x"), (which.user, "c"), (which.password, "de")):
        assert wizard.focusWidget() is field
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.wait(30)
        assert wizard.focusWidget() is field and field.text() == text
        qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert wizard.focusWidget() is which.name
    assert which.spec().address == "rtsp://c:de@127.0.0.1/x"


def test_without_a_picture_the_wizard_ends_at_once(
    qtbot: QtBot, wizard: SourceWizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe = "app.gui.wizard.source_wizard.SourceProbe"
    monkeypatch.setattr(probe, lambda spec, parent: SourceProbe(spec, parent, lambda _spec: cast(Any, Mute())))
    following, finish = (wizard.button(which) for which in (WizardButton.NextButton, WizardButton.FinishButton))
    wizard.which.address.setText("rtsp://127.0.0.1:1/x")
    next_page(qtbot, wizard)
    wait_for(qtbot, lambda: "no connection" in wizard.picture.words.text())
    assert finish.isVisible() and finish.isEnabled() and not following.isVisible()
    wizard.picture.show_result(ProbeResult(PICTURE))
    assert following.isVisible() and following.isEnabled() and not finish.isVisible()


def test_a_source_is_given_another_login_and_name_and_is_opened_anew(qtbot: QtBot, window: MainWindow) -> None:
    session, name = window.session, "Gate"
    before = SavedSource(name, SourceKind.STREAM, "rtsp://admin:old@127.0.0.1:1/a", Zones((TRIANGLE,)))
    window.opening.add(before)
    first = session.sources.find(name).capture  # type: ignore[union-attr]
    window.sources.change(name)
    wizard = window.findChild(SourceWizard)
    assert (wizard.which.user.text(), wizard.which.password.text()) == ("admin", "old")
    assert wizard.which.name.text() == name and wizard.which.isComplete()
    wizard.which.password.setText("new")
    wizard.picture.show_result(ProbeResult(error="no connection"))
    wizard.accept()
    assert window.opening.known.sources == (
        SavedSource(name, SourceKind.STREAM, "rtsp://admin:new@127.0.0.1:1/a", Zones((TRIANGLE,))),
    )
    wait_for(qtbot, lambda: session.sources.find(name).capture is not first)  # type: ignore[union-attr]
    assert session.sources.find(name).spec.address.startswith("rtsp://admin:new@")  # type: ignore[union-attr]
    window.opening.change(name, SavedSource("North gate", SourceKind.STREAM, "rtsp://127.0.0.1:1/a"))
    assert window.opening.names == ["North gate"]
    wait_for(qtbot, lambda: [each.name for each in session.sources.opened] == ["North gate"])


@pytest.mark.parametrize(("choice", "left", "known"), [(None, 1, 1), (False, 0, 1), (True, 0, 0)])
def test_closing_a_source_that_was_set_up_asks_whether_for_good(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, choice: bool | None, left: int, known: int
) -> None:
    window.opening.add(SavedSource("Gate", SourceKind.STREAM, "rtsp://127.0.0.1:1/a"))
    monkeypatch.setattr(window.sources, "_asked_for_good", lambda _name: choice)
    window.live.grid.tiles[0].close_wanted.emit("Gate")
    assert (len(window.session.sources.opened), len(window.opening.names)) == (left, known)


def test_cameras_are_offered_by_name(wizard: SourceWizard) -> None:
    wizard.which.offer_cameras({0: "Integrated Camera", 2: "USB Cam"})
    kinds = [wizard.which.kind.itemText(at) for at in range(wizard.which.kind.count())]
    assert kinds[:2] == ["Camera: Integrated Camera", "Camera: USB Cam"] and wizard.which.kind.currentIndex() == 2
    wizard.which.kind.setCurrentIndex(0)
    assert wizard.which.spec() == SourceSpec(SourceKind.CAMERA, "Integrated Camera", "0")


def test_a_source_that_does_not_answer_can_be_added_all_the_same(wizard: SourceWizard) -> None:
    wizard.picture.show_result(ProbeResult(error="no connection"))
    assert "no connection" in wizard.picture.words.text()
    assert wizard.picture.isComplete()


def test_a_dark_picture_is_told_with_what_to_do(wizard: SourceWizard) -> None:
    wizard.picture.show_result(ProbeResult(np.full((180, 320, 3), 12, np.uint8)))
    assert "dark" in wizard.picture.words.text() and "light" in wizard.picture.words.text()


class Mute:
    """A camera that is off."""

    def open(self) -> None:
        raise SourceError("Gate: no connection")

    def close(self) -> None:
        pass


class Silent:
    """A device that never answers."""

    def __init__(self, let_go: threading.Event) -> None:
        self.spec, self._let_go = SourceSpec(SourceKind.CAMERA, "camera", "0"), let_go

    def open(self) -> None:
        self._let_go.wait(20)

    def read(self) -> None:
        return None

    def close(self) -> None:
        pass


def test_a_probe_gives_up_in_time_and_answers_once(qtbot: QtBot) -> None:
    let_go = threading.Event()
    answers: list[ProbeResult] = []
    silent = Silent(let_go)
    probe = SourceProbe(silent.spec, None, lambda _spec: silent, timeout_s=0.2)  # type: ignore[arg-type,return-value]
    probe.finished.connect(answers.append)
    wait_for(qtbot, lambda: bool(answers))
    assert "No answer" in answers[0].error
    let_go.set()
    qtbot.wait(200)
    assert len(answers) == 1


@pytest.fixture
def canvas(qtbot: QtBot) -> PolygonCanvas:
    made = PolygonCanvas(PICTURE, Zones())
    qtbot.addWidget(made)
    made.resize(640, 360)
    made.show()
    return made


def click(qtbot: QtBot, canvas: PolygonCanvas, *points: tuple[float, float]) -> None:
    for x, y in points:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(640 * x), round(360 * y)))


def test_a_polygon_is_drawn_by_clicks_and_closed_on_its_first_corner(qtbot: QtBot, canvas: PolygonCanvas) -> None:
    click(qtbot, canvas, *TRIANGLE, TRIANGLE[0])
    assert not canvas.drawing
    (drawn,) = canvas.zones.include
    assert drawn == tuple(pytest.approx(point, abs=0.01) for point in TRIANGLE)


def test_a_mask_is_drawn_and_corners_are_dragged(qtbot: QtBot, canvas: PolygonCanvas) -> None:
    canvas.masking = True
    click(qtbot, canvas, *TRIANGLE)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.zones.include == () and len(canvas.zones.exclude) == 1
    start, end = QPoint(64, 36), QPoint(32, 90)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(end),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    canvas.mouseMoveEvent(move)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert canvas.zones.exclude[0][0] == pytest.approx((0.05, 0.25), abs=0.01)


def test_zones_can_be_made_moved_and_removed_by_keys_alone(qtbot: QtBot, canvas: PolygonCanvas) -> None:
    qtbot.keyClick(canvas, Qt.Key.Key_N)
    before = canvas.zones.include[0]
    for _ in range(3):
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.zones.include[0][0][0] == pytest.approx(before[0][0] + 0.03)
    for _ in range(200):
        qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert all(0 <= y <= 1 for _, y in canvas.zones.include[0])
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.zones == Zones()


def test_two_corners_are_no_polygon(qtbot: QtBot, canvas: PolygonCanvas) -> None:
    click(qtbot, canvas, *TRIANGLE[:2])
    canvas.close_shape()
    assert canvas.zones == Zones()


def test_the_editor_says_the_next_step_and_the_dialog_gives_the_zones(qtbot: QtBot) -> None:
    editor = ZonesEditor(PICTURE, Zones())
    qtbot.addWidget(editor)
    hints = {editor._hint.text()}
    editor.canvas._drawing.append((0.1, 0.1))
    editor.canvas.changed.emit()
    hints.add(editor._hint.text())
    editor.canvas._drawing.clear()
    editor.canvas.add_shape()
    hints.add(editor._hint.text())
    assert len(hints) == 3
    dialog = ZonesDialog(PICTURE, Zones((TRIANGLE,)))
    qtbot.addWidget(dialog)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog._save()
    assert chosen.args == [Zones((TRIANGLE,))]
