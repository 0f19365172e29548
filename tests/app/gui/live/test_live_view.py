from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QKeyEvent
from PyQt5.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.config.settings import Settings, with_value
from app.gui.live.live_view import Arrangement, SourceTile, TileGrid
from app.gui.live.player import PlayerBar, SeekBar, format_position
from app.gui.live.source_states import ShownState, describe_state
from app.gui.live.sources_panel import SourcesPanel
from app.gui.session.open_source import OpenSource, Tick
from app.gui.session.window_session import WindowSession
from app.gui.widgets.common import Elided
from app.gui.window import MainWindow
from app.pipeline.stats import StageTimes
from app.pipeline.types import Frame, FrameResult
from app.sources.capture import CaptureState, CaptureStatus
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId
from app.sources.stream import NetworkStream
from tests.app.gui.fakes import FIRST, SECOND
from tests.app.gui.shell import wait_for

KEY = Qt.Key


def open_three(window: MainWindow, clip: Path) -> TileGrid:
    session = window.session
    for number in range(3):
        session.sources.open(SourceSpec(SourceKind.VIDEO, f"gate {number}", str(clip)), f"Gate {number}")
        session.sources.set_paused(f"gate {number}", True)
    return window.live.grid


def place_of(session: WindowSession, source_id: str) -> float:
    newest = session.sources.newest_frame(source_id)
    return newest.frame.media_time if newest is not None else -1.0


def shown(grid: TileGrid) -> list[str]:
    return [tile.source_id for tile in grid.tiles if tile.isVisible()]


def press(player: PlayerBar, key: Qt.Key) -> bool:
    return player.take_key(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_every_source_is_a_tile_and_a_double_click_shows_one_alone(
    qtbot: QtBot,
    window: MainWindow,
    clip: Path,
) -> None:
    grid = open_three(window, clip)
    assert shown(grid) == ["gate 0", "gate 1", "gate 2"]
    wait_for(qtbot, lambda: all(tile.view.result is not None for tile in grid.tiles))
    assert {tile.view.result.frame.source_id for tile in grid.tiles} == {"gate 0", "gate 1", "gate 2"}  # type: ignore[union-attr]
    qtbot.mouseDClick(grid.tiles[1].view, Qt.MouseButton.LeftButton)
    assert shown(grid) == ["gate 1"]
    qtbot.keyClick(grid.tiles[1], KEY.Key_Return)
    assert len(shown(grid)) == 3


def test_tiles_close_and_the_next_step_is_told_again(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    grid = open_three(window, clip)
    assert not window.live.empty.isVisible()
    for tile in grid.tiles:
        close = next(button for button in tile.findChildren(QToolButton) if "Close" in button.accessibleName())
        qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: not grid.tiles)
    assert window.live.empty.isVisible()


def test_hidden_tiles_fetch_no_frames(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    grid = open_three(window, clip)
    grid.show_alone("gate 0")
    before = grid.tiles[2].view.result
    window.session.sources.seek("gate 2", 2.0)
    wait_for(qtbot, lambda: place_of(window.session, "gate 2") >= 1.9)
    qtbot.wait(100)
    assert grid.tiles[2].view.result is before


@pytest.fixture
def playing(qtbot: QtBot, window: MainWindow, clip: Path) -> tuple[WindowSession, PlayerBar, str]:
    session, name = window.session, str(clip)
    session.sources.open_names([name])
    session.sources.set_paused(name, True)
    wait_for(
        qtbot,
        lambda: session.sources.newest_frame(name) is not None and session.sources.find(name).duration_s is not None,
    )  # type: ignore[union-attr]
    return session, window.live.player, name


def test_space_and_k_play_and_pause(playing: tuple[WindowSession, PlayerBar, str]) -> None:
    session, player, name = playing
    source = session.sources.find(name)
    assert source is not None and source.paused
    for key, paused in ((KEY.Key_Space, False), (KEY.Key_K, True), (KEY.Key_Space, False)):
        assert press(player, key)
        assert source.paused is paused


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((KEY.Key_Right,), 3.95),
        ((KEY.Key_Right, KEY.Key_Left), 0.0),
        ((KEY.Key_L,), 3.95),
        ((KEY.Key_L, KEY.Key_J), 0.0),
    ],
    ids=["right", "right left", "L", "L J"],
)
def test_arrows_and_j_and_l_go_on_and_back(
    qtbot: QtBot, playing: tuple[WindowSession, PlayerBar, str], keys: tuple[Qt.Key, ...], place: float
) -> None:
    session, player, name = playing
    for key in keys:
        assert press(player, key)
        wait_for(qtbot, lambda: player._wanted is None and session.sources.find(name).wanted_s is None)  # type: ignore[union-attr]
        qtbot.wait(50)
    wait_for(qtbot, lambda: abs(place_of(session, name) - place) < 0.3)


