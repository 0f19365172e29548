import threading
from pathlib import Path

import numpy as np
import pytest
from PyQt5 import sip
from PyQt5.QtCore import QObject
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.config.settings import Settings, with_value
from app.gui.live.source_states import describe_state
from app.gui.reads.reads_page import ReadsPage
from app.gui.session.log_session import open_log
from app.gui.session.window_session import WindowSession
from app.gui.startup import make_window
from app.gui.window import MainWindow
from app.pipeline.events import EventKind, PlateEvent
from app.pipeline.loading import only_region
from app.pipeline.pipeline import Pipeline
from app.pipeline.tuning import Tuning
from app.pipeline.zones import Zones
from app.sinks.window import WindowFeed
from app.sources.source import SourceKind, SourceSpec
from app.store.errors import LogInUse
from app.store.journal import Alarm
from app.store.search import Query
from app.store.watchlist import WatchEntry
from tests.app.gui.fakes import FIRST, SECOND, BlockDetector, BlockReader, pipeline
from tests.app.gui.shell import threads_gone, wait_for


class Listener(QObject):
    """Keeps what the session tells."""

    def __init__(self, session: WindowSession) -> None:
        super().__init__()
        self.events: list[PlateEvent] = []
        self.messages: list[str] = []
        self.refused: list[str] = []
        self.alarms: list[Alarm] = []
        self.saved: list[str] = []
        self.queued: list[tuple[str, ...]] = []
        session.sources.events.connect(self.events.extend)
        session.requests.message.connect(self.messages.append)
        session.sources.not_opened.connect(self.refused.append)
        session.log.hit.connect(self.alarms.append)
        session.log.visit_changed.connect(self.saved.append)
        session.requests.queue_wanted.connect(self.queued.append)

    def finals(self, text: str) -> list[PlateEvent]:
        return [event for event in self.events if event.text.plate == text and event.kind is EventKind.FINAL]


@pytest.fixture
def session(window: MainWindow) -> WindowSession:
    return window.session


@pytest.fixture
def told(session: WindowSession) -> Listener:
    return Listener(session)


def play(session: WindowSession, clip: Path, speed: float = 4.0) -> str:
    session.sources.open_names([str(clip)])
    session.sources.set_speed(str(clip), speed)
    return str(clip)


def test_a_clip_is_read_and_both_visits_are_in_the_log(
    qtbot: QtBot,
    session: WindowSession,
    told: Listener,
    clip: Path,
) -> None:
    name = play(session, clip)
    wait_for(qtbot, lambda: bool(told.finals(FIRST.text) and told.finals(SECOND.text)))
    source = session.sources.find(name)
    wait_for(qtbot, lambda: source is not None and source.ended)
    assert session.log.store is not None
    wait_for(qtbot, lambda: len(told.saved) >= 2)
    assert {visit.plate for visit in session.log.store.each(Query())} == {FIRST.text, SECOND.text}
    assert source is not None and {tick.text for tick in source.ticks.values()} == {FIRST.text, SECOND.text}


