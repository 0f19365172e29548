"""The first half of the pipeline: chooses the frames that show something new and finds the plates in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.config.redaction import redact
from app.pipeline.stillness import Stillness
from app.pipeline.tuning import CurrentTuning
from app.pipeline.types import Frame, Image, SourceFault
from app.pipeline.zoomed_detection import ZoomedDetector
from detector.types import Detection


class Detector(Protocol):
    """Finds plates; `detector.PlateDetector` is one."""

    @property
    def streams(self) -> int:
        """How many threads may be in detect() at once."""
        ...

    @property
    def size(self) -> int:
        """Longer side of the network's input, in pixels."""
        ...

    def detect(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Return the plates of each image, best first."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class DetectedFrames:
    """Frames and the plates that were found in each; None where a frame is as the one before it.

    faults: sources whose frames the detector could not take. Those frames are left out.
    """

    frames: tuple[Frame, ...]
    detections: tuple[Sequence[Detection] | None, ...]
    faults: tuple[SourceFault, ...] = ()


class DetectionStage:
    """Finds plates in frames of any number of sources through one detector.

    select_frames() is for one thread and takes frames in order. detect() may run in as many threads at once as the
    detector has streams.
    """

    def __init__(self, detector: Detector, tuning: CurrentTuning) -> None:
        self._detector = detector
        self._tuning = tuning
        self._zoomed = ZoomedDetector(self._detect_images, tuning, detector.size)
        self._stillness = Stillness(tuning)

    def select_frames(self, frames: Sequence[Frame]) -> tuple[bool, ...]:
        """Tell of each frame whether it shows something new."""
        return tuple(self._stillness.select(frame) for frame in frames)

    def detect(self, frames: Sequence[Frame], selected: Sequence[bool]) -> DetectedFrames:
        """Find the plates of the selected frames as one batch.

        Where the batch fails, each source's frames are tried by themselves, so that a frame that the detector cannot
        take costs no other source.
        """
        try:
            return self._detect(frames, selected)
        except Exception as error:
            names = list(dict.fromkeys(frame.source_id for frame in frames))
            if len(names) == 1:
                return DetectedFrames((), (), (SourceFault(names[0], describe(error)),))
            return _joined([self.detect(*_of_source(name, frames, selected)) for name in names], frames)

    def forget(self, source_id: str) -> None:
        """Drop what is remembered of a source that has ended."""
        self._zoomed.forget(source_id)
        self._stillness.forget(source_id)

    def _detect_images(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Return what is sure enough to be of use by the tuning in force; the detector itself knows a fixed limit."""
        least = min(self._tuning.now.low_score, self._tuning.now.min_still_score)
        return [[found for found in own if found.score > least] for own in self._detector.detect(images)]

    def _detect(self, frames: Sequence[Frame], selected: Sequence[bool]) -> DetectedFrames:
        chosen = [frame for frame, wanted in zip(frames, selected, strict=True) if wanted]
        found: Iterator[list[Detection]] = iter(self._zoomed.detect(chosen) if chosen else ())
        return DetectedFrames(tuple(frames), tuple(next(found) if wanted else None for wanted in selected))


def describe(error: Exception) -> str:
    """Return what went wrong as one line without secrets."""
    return redact(str(error) or type(error).__name__)


def _of_source(name: str, frames: Sequence[Frame], selected: Sequence[bool]) -> tuple[list[Frame], list[bool]]:
    own = [i for i, frame in enumerate(frames) if frame.source_id == name]
    return [frames[i] for i in own], [selected[i] for i in own]


def _joined(parts: Sequence[DetectedFrames], frames: Sequence[Frame]) -> DetectedFrames:
    """Put the parts of a batch together again, in the order of its frames."""
    found = {id(frame): seen for part in parts for frame, seen in zip(part.frames, part.detections, strict=True)}
    kept = tuple(frame for frame in frames if id(frame) in found)
    faults = tuple(fault for part in parts for fault in part.faults)
    return DetectedFrames(kept, tuple(found[id(frame)] for frame in kept), faults)