def test_a_recording_that_ended_stands_at_its_end(qtbot: QtBot, playing: tuple[WindowSession, PlayerBar, str]) -> None:
    session, player, name = playing
    session.sources.seek(name, 3.5)
    session.sources.set_paused(name, False)
    wait_for(qtbot, lambda: session.sources.find(name).ended)  # type: ignore[union-attr]
    player.refresh()
    assert player._time.text() == "0:04 / 0:04" and player._bar.value() == player._bar.maximum()
    player.seek(1.0)
    player.refresh()
    assert player._time.text() == "0:01 / 0:04"


def test_a_full_stop_shows_the_next_frame(qtbot: QtBot, playing: tuple[WindowSession, PlayerBar, str]) -> None:
    session, player, name = playing
    first = session.sources.newest_frame(name)
    assert first is not None and press(player, KEY.Key_Period)
    wait_for(qtbot, lambda: session.sources.newest_frame(name).frame.media_time > first.frame.media_time)  # type: ignore[union-attr]
    assert session.sources.newest_frame(name).frame.media_time == pytest.approx(first.frame.media_time + 0.1, abs=0.02)  # type: ignore[union-attr]


def test_plus_and_minus_change_the_speed(playing: tuple[WindowSession, PlayerBar, str]) -> None:
    session, player, name = playing
    source = session.sources.find(name)
    assert source is not None
    speeds = []
    for key in (KEY.Key_Plus, KEY.Key_Plus, KEY.Key_Plus, KEY.Key_Minus):
        press(player, key)
        speeds.append(source.speed)
    assert speeds == [2.0, 4.0, 4.0, 2.0]


def test_the_seek_bar_has_a_tick_a_read_and_goes_where_it_is_clicked(
    qtbot: QtBot, playing: tuple[WindowSession, PlayerBar, str]
) -> None:
    session, player, name = playing
    session.sources.set_speed(name, 4.0)
    session.sources.set_paused(name, False)
    source = session.sources.find(name)
    assert source is not None
    wait_for(qtbot, lambda: source.ended)
    wait_for(qtbot, lambda: [tick.text for tick in player._bar._ticks] == [FIRST.text, SECOND.text])
    bar = player._bar
    with qtbot.waitSignal(bar.seek_wanted) as asked:
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.rect().center())
    assert asked.args[0] == pytest.approx(2.0, abs=0.15)


