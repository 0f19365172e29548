"""A picture, or a page of one, as a source of one frame."""

from datetime import datetime
from pathlib import Path

from app.sources.exif import Taken, taken_at
from app.sources.files import checked_file
from app.sources.frame import Frame, WallClock
from app.sources.jpeg import bare
from app.sources.picture_decoding import PictureError, decode_picture
from app.sources.source import SourceError, SourceInfo, SourceSpec
from app.sources.start_time import recording_start

_PACKED_BYTES = 0.25  # of a JPEG file for each pixel, at most, to be kept as it is: about twice what the log packs


class PictureFile:
    """A picture: one frame, turned upright as its EXIF data say."""

    def __init__(self, spec: SourceSpec, taken: datetime | None = None) -> None:
        """taken: when it was taken, where the user knows better than the file."""
        self._spec = spec
        self._taken = taken
        self._frame: Frame | None = None
        self._fault = ""

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Decode the picture; raises SourceError when that cannot be done."""
        path = checked_file(self._spec)
        name = self._spec.source_id
        try:
            data = path.read_bytes()
            picture = decode_picture(data, self._spec.part)
        except (OSError, MemoryError) as error:
            raise SourceError(f"{name}: the picture is broken or larger than can be read") from error
        except PictureError as error:
            raise SourceError(f"{name}: {error}") from error
        height, width = picture.image.shape[:2]
        when, clock = self._time(path, data)
        jpeg = bare(data) if len(data) <= _PACKED_BYTES * height * width else b""
        self._frame = Frame(name, 0, picture.image, when, 0.0, clock, is_still=True, jpeg=jpeg)
        self._fault = f"{name}: the picture is cut off; what is there was read" if picture.cut else ""
        notes = tuple(f"{name}: {note}" for note in picture.notes)
        return SourceInfo(width, height, 0.0, None, 1, when, clock, notes)

    def read(self) -> Frame | None:
        """Return the picture, then None; raises SourceError once, after it, where its end is missing."""
        frame, self._frame = self._frame, None
        if frame is None and self._fault:
            fault, self._fault = self._fault, ""
            raise SourceError(fault)
        return frame

    def close(self) -> None:
        """Forget the picture."""
        self._frame = None

    def _time(self, path: Path, data: bytes) -> tuple[datetime, WallClock]:
        """Return when it was taken, and where that is known from: the user, the camera, or the file."""
        taken = Taken(self._taken, WallClock.GIVEN) if self._taken is not None else taken_at(data)
        if taken is not None:
            return taken.when.astimezone(), taken.clock
        return recording_start(path, 0.0)
