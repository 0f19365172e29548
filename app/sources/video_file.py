"""Recorded video as a source."""

from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from app.sources.files import checked_file
from app.sources.frame import Frame
from app.sources.source import SourceError, SourceInfo, SourceSpec
from app.sources.start_time import recording_start

_OPEN_TIMEOUT_MS = 10_000
_READ_TIMEOUT_MS = 10_000
_MISSING_SHARE = 0.03  # containers are off by a few frames; beyond this the end is missing
_MISSING_S = 0.5


class VideoFile:
    """A recording, read from front to end through FFmpeg, upright as its rotation tag says."""

    def __init__(self, spec: SourceSpec, start: datetime | None = None) -> None:
        """start: when the recording began, where the user knows better than the file."""
        self._spec = spec
        self._given_start = start
        self._capture: cv2.VideoCapture | None = None
        self._info: SourceInfo | None = None
        self._index = 0
        self._media_time = 0.0
        self._fault = ""

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Open the file at its beginning; raises SourceError, naming the file and what is wrong with it."""
        self.close()
        path = checked_file(self._spec)
        # an absolute path, since FFmpeg takes "clip:1.mp4" for a protocol
        self._capture = cv2.VideoCapture(
            str(path.resolve()),
            cv2.CAP_FFMPEG,
            [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _OPEN_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _READ_TIMEOUT_MS],
        )
        if not self._capture.isOpened():
            self.close()
            raise SourceError(f"{self._spec.source_id}: not a video that can be read, or cut off before its index")
        self._capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
        self._index, self._media_time, self._fault = 0, 0.0, ""
        self._info = self._describe(self._capture, path)
        return self._info

    def read(self) -> Frame | None:
        """Return the next frame, None at the end; raises SourceError once where the end of the file is missing."""
        if self._capture is None or self._info is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        try:
            good, image = self._capture.read()
        except cv2.error:
            good, image = False, None
        if not good or image is None:
            self._check_end(self._info)
            return None
        position_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        self._media_time = self._advance(position_s, self._info.fps)
        frame = Frame(
            self._spec.source_id,
            self._index,
            np.asarray(image, np.uint8),  # cv2 gives a new array for each frame
            self._info.start + timedelta(seconds=self._media_time),
            self._media_time,
            self._info.clock,
        )
        self._index += 1
        return frame

    def seek(self, seconds: float) -> None:
        """Go on from a second of the recording, or from the nearest place before it that the file allows."""
        if self._capture is None or self._info is None:
            raise SourceError(f"{self._spec.source_id}: seek before it was opened")
        self._capture.set(cv2.CAP_PROP_POS_MSEC, max(0.0, seconds) * 1000)
        self._index, self._media_time = max(1, round(seconds * self._info.fps)), -1.0

    def close(self) -> None:
        """Release the file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _describe(self, capture: cv2.VideoCapture, path: Path) -> SourceInfo:
        """Collect what the container says of itself; figures that make no sense become None."""
        fps = capture.get(cv2.CAP_PROP_FPS)
        fps = fps if 0.1 <= fps <= 1000 else 25.0
        count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        frames = int(count) if 1 <= count < 1e9 else None
        duration = frames / fps if frames is not None else None
        start, clock = recording_start(path, duration or 0.0, self._given_start)
        width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        return SourceInfo(width, height, fps, duration, frames, start, clock)

    def _advance(self, position_s: float, fps: float) -> float:
        """Media time of the frame just read: the container's, or one step on where that stands still or jumps back."""
        if self._index == 0:
            return max(0.0, position_s)
        return position_s if position_s > self._media_time else self._media_time + 1 / fps

    def _check_end(self, info: SourceInfo) -> None:
        """Raise SourceError, once, if nothing or clearly less was read than the container promised."""
        if self._fault:
            return
        name = self._spec.source_id
        if self._index == 0:
            self._fault = f"{name}: holds no picture that can be decoded"
        elif info.frames is not None and info.duration_s is not None:
            missing = info.frames - self._index
            missing_s = info.duration_s - self._media_time - 1 / info.fps
            if missing > info.frames * _MISSING_SHARE and missing_s > _MISSING_S:
                self._fault = (
                    f"{name}: cut off or broken after {self._media_time:.1f} of {info.duration_s:.1f} s; "
                    "what could be read was kept"
                )
        if self._fault:
            raise SourceError(self._fault)
