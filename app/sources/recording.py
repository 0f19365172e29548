"""What all recorded video has in common: frames in order with their media times, and an end that is checked."""

from dataclasses import replace
from datetime import datetime, timedelta

import cv2
import numpy as np

from app.sources.containers.facts import ContainerFacts
from app.sources.deinterlacing import Deinterlacer
from app.sources.either_build import SeekableHandle, read_frame
from app.sources.frame import Frame, WallClock
from app.sources.source import Delivery, SourceError, SourceInfo, SourceSpec

_OPEN_TIMEOUT_MS = 10_000
_READ_TIMEOUT_MS = 10_000
_USUAL_FPS = 25.0  # FFmpeg's own guess where a recording does not say
_MISSING_SHARE = 0.03  # containers are off by a few frames; beyond this the end is missing
_MISSING_S = 0.5
_LEAST_BYTES_A_SECOND = 64.0  # a recording of fewer has time stamps that jump: its length is not known
_MOST_ASPECT = 4.0  # of a pixel: anything beyond is a fault of the header
_JOIN_S = 10.0  # where files were joined the time stamps jump; no camera that sends a frame a second pauses so long
_JOIN_INTERVALS = 20


def open_recording(target: str) -> SeekableHandle:
    """Open a path or address with FFmpeg; time-outs hold only because the backend is named."""
    time_outs = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS]
    capture = cv2.VideoCapture(target, cv2.CAP_FFMPEG, time_outs)
    if capture.isOpened():
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    return capture