def test_a_click_on_a_tick_or_on_a_plate_in_the_picture_selects_its_read(
    qtbot: QtBot, playing: tuple[WindowSession, PlayerBar, str]
) -> None:
    session, player, name = playing
    session.sources.set_speed(name, 4.0)
    session.sources.set_paused(name, False)
    source = session.sources.find(name)
    wait_for(qtbot, lambda: source is not None and source.ended and len(player._bar._ticks) == 2)
    bar, key = player._bar, player._bar._ticks[1].track_key
    with qtbot.waitSignal(session.requests.read_wanted) as wanted:
        place = round(bar._x(round(bar._ticks[1].media_time * 1000)))
        qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(place, bar.height() // 2))
    assert wanted.args == [key]
    with qtbot.waitSignal(session.requests.read_wanted) as wanted:
        session.sources.show_plate(name, SECOND.text)
    assert wanted.args == [key]


def test_a_camera_that_runs_for_weeks_keeps_a_bounded_number_of_ticks() -> None:
    source = OpenSource(SourceSpec(SourceKind.CAMERA, "gate", "0"), "Gate")
    for number in range(5000):
        source.mark(Tick(f"gate#{number}", "AB12CDE", float(number), False), ())
    assert len(source.ticks) == 2000 and "gate#4999" in source.ticks
    source.mark(Tick("gate#5000", "AB12CDE", 5000.0, False), ("gate#4999",))
    assert "gate#4999" not in source.ticks
    source.mark(Tick("gate#5000", "AB12CDE", 5000.0, False), ("gate#5000",))
    assert "gate#5000" not in source.ticks


def test_ticks_are_named_and_hits_differ_by_form(qtbot: QtBot) -> None:
    bar = SeekBar()
    qtbot.addWidget(bar)
    bar.resize(400, 34)
    pictures = []
    for hit in (False, True):
        bar.show_place(0.0, 10.0, [Tick("a", "AB12CDE", 5.0, hit)])
        pictures.append(bar.grab().toImage())
    assert pictures[0] != pictures[1]
    tick = bar._tick_at(bar._x(5000))
    assert tick is not None and tick.text == "AB12CDE"
    assert bar._tick_at(bar._x(2000)) is None


def test_the_seek_bar_is_moved_by_keys(qtbot: QtBot) -> None:
    bar = SeekBar()
    qtbot.addWidget(bar)
    bar.show_place(10.0, 60.0, [])
    with qtbot.waitSignal(bar.seek_wanted) as asked:
        qtbot.keyClick(bar, KEY.Key_Right)
    assert asked.args == [15.0]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (61.9, "1:01"), (3599, "59:59"), (3661, "1:01:01"), (-1, "0:00")]
)
def test_media_time_is_written_as_a_clock(seconds: float, text: str) -> None:
    assert format_position(seconds) == text


def test_the_source_panel_tells_how_each_source_does(qtbot: QtBot, window: MainWindow, clip: Path) -> None:
    session = window.session
    session.sources.open_names([str(clip)])
    session.sources.open(SourceSpec(SourceKind.STREAM, "Gate", "rtsp://127.0.0.1:1/none"), "Gate")
    table, headings = window.live.sources._table, window.live.sources.headings()

    def cell(row: int, heading: str) -> str:
        item = table.item(row, headings.index(heading))
        return item.text() if item is not None else ""

    wait_for(qtbot, lambda: cell(0, "State") in ("Playing", "Ended") and float(cell(0, "Read/s") or 0) >= 0)
    wait_for(qtbot, lambda: "No connection" in cell(1, "State") and cell(1, "Reconnects") == "0")
    assert [cell(0, name) for name in ("Source", "Reconnects", "Stalls")] == [clip.name, "–", "–"]
    assert cell(1, "Source") == "Gate"
    wait_for(qtbot, lambda: "detect" in window.live.sources._stages.text())
    tip = table.item(1, 0).toolTip()
    assert all(f"{heading}: " in tip for heading in headings[1:])


@pytest.mark.parametrize("width", [360, 450, 560, 700, 1000])
def test_the_source_panel_never_hides_a_name_however_narrow_it_is(
    qtbot: QtBot, window: MainWindow, clip: Path, width: int
) -> None:
    session, panel = window.session, SourcesPanel(window.session.networks, window.session.sources)
    qtbot.addWidget(panel)
    for name in ("North gate", *(f"Lane {number}" for number in range(7))):
        session.sources.open(SourceSpec(SourceKind.STREAM, name, "rtsp://127.0.0.1:1/none"), name)
    panel.show()
    for step in (-2, -1, 0):  # as if its edge were dragged
        panel.resize(width + step, 200)
    table = panel._table
    wait_for(qtbot, lambda: "No connection" in table.item(0, 1).text())
    assert table.verticalScrollBar().isVisible()
    shown = [at for at in range(table.columnCount()) if not table.isColumnHidden(at)]
    assert table.columnWidth(0) >= 90 and {0, 1, 2} <= set(shown)
    assert sum(table.columnWidth(at) for at in shown) <= table.viewport().width()


