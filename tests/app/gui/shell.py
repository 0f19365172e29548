"""What the shell's tests stand on: a whole window over a log of its own, with networks that know only blocks."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt5 import sip
from PyQt5.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app.config.settings import Settings
from app.gui.session.log_session import open_log
from app.gui.startup import make_window
from app.gui.widgets import theme
from app.gui.window import MainWindow
from app.pipeline.tracking import PlateTracker
from app.sinks.window import WindowFeed
from tests.app.gui.fakes import make_clip, pipeline

WAIT_MS = 20_000  # a busy machine may take long; nothing here waits longer than it must


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of four seconds in which two plates pass."""
    return make_clip(tmp_path_factory.mktemp("street") / "street.mp4")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The whole window, shown, with nothing open. Recordings leave out no frame, however busy the machine."""
    monkeypatch.setattr("app.sources.playback._LATE_S", 600.0)
    if theme.current() is not theme.LIGHT or not qapp.styleSheet():
        theme.apply(qapp, theme.LIGHT)
    PlateTracker()  # its library takes long to load, which is no matter of these tests
    feed = WindowFeed()
    kept = open_log(Settings(), feed, str(tmp_path / "log" / "plates.sqlite3"))
    made = make_window(Settings(), kept, feed, pipeline, state=tmp_path / "window.ini")
    made.resize(1280, 800)
    made.show()
    qtbot.waitUntil(lambda: made.session.networks.pipeline is not None, timeout=WAIT_MS)
    yield made
    for dialog in made.findChildren(QDialog):
        dialog.close()
    made.close()
    qapp.processEvents()
    sip.delete(made)  # at once: a window that lingers is painted and styled with the next test's


def wait_for(qtbot: QtBot, condition: Callable[[], bool], timeout_ms: int = WAIT_MS) -> None:
    """Wait, with the event loop running, until condition holds."""
    qtbot.waitUntil(condition, timeout=timeout_ms)


def threads_gone(names: tuple[str, ...], within_s: float = 5.0) -> bool:
    """Whether no thread of such a name is left, waiting a moment for it."""
    import threading

    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if not any(thread.name.startswith(names) for thread in threading.enumerate()):
            return True
        time.sleep(0.02)
    return False


def screenshots() -> Path | None:
    """The folder for screenshots, if one is wanted."""
    folder = os.environ.get("PLATESCRIBE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    return Path(folder) if folder else None


@pytest.fixture
def x_display(request: pytest.FixtureRequest) -> Iterator[str]:
    """A screen of its own, twice as large for twice the density."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    scale = request.node.callspec.params.get("scale", 1) if hasattr(request.node, "callspec") else 1
    reading, writing = os.pipe()
    size = f"{1440 * scale}x{900 * scale}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-dpi", "96", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        yield f":{answer.readline().strip()}"
    server.terminate()
    server.wait(10)