class Recording:
    """The frames of an opened recording."""

    def __init__(self, spec: SourceSpec, handle: SeekableHandle, facts: ContainerFacts, size_bytes: int = 0) -> None:
        """Take over an opened handle.

        Args:
            spec: the source that it is.
            handle: what gives the frames.
            facts: what is known of the container.
            size_bytes: length of the file, 0 where it is not known.
        """
        self._spec = spec
        self._handle = handle
        self._facts = facts
        self._size_bytes = size_bytes
        self._index = 0
        self._media_time = 0.0
        self._shift_s = 0.0
        self._interval_s = 1 / self.fps
        self._fault = ""
        self._info: SourceInfo | None = None
        self._ahead: Frame | SourceError | None = None
        self._begun = False
        self._deinterlacer = Deinterlacer()

    @property
    def fps(self) -> float:
        """Frames a second, as the container or else the decoder says."""
        fps = self._facts.fps or self._handle.get(cv2.CAP_PROP_FPS)
        return fps if 0.001 <= fps <= 1000 else _USUAL_FPS

    @property
    def frames(self) -> int | None:
        """How many frames there are, None where nobody knows."""
        count = self._handle.get(cv2.CAP_PROP_FRAME_COUNT)
        if not 1 <= count < 1e9:
            return None
        implausible = self._size_bytes / (count / self.fps) < _LEAST_BYTES_A_SECOND
        return None if self._size_bytes and self._facts.can_jump and implausible else int(count)

    @property
    def duration_s(self) -> float | None:
        """How long it is, None where nobody knows."""
        return self.frames / self.fps if self.frames is not None else None

    def begin(self, start: datetime, clock: WallClock) -> SourceInfo:
        """Set when it began, and return what is known of it."""
        width, height = (int(self._handle.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        self._info = SourceInfo(
            width,
            height,
            self.fps,
            self.duration_s,
            self.frames,
            start,
            clock,
            notes=tuple(f"{self._spec.source_id}: {note}" for note in self._facts.notes),
            delivery=Delivery.EVERY,
            pixel_aspect=self._pixel_aspect(),
        )
        return self._info

    def _pixel_aspect(self) -> float:
        width, height = (self._handle.get(p) for p in (cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN))
        aspect = width / height if width > 0 and height > 0 else 1.0
        return aspect if 1 / _MOST_ASPECT <= aspect <= _MOST_ASPECT else 1.0

    def read(self) -> Frame | None:
        """Return the next frame, None at the end; raises SourceError once where the end is missing.

        The only frame of a recording is a still: no other follows it.
        """
        if self._begun:
            ahead, self._ahead = self._ahead, None
            if isinstance(ahead, SourceError):
                raise ahead
            return ahead or self._next()
        self._begun = True
        frame = self._next()
        if frame is None:
            return None
        try:
            self._ahead = self._next()
        except SourceError as error:
            self._ahead = error
        return frame if self._ahead is not None else replace(frame, is_still=True)

    def seek(self, seconds: float) -> None:
        """Go on from a second, or from the nearest place before it that the container allows."""
        self._handle.set(cv2.CAP_PROP_POS_MSEC, max(0.0, seconds - self._shift_s) * 1000)
        self._index, self._media_time = max(1, round(seconds * self.fps)), -1.0
        self._ahead, self._begun = None, True

    def close(self) -> None:
        """Release the recording."""
        self._handle.release()

    def _next(self) -> Frame | None:
        info = self._info
        if info is None:
            raise SourceError(f"{self._spec.source_id}: read before it was begun")
        good, image = read_frame(self._handle)
        if not good:
            self._check_end(info)
            return None
        self._media_time = self._advance(self._position_s())
        frame = Frame(
            self._spec.source_id,
            self._index,
            self._deinterlacer.clean(np.asarray(image, np.uint8)),  # cv2 gives a new array for each frame
            info.start + timedelta(seconds=self._media_time),
            self._media_time,
            info.clock,
        )
        self._index += 1
        return frame

    def _position_s(self) -> float:
        """Where the decoder says that the frame just read belongs."""
        if self._facts.fps:  # it goes by a rate of its own
            return self._index / self._facts.fps
        return self._handle.get(cv2.CAP_PROP_POS_MSEC) / 1000

    def _advance(self, position_s: float) -> float:
        """Media time of the frame just read: the container's, or one step on where that stands still or jumps."""
        if self._index == 0:
            self._shift_s = self._first_s() - position_s
            return max(0.0, position_s + self._shift_s)
        media_s = position_s + self._shift_s
        step_s = media_s - self._media_time
        if self._facts.can_jump and step_s > max(_JOIN_S, _JOIN_INTERVALS * self._interval_s):
            self._shift_s -= step_s - self._interval_s
            return self._media_time + self._interval_s
        if step_s <= 0:
            if self._facts.can_jump and step_s < -1.0:  # the second part of a join begins its count anew
                self._shift_s += self._interval_s - step_s
            return self._media_time + 1 / self.fps
        self._interval_s += 0.1 * (step_s - self._interval_s) if self._media_time >= 0 else 0.0
        return media_s

    def _first_s(self) -> float:
        """Second of the recording to which the first frame belongs: OpenCV counts from it, whenever it comes."""
        if not self._facts.from_zero or self._facts.fps:
            return max(0.0, self._handle.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        stamp_s = self._handle.get(cv2.CAP_PROP_PTS) / self.fps  # in steps of the frame rate
        return stamp_s if 0 < stamp_s < (self.duration_s or 0.0) else 0.0

    def _check_end(self, info: SourceInfo) -> None:
        """Raise SourceError, once, if nothing or clearly less was read than the container promised."""
        if self._fault:
            return
        name = self._spec.source_id
        if self._index == 0:
            self._fault = f"{name}: holds no picture that can be decoded{self._codec()}"
        elif not self._facts.whole and info.frames is not None and info.duration_s is not None:
            missing = info.frames - self._index
            missing_s = info.duration_s - self._media_time - 1 / info.fps
            if missing > info.frames * _MISSING_SHARE and missing_s > _MISSING_S:
                self._fault = (
                    f"{name}: cut off or broken after {self._media_time:.1f} of {info.duration_s:.1f} s; "
                    "what could be read was kept"
                )
        if self._fault:
            raise SourceError(self._fault)

    def _codec(self) -> str:
        """Name the codec, where the decoder knows which it would need."""
        code = int(self._handle.get(cv2.CAP_PROP_FOURCC)).to_bytes(8, "little", signed=True)[:4]
        name = code.decode("latin-1").strip("\0 ")
        return f"; its codec is {name.upper()}" if name.isprintable() and name.isascii() and name else ""
