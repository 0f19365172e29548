"""Trying a source out: one picture of it, or what is wrong, within a time-out."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from PyQt5.QtCore import QCoreApplication, QObject, QTimer, pyqtSignal

from app.gui.session.background import ResultQueue
from app.pipeline.types import Image
from app.sources.registry import make_source
from app.sources.source import Source, SourceError, SourceInfo, SourceSpec

TIMEOUT_S = 12.0
_SETTLE_S = 1.0  # cameras give a black or unexposed picture first
_MOST_FRAMES = 30


@dataclass(frozen=True, slots=True, eq=False)
class ProbeResult:
    """A picture of a source and what is known of it, or the error."""

    image: Image | None = None
    info: SourceInfo | None = None
    error: str = ""


class SourceProbe(QObject):
    """Opens a source in a thread of its own, takes a picture, closes it. finished carries ProbeResult, exactly once."""

    finished = pyqtSignal(object)

    def __init__(
        self,
        spec: SourceSpec,
        parent: QObject | None = None,
        make: Callable[[SourceSpec], Source] = make_source,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        super().__init__(parent)
        self._done = False
        answers: ResultQueue[ProbeResult] = ResultQueue(self._finish, self)
        answers.expect()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._give_up)
        self._timer.start(round(timeout_s * 1000))
        threading.Thread(target=_try, args=(spec, make, answers.box), name="probe", daemon=True).start()

    def cancel(self) -> None:
        """Tell nothing any more."""
        self._done = True
        self._timer.stop()

    def _finish(self, result: ProbeResult) -> None:
        if not self._done:
            self._done = True
            self._timer.stop()
            self.finished.emit(result)

    def _give_up(self) -> None:
        words = QCoreApplication.translate("Probe", "No answer. Check the address, and that the device is on.")
        self._finish(ProbeResult(error=words))


def _try(spec: SourceSpec, make: Callable[[SourceSpec], Source], box: "SimpleQueue[ProbeResult]") -> None:
    source = make(spec)
    try:
        result = _take_picture(source)
    except SourceError as error:
        result = ProbeResult(error=str(error))
    finally:
        source.close()
    box.put(result)


def _take_picture(source: Source) -> ProbeResult:
    info = source.open()
    until = time.monotonic() + _SETTLE_S
    image: Image | None = None
    for _ in range(_MOST_FRAMES):
        frame = source.read()
        if frame is None:
            break
        image = frame.image
        if not source.spec.is_live or time.monotonic() > until:
            break
    if image is None:
        raise SourceError(f"{source.spec.source_id}: gave no picture")
    return ProbeResult(image, info)
