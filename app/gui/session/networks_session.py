"""The networks of the window: loading them once, the engine that runs them, and how they fare."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from PyQt5.QtCore import QObject, pyqtSignal

from app.gui.session.current_settings import CurrentSettings
from app.pipeline.detection import Detector
from app.pipeline.engine import Engine
from app.pipeline.loading import load_networks, only_region
from app.pipeline.pipeline import Pipeline
from app.pipeline.reading import Reader
from app.pipeline.replays import Replays
from app.pipeline.scheduling import LiveScheduler
from app.pipeline.shared_networks import SharedNetworks
from app.pipeline.sink import Sink
from app.pipeline.stats import StageTime, StageTimes
from app.pipeline.tracking import PlateTracker
from app.pipeline.tuning import from_settings

_STRIDE = 32  # the detector takes images whose sides are multiples of it
_NICER = 5  # steps of priority below the window's own thread


class NetworksSession(QObject):
    """Owns the engine and the networks it runs. Made and used in the GUI thread only."""

    changed = pyqtSignal()  # the networks were loaded, or could not be
    loaded = pyqtSignal()  # the networks are ready for the first time

    def __init__(
        self,
        settings: CurrentSettings,
        sinks: Sequence[Sink],
        make_pipeline: Callable[[], Pipeline] | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Prepare the engine without starting it.

        Args:
            settings: The settings in force; the pipeline follows them.
            sinks: What takes the results of the engine.
            make_pipeline: Loads the networks, in the engine's thread; by default as the settings say.
            parent: Owner in Qt's tree of objects.
        """
        super().__init__(parent)
        self._settings = settings
        self.stages = StageTimes()
        self._networks = SharedNetworks(self._load_networks)
        self.live = LiveScheduler()
        self.engine = Engine(make_pipeline or self.load_pipeline, self.live, sinks, Replays(), commit_timeout_s=0.0)
        self._state: tuple[bool, str] = (False, "")
        settings.changed.connect(self._apply_settings)

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline with its counts, None until the networks are loaded."""
        return self.engine.pipeline

    @property
    def trouble(self) -> str:
        """What is wrong with the networks, empty if nothing is."""
        return self.engine.trouble

    def load_pipeline(self) -> Pipeline:
        """Return a new pipeline over the networks, which are loaded once. Takes seconds, so call it in a thread."""
        yield_to_window()
        PlateTracker()  # loads its library, seconds that the first frame would else wait for
        self._networks.ensure_loaded()
        return Pipeline(self._networks, self._networks, from_settings(self._settings.current), self.stages)

    def stage_times(self) -> dict[str, StageTime]:
        """Return how long each step takes, by its name."""
        networks = self.engine.pipeline.stages.snapshot() if self.engine.pipeline is not None else {}
        return {**self.stages.snapshot(), **networks}

    def check_state(self) -> None:
        """Tell whether the networks have been loaded, or failed, since the last call."""
        state = self.engine.pipeline is not None, self.engine.trouble
        if state[0] and not self._state[0]:
            self._prefer_region()  # it may have been chosen while the networks were loading
            self.loaded.emit()
        if state != self._state:
            self._state = state
            self.changed.emit()

    def _load_networks(self) -> tuple[Detector, Reader]:
        detection = self._settings.current.detection
        size = detection.size // _STRIDE * _STRIDE
        return load_networks(detection.device, from_settings(self._settings.current), size or None)

    def _apply_settings(self) -> None:
        if self.engine.pipeline is not None:
            self.engine.pipeline.tuning = from_settings(self._settings.current)
        self._prefer_region()

    def _prefer_region(self) -> None:
        self._networks.prefer_region(only_region(self._settings.current.reading.countries))


def yield_to_window() -> None:
    """Lower the priority of this thread, and of those it starts, where the system has one for each thread (Linux).

    The window answers first; the networks use all the processor that is left.
    """
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER)
