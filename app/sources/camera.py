"""Cameras and network streams as sources. What keeps them going is in capture.py."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from app.sources.frame import Frame, WallClock
from app.sources.source import SourceError, SourceInfo, SourceKind, SourceSpec

OPEN_TIMEOUT_S = 8.0
READ_TIMEOUT_S = 5.0
_INDEX_DIGITS = 5
_PROBED = 3


class Handle(Protocol):
    """What is used of cv2.VideoCapture; tests bring their own."""

    def isOpened(self) -> bool: ...  # noqa: D102
    def read(self) -> tuple[bool, Any]: ...  # noqa: D102
    def get(self, property_id: int) -> float: ...  # noqa: D102
    def release(self) -> None: ...  # noqa: D102


Opener = Callable[[SourceSpec], Handle]


def _local_now() -> datetime:
    return datetime.now(UTC).astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks a live source needs; tests bring their own."""

    monotonic: Callable[[], float] = field(default=time.monotonic)
    now: Callable[[], datetime] = field(default=_local_now)


class LiveSource:
    """A camera or stream; frames carry the wall clock and the seconds since it was first opened.

    patience_s: how long a frame of a stream is waited for; a camera may send one a minute.
    """

    def __init__(self, spec: SourceSpec, opener: Opener | None = None, clock: Clock | None = None) -> None:
        self._spec = spec
        self.patience_s = READ_TIMEOUT_S
        self._opener: Opener = opener or (lambda wanted: open_handle(wanted, self.patience_s))
        self._clock = clock or Clock()
        self._handle: Handle | None = None
        self._began: float | None = None
        self._index = 0

    @property
    def spec(self) -> SourceSpec:
        """What this source was made from."""
        return self._spec

    def open(self) -> SourceInfo:
        """Connect, or connect again; raises SourceError within the time-out."""
        self.close()
        try:
            handle = self._opener(self._spec)
        except cv2.error as error:
            raise SourceError(f"{self._spec.source_id}: cannot be opened") from error
        if not handle.isOpened():
            handle.release()
            raise SourceError(f"{self._spec.source_id}: {_no_connection(self._spec)}")
        self._handle = handle
        self._began = self._clock.monotonic() if self._began is None else self._began
        width, height = (int(handle.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        fps = handle.get(cv2.CAP_PROP_FPS)
        fps = fps if 0.1 <= fps <= 1000 else 0.0
        return SourceInfo(width, height, fps, None, None, self._clock.now(), WallClock.LIVE)

    def read(self) -> Frame | None:
        """Return the next frame; raises SourceError when none came within the time-out."""
        if self._handle is None or self._began is None:
            raise SourceError(f"{self._spec.source_id}: read before it was opened")
        try:
            good, image = self._handle.read()
        except cv2.error:
            good, image = False, None
        if not good or image is None:
            raise SourceError(f"{self._spec.source_id}: the connection was lost")
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            # in a batch with the others' frames it would cost them theirs
            raise SourceError(f"{self._spec.source_id}: sends pictures of a kind that cannot be read: {image.shape}")
        media_time = self._clock.monotonic() - self._began
        frame = Frame(self._spec.source_id, self._index, image, self._clock.now(), media_time, WallClock.LIVE)
        self._index += 1
        return frame

    def close(self) -> None:
        """Let go of the camera or connection."""
        if self._handle is not None:
            self._handle.release()
            self._handle = None


def open_handle(spec: SourceSpec, patience_s: float = READ_TIMEOUT_S) -> Handle:
    """Open a camera or address with OpenCV; time-outs hold only because the backend is named."""
    if spec.kind is SourceKind.CAMERA:
        capture = cv2.VideoCapture(camera_index(spec.address), _camera_backend())
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an old picture is worth nothing
        return capture
    # FFmpeg wants a few pictures before it says what the stream is
    seldom_s = _PROBED * patience_s if patience_s > READ_TIMEOUT_S else 0.0
    time_outs = [
        *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round((OPEN_TIMEOUT_S + seldom_s) * 1000)),
        *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(patience_s * 1000)),
    ]
    return cv2.VideoCapture(spec.address, cv2.CAP_FFMPEG, time_outs)


def cameras() -> dict[int, str]:
    """Return the cameras of this machine: name by index. Only Linux tells names without further packages."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError:
        return _linux_cameras(Path("/sys/class/video4linux"))
    return {camera.index: camera.name for camera in enumerate_cameras(_camera_backend())}


def camera_index(address: str) -> int:
    """Return the index of a camera given by index or by (part of) its name; raises SourceError when there is none."""
    if address.isdecimal() and len(address) <= _INDEX_DIGITS:
        return int(address)
    found = cameras()
    for index, name in sorted(found.items()):
        if address.casefold() in name.casefold():
            return index
    known = ", ".join(f"{index}: {name}" for index, name in sorted(found.items())) or "none"
    raise SourceError(f"{address}: no camera of this name; cameras found: {known}")


def _linux_cameras(folder: Path) -> dict[int, str]:
    """Read the kernel's list; further entries of a camera, for its metadata, have an index above 0."""
    found: dict[int, str] = {}
    for entry in sorted(folder.glob("video*")):
        number = entry.name.removeprefix("video")
        index_file = entry / "index"
        if number.isdecimal() and (not index_file.exists() or index_file.read_text().strip() == "0"):
            found[int(number)] = (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
    return found


def _camera_backend() -> int:
    """The capture interface native to this platform."""
    if sys.platform == "win32":
        return int(cv2.CAP_DSHOW)
    return int(cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_V4L2)


def _no_connection(spec: SourceSpec) -> str:
    if spec.kind is SourceKind.CAMERA:
        return "no such camera, or another program is using it"
    return "no connection; check the address, the password and that the device is on"
