"""What the window works on, put together: settings, networks, open sources and the log."""

import threading
from collections.abc import Callable, Sequence

from PyQt5.QtCore import QObject, QTimer

from app.config.settings import Settings
from app.gui.session.background import BackgroundTasks
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.log_session import LogSession, OpenLog
from app.gui.session.networks_session import NetworksSession
from app.gui.session.requests import WindowRequests
from app.gui.session.sources_session import SourcesSession
from app.gui.session.undo_stack import UndoStack
from app.pipeline.pipeline import Pipeline
from app.pipeline.sink import Sink
from app.sinks.window import WindowFeed

DRAIN_MS = 33  # 30 Hz: often enough to look immediate, seldom enough to leave the processor to the networks
_STATUS_MS = 500
_STOP_S = 1.2  # for the engine, then as much again for the log: closing takes under 3 s whatever hangs


class WindowSession(QObject):
    """Makes the parts once, brings them what the engine's thread left in the feed, and stops them.

    Widgets are given the parts they need, not this object.
    """

    def __init__(
        self,
        settings: Settings,
        opened: OpenLog,
        feed: WindowFeed,
        make_pipeline: Callable[[], Pipeline] | None = None,
        no_pictures: bool = False,
        parent: QObject | None = None,
        more_sinks: Sequence[Sink] = (),
    ) -> None:
        """Make the parts without starting them.

        Args:
            settings: The settings to begin with.
            opened: The log, as open_log returned it.
            feed: Where the engine's thread leaves what it brings.
            make_pipeline: Loads the networks, in a thread of its own; by default as the settings say.
            no_pictures: Keep no images, whatever the settings say.
            parent: Owner in Qt's tree of objects.
            more_sinks: What takes the engine's results besides the log and the window.
        """
        super().__init__(parent)
        self._feed = feed
        self.settings = CurrentSettings(settings, self)
        self.requests = WindowRequests(self)
        self.tasks = BackgroundTasks(self)
        self.undo = UndoStack(self)
        self.log = LogSession(opened, self.settings, self.tasks, no_pictures, self)
        self.networks = NetworksSession(self.settings, [*self.log.sinks(), *more_sinks, feed], make_pipeline, self)
        self.sources = SourcesSession(self.settings, self.networks, feed, self.requests, self)
        self._drain = _make_timer(self, DRAIN_MS, self.take_news)
        self._status = _make_timer(self, _STATUS_MS, self.check_state)

    def start(self) -> None:
        """Start the engine, which loads the networks, and the timers."""
        self.networks.engine.start()
        self._drain.start()
        self._status.start()

    def shutdown(self) -> bool:
        """Stop everything and write what waits, in under 3 s; False if something still hangs (and may be left)."""
        self._drain.stop()
        self._status.stop()
        self.tasks.close()
        self.sources.release_all()
        ended: list[bool] = []
        engine = self.networks.engine
        stopper = threading.Thread(target=lambda: ended.append(engine.stop(_STOP_S)), daemon=True)
        stopper.start()
        stopper.join(_STOP_S)
        self.log.close(_STOP_S)
        return ended == [True]

    def take_news(self) -> None:
        """Bring the parts what came since the last call: reads first, then what the log made of them."""
        news = self._feed.fetch()
        self.sources.take_news(news)
        self.log.take_news(news)

    def check_state(self) -> None:
        """See how the log, the sources and the networks fare."""
        self.log.check_state()
        self.sources.check_state()
        self.networks.check_state()


def _make_timer(parent: QObject, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