def test_a_narrow_tile_keeps_its_name_and_leaves_the_state_to_its_icon(qtbot: QtBot) -> None:
    tile = SourceTile(
        OpenSource(SourceSpec(SourceKind.STREAM, "Back entrance", "rtsp://127.0.0.1:9/a"), "Back entrance")
    )
    qtbot.addWidget(tile)
    tile.show()
    lost = ShownState("No connection", "unplug", "notice", "no connection")
    for width, words in ((500, True), (220, False)):
        tile.resize(width, 180)
        tile.show_state(lost)
        assert tile._state.isVisible() is words
        assert tile.accessibleDescription() == tile._dot.toolTip() == "No connection"
    frame = Frame("Back entrance", 0, np.zeros((90, 160, 3), np.uint8), datetime.now(UTC), 0.0)
    tile.view.show_result(FrameResult(frame, ()))
    tile.show_state(lost)
    assert tile._state.isVisible()  # an old picture stands where the words were
    tile.show_state(replace(lost, text="No connection since 04:57:48", is_stale=True))
    assert not tile._state.isVisible(), "the words stand across the picture"


def test_a_camera_that_failed_before_tells_why_while_it_is_tried_again(qtbot: QtBot, window: MainWindow) -> None:
    """One that takes its time to answer not at all is being connected to for nearly all of it."""
    source = OpenSource(SourceSpec(SourceKind.STREAM, "Gate", "rtsp://127.0.0.1:9/a"), "Gate")
    source.capture = SimpleNamespace(  # type: ignore[assignment]
        status=lambda: CaptureStatus(CaptureState.CONNECTING, 0.0, 0, 0, 2, 0, "Gate: no connection; check the address")
    )
    tile = SourceTile(source)
    qtbot.addWidget(tile)
    tile.resize(300, 200)
    tile.show_state(describe_state(source, window.session.networks))
    assert tile._state.text() == "Connecting…" and "check the address" in tile.view._placeholder


def test_the_sources_row_of_the_chosen_tile_is_the_chosen_one(window: MainWindow, clip: Path) -> None:
    session, panel, told = window.session, window.live.sources, list[str]()
    session.sources.open_names([str(clip)])
    session.sources.open(SourceSpec(SourceKind.STREAM, "Gate", "rtsp://127.0.0.1:1/none"), "Gate")
    assert window.live.grid.current == "Gate" and panel._table.currentRow() == 1
    panel._advise = told.append  # type: ignore[method-assign]
    for source in session.sources.opened:
        session.sources.state_changed.emit(source.source_id)
    assert told == ["Gate"]  # not what another camera should do better


def test_a_name_too_long_for_its_tile_is_shortened_in_its_middle(qtbot: QtBot) -> None:
    name = Elided("A very long name of a camera at the north gate, lane 2")
    qtbot.addWidget(name)
    name.resize(120, 20)
    short = name.grab().toImage()
    other = Elided("A very long name of a camera at the north gate, lane 3")
    qtbot.addWidget(other)
    other.resize(120, 20)
    assert other.grab().toImage() != short  # the end tells them apart
    assert name.toolTip() == name.text()


def test_a_camera_is_waited_for_as_long_as_is_set() -> None:
    opened = OpenSource(SourceSpec(SourceKind.STREAM, "gate", "rtsp://gate"), "gate")
    source = opened.begin(lambda: None, with_value(Settings(), "live.stall_s", 60.0), StageTimes())._source
    assert isinstance(source, NetworkStream) and source.patience_s == 60


@pytest.mark.parametrize(
    ("arrangement", "places"),
    [
        (Arrangement.TWO, [(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1)]),
        (Arrangement.THREE, [(0, 0, 1, 1), (0, 1, 1, 1), (0, 2, 1, 1)]),
        (Arrangement.ONE_LARGE, [(0, 0, 2, 2), (0, 2, 1, 1), (1, 2, 1, 1)]),
    ],
)
def test_pictures_are_laid_out_as_is_wanted(
    window: MainWindow, clip: Path, arrangement: Arrangement, places: list[tuple[int, ...]]
) -> None:
    for number in range(3):
        spec = SourceSpec(SourceKind.VIDEO, SourceId(f"gate {number}"), str(clip))
        window.session.sources.open(spec, f"Gate {number}")
        window.session.sources.set_paused(f"gate {number}", True)
    window.arrange_tiles(arrangement)
    grid = window.live.grid
    assert [grid._grid.getItemPosition(grid._grid.indexOf(tile)) for tile in grid.tiles] == places
    window.live.grid.set_arrangement(Arrangement.AUTOMATIC)
    window._restore_view()
    assert grid.arrangement is arrangement
