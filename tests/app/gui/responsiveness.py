"""How late the window's thread is while the real networks run flat out: a program for a real X server.

Prints one JSON line: the lateness of a probe timer in milliseconds, at rest and at work, what was processed, and
what Qt said.
"""

import json
import sys
import time
from pathlib import Path

from app.config import bootstrap

bootstrap.prepare()
bootstrap.qt_environment()

from PyQt5.QtCore import Qt, QTimer, QtMsgType, qInstallMessageHandler  # noqa: E402
from PyQt5.QtTest import QTest  # noqa: E402
from PyQt5.QtWidgets import QApplication  # noqa: E402

from app.config.settings import Settings  # noqa: E402
from app.gui.main import make_window  # noqa: E402
from app.gui.session.log_session import open_log  # noqa: E402
from app.gui.widgets import theme  # noqa: E402
from app.sinks.window import WindowFeed  # noqa: E402
from app.sources.source import SourceKind, SourceSpec  # noqa: E402

PROBE_MS = 20
REST_S, WORK_S, TIMES = 2.0, 5.0, 2
PATIENCE_S = 120.0


class Probe:
    """A timer that notes how late it is called."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self.timer = QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self._note)

    def measure(self, seconds: float) -> dict[str, float]:
        """Return median, 95th percentile and worst lateness over so many seconds."""
        self.late_ms, self._last = [], time.perf_counter()
        self.timer.start(PROBE_MS)
        QTest.qWait(round(seconds * 1000))
        self.timer.stop()
        ordered = sorted(self.late_ms)
        return {
            "median": ordered[len(ordered) // 2],
            "p95": ordered[int(len(ordered) * 0.95)],
            "worst": ordered[-1],
            "calls": len(ordered),
        }

    def _note(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - PROBE_MS))
        self._last = now


def main() -> int:
    clip, folder = sys.argv[1], Path(sys.argv[2])
    said: list[str] = []
    qInstallMessageHandler(lambda kind, _where, text: said.append(str(text)) if kind != QtMsgType.QtDebugMsg else None)
    theme.high_dpi()
    app = QApplication(sys.argv[:1])
    theme.apply(app, theme.LIGHT)
    feed = WindowFeed()
    kept = open_log(Settings(), feed, str(folder / "plates.sqlite3"))
    window = make_window(Settings(), kept, feed, state=folder / "window.ini")
    session = window.session
    window.show()
    QTest.qWaitForWindowExposed(window)
    until = time.monotonic() + PATIENCE_S
    while session.networks.pipeline is None and time.monotonic() < until and not session.networks.trouble:
        QTest.qWait(50)
    probe = Probe()
    rest = probe.measure(REST_S)
    for number in range(2):
        session.sources.open(SourceSpec(SourceKind.VIDEO, f"clip {number}", clip), f"Clip {number}")
        session.sources.set_speed(f"clip {number}", 4.0)
    again = QTimer()
    again.timeout.connect(
        lambda: [session.sources.seek(each.source_id, 0.0) for each in session.sources.opened if each.ended] and None
    )
    again.start(50)
    while (
        any(session.sources.newest_frame(f"clip {number}") is None for number in range(2)) and time.monotonic() < until
    ):
        QTest.qWait(50)
    before = session.networks.stage_times()["detect"].items
    # The best of two: what other programs disturb differs, what the window itself does wrong is in both.
    work = min((probe.measure(WORK_S) for _ in range(TIMES)), key=lambda figures: figures["p95"])
    frames = session.networks.stage_times()["detect"].items - before
    busy = session.networks.stage_times()["detect"]
    window.close()
    print(json.dumps({"rest": rest, "work": work, "frames": frames, "detect_ms": busy.median_ms, "said": said}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
