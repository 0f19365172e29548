"""Measures how late the window answers while the networks run flat out."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.bench.figures import Measured
from app.config import bootstrap

bootstrap.qt_environment()
if not bootstrap.has_display():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # the thread's lateness is the same, painting is cheaper

from PyQt5.QtCore import Qt, QTimer  # noqa: E402
from PyQt5.QtTest import QTest  # noqa: E402
from PyQt5.QtWidgets import QApplication  # noqa: E402

from app.config.settings import Settings, with_value  # noqa: E402
from app.gui.session.log_session import open_log  # noqa: E402
from app.gui.session.window_session import WindowSession  # noqa: E402
from app.gui.startup import make_window  # noqa: E402
from app.gui.widgets import theme  # noqa: E402
from app.sinks.window import WindowFeed  # noqa: E402
from app.sources.source import SourceKind, SourceSpec  # noqa: E402
from app.sources.source_id import SourceId  # noqa: E402

PROBE_MS = 20
_RECORDINGS = 2
_SPEED = 4.0  # faster than any machine reads
_REST_S = 2.0
_PATIENCE_S = 120.0


class LatenessProbe:
    """A timer that notes how late it is called, in milliseconds."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.late_ms: list[float] = []
        self._clock, self._last = clock, clock()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.note_call)

    def measure(self, seconds: float) -> list[float]:
        """Return how late each call of the timer was over so many seconds, in milliseconds."""
        self.late_ms, self._last = [], self._clock()
        self.timer.start(PROBE_MS)
        QTest.qWait(round(seconds * 1000))  # type: ignore[call-arg,arg-type]  # a static function, which the stubs do not say
        self.timer.stop()
        return self.late_ms

    def note_call(self) -> None:
        """Note one call of the timer."""
        now = self._clock()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - PROBE_MS))
        self._last = now


def measure_window(clip: Path, device: str, seconds: float) -> Measured:
    """Return how late the window's thread is at rest and while recordings play faster than they can be read.

    Args:
        clip: The recording that is played.
        device: As in the settings: auto, cpu or a GPU.
        seconds: How long to measure at work.
    """
    theme.enable_high_dpi()
    app = QApplication(sys.argv[:1])
    theme.apply(app, theme.LIGHT)
    settings = with_value(Settings(), "detection.device", device)
    with tempfile.TemporaryDirectory(prefix="platescribe-bench-") as folder:
        feed = WindowFeed()
        opened = open_log(settings, feed, str(Path(folder) / "plates.sqlite3"))
        window = make_window(settings, opened, feed, state=Path(folder) / "window.ini")
        window.show()
        session = window.session
        _wait_until(lambda: session.networks.pipeline is not None or bool(session.networks.trouble))
        probe = LatenessProbe()
        rest = probe.measure(_REST_S)
        again = _play(session, clip)
        names = [source.source_id for source in session.sources.opened]
        _wait_until(lambda: all(session.sources.newest_frame(name) is not None for name in names))
        before = session.networks.stage_times()["detect"].items
        work = probe.measure(seconds)
        frames = session.networks.stage_times()["detect"].items - before
        again.stop()
        window.leave()
    values = {
        "window_rest_p95_ms": _percentile_95(rest),
        "window_late_p95_ms": _percentile_95(work),
        "window_late_worst_ms": max(work, default=0.0),
        "window_calls": float(len(work)),
        "window_fps": frames / seconds,
    }
    return Measured("window", (), values, {"platform": app.platformName()})


def _play(session: WindowSession, clip: Path) -> QTimer:
    """Open the recordings and return the running timer that plays those again which have ended."""
    for number in range(_RECORDINGS):
        source = SourceId(f"clip {number}")
        session.sources.open(SourceSpec(SourceKind.VIDEO, source, str(clip)), f"Clip {number}")
        session.sources.set_speed(source, _SPEED)

    def play_again() -> None:
        for source in session.sources.opened:
            if source.ended:
                session.sources.seek(source.source_id, 0.0)

    again = QTimer(session)
    again.timeout.connect(play_again)
    again.start(50)
    return again


def _wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not condition() and time.monotonic() < until:
        QTest.qWait(50)  # type: ignore[call-arg,arg-type]


def _percentile_95(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[int(len(ordered) * 0.95)] if ordered else 0.0
