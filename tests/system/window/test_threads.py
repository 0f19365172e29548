"""Threads hold nothing of the window's: an object whose last reference a thread drops, or whose signal it emits while
the window deletes it, crashes the program."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import BuiltinMethodType, FunctionType, MethodType

import pytest
from PyQt5.QtCore import QObject, QSize
from PyQt5.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.gui.reads import thumbnails
from app.gui.reads.thumbnails import Thumbnails
from app.gui.search.visits_model import VisitTableModel
from app.gui.session import background
from app.gui.session.background import BackgroundTasks
from app.store.errors import LogUnavailable
from app.store.search import Query
from app.store.store import Store
from tests.app.gui.shell import wait_for


def held(thing: object) -> Iterator[object]:
    """All that a callable given to a thread keeps alive, as far as functions reach."""
    yield thing
    if isinstance(thing, MethodType | BuiltinMethodType):  # the latter: Qt's own
        yield thing.__self__
    elif isinstance(thing, partial):
        for part in (thing.func, *thing.args, *thing.keywords.values()):
            yield from held(part)
    elif isinstance(thing, FunctionType):
        for cell in thing.__closure__ or ():
            yield from held(cell.cell_contents)
    elif isinstance(thing, tuple):
        for part in thing:
            yield from held(part)


def of_the_window(work: Callable[[], object]) -> list[QObject]:
    return [thing for thing in held(work) if isinstance(thing, QObject)]


class Pool:
    """Keeps what is to be done in a thread."""

    def __init__(self) -> None:
        self.work: list[Callable[[], object]] = []

    def start(self, work: Callable[[], object]) -> None:
        self.work.append(work)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    for module in (background, thumbnails):
        monkeypatch.setattr(module, "shared_pool", lambda: made)
    return made


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def test_the_walk_finds_what_a_callable_holds(parent: QWidget) -> None:
    assert of_the_window(lambda: parent.show()) == [parent]
    assert of_the_window(partial(print, parent.show)) == [parent]


def test_pictures_are_read_without_the_window(pool: Pool, parent: QWidget, tmp_path: Path) -> None:
    small = Thumbnails(lambda name: Path(parent.objectName()) / tmp_path / name, QSize(10, 10), parent)
    small.get("a.jpg")
    assert len(pool.work) == 1 and of_the_window(pool.work[0]) == []


def test_a_picture_whose_place_is_not_known_is_a_null_one(parent: QWidget, qtbot: QtBot) -> None:
    def nowhere(_name: str) -> Path:
        raise LogUnavailable("not open yet")

    small = Thumbnails(nowhere, QSize(10, 10), parent)
    assert small.get("a.jpg") is None
    wait_for(qtbot, lambda: small.get("a.jpg") is not None)
    image = small.get("a.jpg")
    assert image is not None and image.isNull()


def test_the_log_is_searched_without_the_window(pool: Pool, parent: QWidget, tmp_path: Path) -> None:
    with Store.open(tmp_path / "l.db") as store:
        VisitTableModel(store, parent).search(Query(since=datetime(2026, 1, 1, tzinfo=UTC)))
        assert len(pool.work) >= 1
        assert [of_the_window(work) for work in pool.work] == [[]] * len(pool.work)


@pytest.mark.parametrize("ends_in_error", [False, True])
def test_what_follows_a_task_stays_with_the_window(parent: QWidget, qtbot: QtBot, ends_in_error: bool) -> None:
    tasks = BackgroundTasks(parent)
    queued: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
    tasks._jobs, threads = queued, tasks._threads
    tasks._running = threads  # none is started: the job stays in the queue
    told: list[object] = []

    def work() -> str:
        if ends_in_error:
            raise OSError("no")
        return "yes"

    def done(value: object) -> None:
        told.append((parent, value))

    tasks.start(work, done, done)
    job = queued.get_nowait()
    assert job is not None and of_the_window(job) == []
    job()
    wait_for(qtbot, lambda: bool(told))
    assert str(told[0][1]) == ("no" if ends_in_error else "yes")  # type: ignore[index]
