"""Finds out whether a source of which nothing was read comes sideways, upside down or mirrored."""

from dataclasses import dataclass, field

from app.pipeline.detection import Detector
from app.pipeline.plausibility import plate_shaped
from app.pipeline.reading import Reader
from app.pipeline.types import Frame
from app.sources.source import Turn
from app.sources.turned import turn_image
from detector.crops import crop_plate

# Of each source so many frames are kept, after so many have come: a vehicle may not be there in the first one.
_KEPT_AFTER = (1, 8, 24, 72, 216)
_MOST_KEPT = 3
_MOST_SOURCES = 8  # a folder of pictures without plates would else be looked at four times more
_TURNS = (Turn(90), Turn(270), Turn(180), Turn(0, mirror=True))
# Of a plate that stands askew the networks are never so sure; letters that read the same from both sides are no sign.
_SURE_CONFIDENCE, _SURE_PLATE, _LEAST_CHARACTERS = 0.8, 0.5, 4


@dataclass(slots=True)
class _Kept:
    count: int = 0
    frames: list[Frame] = field(default_factory=list)


class OrientationCheck:
    """Keeps a few frames of each source until something is read of it."""

    def __init__(self, detector: Detector, reader: Reader) -> None:
        self._detector = detector
        self._reader = reader
        self._unread: dict[str, _Kept] = {}
        self._read: set[str] = set()

    def note_frame(self, frame: Frame) -> None:
        """Keep a frame, where nothing has been read of its source yet."""
        name = frame.source_id
        if name in self._read or (name not in self._unread and len(self._unread) >= _MOST_SOURCES):
            return
        kept = self._unread.setdefault(name, _Kept())
        kept.count += 1
        if kept.count in _KEPT_AFTER:
            kept.frames = [*kept.frames, frame][-_MOST_KEPT:]

    def note_read(self, source_id: str) -> None:
        """Something was read: the source comes as it should."""
        self._read.add(source_id)
        self._unread.pop(source_id, None)

    def suggestions(self) -> list[str]:
        """Return a sentence for each source of which something is read when it is turned. Takes the networks' time."""
        found = []
        for name, kept in self._unread.items():
            for turn in _TURNS:
                text = next((text for frame in reversed(kept.frames) if (text := self._sure_text(frame, turn))), "")
                if text:
                    option = f"--rotate {turn.degrees}" if turn.degrees else "--mirror"
                    found.append(f"{name}: nothing was read as it comes, but {text} with {option}")
                    break
        return found

    def _sure_text(self, frame: Frame, turn: Turn) -> str:
        """Return a plate that is surely read in a frame turned, empty for none."""
        image = turn_image(frame.image, turn)
        boxes = [found.box for found in self._detector.detect([image])[0] if plate_shaped(found.box)]
        readings = self._reader.read([crop_plate(image, box) for box in boxes]) if boxes else []
        sure = [
            reading
            for reading in readings
            if reading.confidence >= _SURE_CONFIDENCE
            and reading.plate_probability >= _SURE_PLATE
            and len(reading.text) >= _LEAST_CHARACTERS
        ]
        return max(sure, key=lambda reading: reading.confidence).text if sure else ""
