"""A newcomer's first start as it is, on a real X server: a program that tells when what is seen, and ends.

Prints one JSON line: for the window, the demo's picture, the first plate on the picture and in the list, and the first
visit in the log, the seconds from the start of the process, by the clock and of the processor; and what Qt said.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.config import bootstrap

bootstrap.prepare()
bootstrap.qt_environment()

from PyQt5.QtCore import QTimer, QtMsgType, qInstallMessageHandler  # noqa: E402
from PyQt5.QtWidgets import QApplication  # noqa: E402

from app.cli import main as cli  # noqa: E402
from app.gui.live.video_view import VideoView  # noqa: E402
from app.gui.reads.reads_page import ReadsPage  # noqa: E402
from app.gui.window import MainWindow  # noqa: E402
from app.pipeline.types import Track  # noqa: E402
from app.store.search import Query  # noqa: E402

LOOK_MS, PATIENCE_S = 20, 100.0


def started_s() -> float:
    """Return when this process began, on the clock of time.monotonic()."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    age = float(Path("/proc/uptime").read_text().split()[0]) - ticks / 100
    return time.monotonic() - age


class Watch:
    """Looks at the window again and again and notes when each thing is first seen."""

    def __init__(self, said: list[str]) -> None:
        self._began, self._said = started_s(), said
        self.seen: dict[str, tuple[float, float]] = {}
        self._steps: dict[str, Callable[[MainWindow], object]] = {
            "window": lambda window: window.isVisible(),
            "picture": lambda window: _view(window) is not None,
            "networks": lambda window: window.session.networks.pipeline,
            "plate_on_picture": lambda window: any(track.text for track in _tracks(window)),
            "plate_in_list": lambda window: _rows(window),
            "saved": lambda window: window.session.log.store and window.session.log.store.count(Query()),
        }
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        window = next((each for each in app.topLevelWidgets() if isinstance(each, MainWindow)), None)
        now = time.monotonic() - self._began
        if window is not None:
            for name, holds in self._steps.items():
                if name not in self.seen and holds(window):
                    self.seen[name] = (round(now, 2), round(time.process_time(), 2))
        if len(self.seen) == len(self._steps) or now > PATIENCE_S:
            self._timer.stop()
            # At once: a program that could not stop cleanly leaves without another word.
            cpu_s = round(time.process_time(), 2)
            print(json.dumps({"seen": self.seen, "said": self._said, "cpu_s": cpu_s}), flush=True)
            if window is not None:
                window.close()


def _view(window: MainWindow) -> VideoView | None:
    return next((view for view in window.findChildren(VideoView) if view.result is not None), None)


def _tracks(window: MainWindow) -> tuple[Track, ...]:
    view = _view(window)
    return view.result.tracks if view is not None and view.result is not None else ()


def _rows(window: MainWindow) -> int:
    return len(window.findChild(ReadsPage).model.held())


def main() -> int:
    said: list[str] = []
    qInstallMessageHandler(lambda kind, _where, text: said.append(str(text)) if kind != QtMsgType.QtDebugMsg else None)
    watch = Watch(said)
    show = MainWindow.show

    def show_and_watch(window: MainWindow) -> None:
        show(window)
        watch.start()

    MainWindow.show = show_and_watch  # type: ignore[method-assign]  # what the program passes before its event loop
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