def test_at_later_starts_the_demo_is_listed_and_not_logged_again(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gui.live.demo.DEMO_CLIP", clip)
    monkeypatch.setattr("app.gui.live.source_actions.DEMO_CLIP", clip)
    monkeypatch.setattr("app.sources.playback._LATE_S", 600.0)
    for _ in range(2):
        feed = WindowFeed()
        kept = open_log(Settings(), feed, str(tmp_path / "plates.sqlite3"))
        window = make_window(Settings(), kept, feed, pipeline, state=tmp_path / "window.ini")
        window.show()
        told, rows = Listener(window.session), window.live.findChild(ReadsPage).model
        window.opening.begin([])
        window.session.sources.set_speed(str(clip), 4.0)
        wait_for(qtbot, lambda told=told: bool(told.finals(FIRST.text) and len(told.saved) >= 2))
        assert [row.visit.plate for row in rows.held()] == [SECOND.text, FIRST.text]
        assert all(row.key and row.visit.id is not None for row in rows.held())
        store = window.session.log.store
        assert store is not None
        assert sorted(visit.plate for visit in store.each(Query())) == sorted((FIRST.text, SECOND.text))
        window.close()
        qapp.processEvents()
        sip.delete(window)


def test_seeking_back_ends_the_tracks_and_what_is_seen_again_is_no_second_visit(
    qtbot: QtBot,
    session: WindowSession,
    told: Listener,
    clip: Path,
) -> None:
    name = play(session, clip, speed=1.0)
    wait_for(qtbot, lambda: any(event.text.plate == FIRST.text for event in told.events))
    session.sources.seek(name, SECOND.first_s)
    wait_for(qtbot, lambda: bool(told.finals(FIRST.text)))
    wait_for(qtbot, lambda: bool(told.finals(SECOND.text)))
    session.sources.seek(name, 0.0)
    count = len(told.events)
    wait_for(qtbot, lambda: any(event.text.plate == FIRST.text for event in told.events[count:]))
    session.sources.close(name)
    wait_for(qtbot, lambda: session.sources.find(name) is None)
    assert {event.text.plate for event in told.events} == {FIRST.text, SECOND.text}
    assert len({event.key for event in told.events}) == 2
    assert session.log.journal is not None and session.log.store is not None
    session.log.journal.flush(5)
    assert sorted(visit.plate for visit in session.log.store.each(Query())) == sorted((FIRST.text, SECOND.text))


def test_many_seeks_in_a_row_end_at_the_last(qtbot: QtBot, session: WindowSession, clip: Path) -> None:
    name = play(session, clip, speed=0.25)
    wait_for(qtbot, lambda: session.sources.newest_frame(name) is not None)
    for place in (3.0, 0.5, 2.0, 1.0, 2.5):
        session.sources.seek(name, place)
    wait_for(qtbot, lambda: 2.45 <= session.sources.newest_frame(name).frame.media_time <= 3.2)  # type: ignore[union-attr]


def test_a_clip_that_has_ended_plays_again(qtbot: QtBot, session: WindowSession, clip: Path) -> None:
    name = play(session, clip)
    source = session.sources.find(name)
    assert source is not None
    wait_for(qtbot, lambda: source.ended)
    session.sources.set_paused(name, False)
    wait_for(qtbot, lambda: not source.ended and session.sources.newest_frame(name).frame.media_time < 2.0)  # type: ignore[union-attr]


def test_a_plate_of_the_block_list_is_a_hit_and_one_of_the_allow_list_is_none(
    qtbot: QtBot,
    session: WindowSession,
    told: Listener,
    clip: Path,
) -> None:
    assert session.log.store is not None
    session.log.store.watch.add(WatchEntry("block", SECOND.text, note="stolen"), WatchEntry("allow", FIRST.text))
    name = play(session, clip)
    wait_for(qtbot, lambda: bool(told.finals(SECOND.text)))
    assert [alarm.visit.plate for alarm in told.alarms] == [SECOND.text]
    assert session.sources.hit_plates(name) == {SECOND.text}


def test_folders_and_heaps_of_files_go_to_the_queue(
    session: WindowSession,
    told: Listener,
    clip: Path,
    tmp_path: Path,
) -> None:
    session.sources.open_names([str(tmp_path)])
    session.sources.open_names([f"{clip}"] * 5)
    assert told.queued == [(str(tmp_path),), (str(clip),) * 5]
    assert session.sources.opened == ()


def test_what_cannot_be_opened_is_told_without_its_password(
    qtbot: QtBot, session: WindowSession, told: Listener, tmp_path: Path
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    session.sources.open_names(["nowhere.mp4", str(tmp_path / "broken.mp4")])
    assert len(told.refused) == 1 and "nowhere.mp4" in told.refused[0]
    wait_for(qtbot, lambda: len(told.messages) >= 1)
    assert "broken.mp4" in told.messages[0]
    session.sources.open_names(["rtsp://admin:secret@127.0.0.1:1/live"])
    assert all("secret" not in source.source_id + source.name for source in session.sources.opened)


def test_a_zone_holds_for_its_own_source_at_once(
    qtbot: QtBot,
    session: WindowSession,
    told: Listener,
    clip: Path,
) -> None:
    upper = Zones(include=(((0.0, 0.0), (1.0, 0.0), (1.0, 0.2), (0.0, 0.2)),))
    session.sources.open(SourceSpec(SourceKind.VIDEO, "gate", str(clip)), "Gate", upper)
    session.sources.set_speed("gate", 4.0)
    source = session.sources.find("gate")
    assert source is not None
    wait_for(qtbot, lambda: source.ended)
    assert not told.events
    assert session.networks.pipeline is not None and sum(session.networks.pipeline.rejected("gate").values()) == 2


def test_another_country_reaches_the_reader_at_once(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []

    def load(_device: str, tuning: Tuning, size: int | None) -> tuple[BlockDetector, RegionalReader]:
        asked.append(size)
        return BlockDetector(), RegionalReader(only_region(tuning.countries))

    monkeypatch.setattr("app.gui.session.networks_session.load_networks", load)
    made = WindowSession(Settings(), open_log(Settings(), WindowFeed(), str(tmp_path / "p.sqlite3")), WindowFeed())
    made.start()
    wait_for(qtbot, lambda: made.networks.pipeline is not None)
    reader = made.networks._networks._loaded[1]  # type: ignore[index]
    assert isinstance(reader, RegionalReader) and reader.region is None
    for countries, region in ((("DE",), "DE"), (("DE", "NL"), None), (("VN",), "VN"), ((), None)):
        made.settings.change(with_value(made.settings.current, "reading.countries", countries))
        assert reader.region == region
    assert asked == [None]  # the picture size the weights were trained at
    assert made.shutdown()


class RegionalReader(BlockReader):
    """Knows a region, as the real one does."""

    def __init__(self, region: str | None) -> None:
        super().__init__()
        self.region = region


def test_settings_reach_the_pipeline_at_once(session: WindowSession) -> None:
    session.settings.change(with_value(session.settings.current, "decision.agreement", 5))
    assert session.networks.pipeline is not None and session.networks.pipeline.tuning.min_agreement == 5


def test_without_pictures_only_the_text_of_a_read_is_kept(
    qtbot: QtBot, session: WindowSession, told: Listener, clip: Path
) -> None:
    session.settings.change(with_value(session.settings.current, "log.pictures", False))
    name = play(session, clip)
    source = session.sources.find(name)
    wait_for(qtbot, lambda: source is not None and source.ended)
    wait_for(qtbot, lambda: len(told.saved) >= 2)
    assert session.log.store is not None
    assert all(visit.crop == visit.frame == "" for visit in session.log.store.each(Query()))


def test_no_pictures_of_the_command_line_holds_whatever_the_settings_say(tmp_path: Path) -> None:
    feed = WindowFeed()
    kept = open_log(Settings(), feed, str(tmp_path / "l.db"))
    session = WindowSession(Settings(), kept, feed, pipeline, no_pictures=True)
    assert not session.log.keeps_pictures
    session.settings.change(with_value(session.settings.current, "log.pictures", True))
    assert not session.log.keeps_pictures
    session.shutdown()


def test_a_damaged_log_is_told_with_the_name_it_is_kept_under(tmp_path: Path) -> None:
    log, feed = tmp_path / "l.db", WindowFeed()
    log.write_bytes(b"no database " * 500)
    session = WindowSession(Settings(), open_log(Settings(), feed, str(log)), feed, pipeline)
    [aside] = tmp_path.glob("l.corrupt-*.db")
    assert str(aside) in session.log.notice
    session.shutdown()


class HangingSource:
    """A camera whose driver never answers."""

    def __init__(self, spec: SourceSpec, let_go: threading.Event) -> None:
        self.spec, self._let_go = spec, let_go

    def open(self) -> object:
        self._let_go.wait(30)
        raise RuntimeError("never came")

    def read(self) -> None:
        return None

    def close(self) -> None:
        self._let_go.wait(30)


def test_closing_waits_for_no_source_that_hangs(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    feed = WindowFeed()
    made = WindowSession(Settings(), open_log(Settings(), feed, str(tmp_path / "p.sqlite3")), feed, pipeline)
    made.start()
    monkeypatch.setattr("app.gui.session.open_source.make_source", lambda spec: HangingSource(spec, let_go))
    monkeypatch.setattr(
        "app.gui.session.open_source.OpenSource._source", lambda self, _make, _hold: HangingSource(self.spec, let_go)
    )
    for number in range(4):
        made.sources.open(SourceSpec(SourceKind.CAMERA, f"camera {number}", str(number)))
    wait_for(qtbot, lambda: made.networks.pipeline is not None)
    made.tasks.start(lambda: let_go.wait(30), lambda _answer: None)
    clean = made.shutdown()
    still_hanging = not let_go.is_set()
    let_go.set()
    assert not clean and still_hanging
    assert threads_gone(("capture",))


def test_a_second_writer_of_a_log_is_told_and_may_read(tmp_path: Path) -> None:
    log = str(tmp_path / "plates.sqlite3")
    first = open_log(Settings(), WindowFeed(), log)
    with pytest.raises(LogInUse, match="being written"):
        open_log(Settings(), WindowFeed(), log)
    second = open_log(Settings(), WindowFeed(), log, read_only=True)
    assert second.journal is None and second.reading is not None and second.reading.read_only
    second.reading.close()
    assert first.journal is not None
    first.journal.close()


def test_networks_that_cannot_be_loaded_are_told(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    def missing() -> None:
        raise FileNotFoundError("assets/weights/reader.safetensors is missing")

    feed = WindowFeed()
    kept = open_log(Settings(), feed, str(tmp_path / "p.sqlite3"))
    made = WindowSession(Settings(), kept, feed, missing)  # type: ignore[arg-type]
    made.start()
    wait_for(qtbot, lambda: bool(made.networks.trouble))
    assert "reader.safetensors" in made.networks.trouble
    assert made.shutdown()


def test_a_recording_waits_for_the_networks(qtbot: QtBot, qapp: QApplication, tmp_path: Path, clip: Path) -> None:
    loaded = threading.Event()

    def load() -> Pipeline:
        loaded.wait(20)
        return pipeline()

    feed = WindowFeed()
    made = WindowSession(Settings(), open_log(Settings(), feed, str(tmp_path / "p.sqlite3")), feed, load)
    told = Listener(made)
    made.start()
    made.sources.open_names([str(clip)])
    wait_for(qtbot, lambda: made.sources.waiting_frame(str(clip)) is not None)
    first = made.sources.waiting_frame(str(clip))
    made.sources.open_names(["rtsp://127.0.0.1:1/none"])
    camera = made.sources.find("rtsp://127.0.0.1:1/none")
    wait_for(qtbot, lambda: describe_state(camera, made.networks).text == "No connection")  # type: ignore[arg-type]
    assert describe_state(made.sources.find(str(clip)), made.networks).text == "Getting ready…"  # type: ignore[arg-type]
    qtbot.wait(300)
    assert first is made.sources.waiting_frame(str(clip)) and first.media_time < 0.2  # type: ignore[union-attr]
    loaded.set()
    wait_for(qtbot, lambda: bool(told.events))
    assert made.sources.newest_frame(str(clip)).frame.media_time < 1.5  # type: ignore[union-attr]
    assert made.sources.waiting_frame(str(clip)) is None
    assert made.shutdown()


def test_frames_never_travel_in_signals(
    qtbot: QtBot,
    session: WindowSession,
    told: Listener,
    clip: Path,
) -> None:
    signals = [name for name in dir(WindowSession) if hasattr(getattr(WindowSession, name), "signatures")]
    name = play(session, clip)
    wait_for(qtbot, lambda: bool(told.finals(SECOND.text)))
    assert session.sources.newest_frame(name) is session.sources.newest_frame(name)
    assert not any("frame" in signal for signal in signals)
    assert all(isinstance(event.evidence.frame, np.ndarray) for event in told.events[-1:])
