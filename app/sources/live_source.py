"""A live source of frames that OpenCV gives: a camera or a stream. What keeps it going is in capture.py."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import cv2
import numpy as np

from app.sources.deinterlacing import Deinterlacer
from app.sources.frame import Frame, WallClock
from app.sources.source import Delivery, SourceError, SourceInfo, SourceSpec

READ_TIMEOUT_S = 5.0
_LATE_S = 3.0  # behind its own time stamps by so much, a stream was held up: its beat is set anew
_JUMP_S = 10.0  # no gap between frames of a playlist, but time stamps that begin anew


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
    """The clocks a live source needs; tests bring their own."""

    monotonic: Callable[[], float] = field(default=time.monotonic)
    now: Callable[[], datetime] = field(default=_local_now)
    sleep: Callable[[float], None] = field(default=time.sleep)


def _no_reason(_: SourceSpec) -> str:
    return "no connection; check the address, the password and that the device is on"


class LiveSource:
    """A camera or stream; frames carry the wall clock and the seconds since it was first opened."""

    def __init__(
        self,
        spec: SourceSpec,
        opener: Opener,
        clock: Clock | None = None,
        *,
        explain: Callable[[SourceSpec], str] = _no_reason,
        paced: bool = False,
    ) -> None:
        """Make a source that is not opened yet.

        Args:
            spec: what to open.
            opener: opens it.
            clock: the clocks to go by.
            explain: says why it could not be opened.
            paced: hold frames back until they are due by their own time stamps: they come in bursts.
        """
        self._spec = spec
        self._opener = opener
        self._explain = explain
        self._clock = clock or Clock()
        self._beat = Beat(self._clock) if paced else None
        self._deinterlacer = Deinterlacer()
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
            raise SourceError(f"{self._spec.source_id}: {self._explain(self._spec)}")
        self._handle = handle
        self._began = self._clock.monotonic() if self._began is None else self._began
        width, height = (int(handle.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        fps = handle.get(cv2.CAP_PROP_FPS)
        fps = fps if 0.1 <= fps <= 1000 else 0.0
        if self._beat is not None:
            self._beat.reset()
        delivery = Delivery.NEWEST if self._beat is None else Delivery.PACED
        return SourceInfo(width, height, fps, None, None, self._clock.now(), WallClock.LIVE, delivery=delivery)

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
        if self._beat is not None:
            self._beat.wait_for(self._handle.get(cv2.CAP_PROP_POS_MSEC) / 1000)
        image = self._deinterlacer.clean(image)
        media_time = self._clock.monotonic() - self._began
        frame = Frame(self._spec.source_id, self._index, image, self._clock.now(), media_time, WallClock.LIVE)
        self._index += 1
        return frame

    def close(self) -> None:
        """Let go of the camera or connection."""
        if self._handle is not None:
            self._handle.release()
            self._handle = None


class Beat:
    """Holds frames back until they are due by their own time stamps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor: tuple[float, float] | None = None
        self._last_s = 0.0

    def reset(self) -> None:
        """Begin anew: the next frame is due at once."""
        self._anchor = None

    def wait_for(self, stamp_s: float) -> None:
        """Wait until the frame of a time stamp is due; a stamp that jumps, or comes very late, sets the beat anew."""
        now = self._clock.monotonic()
        jumped = abs(stamp_s - self._last_s) > _JUMP_S
        self._last_s = stamp_s
        if self._anchor is None or jumped:
            self._anchor = (now, stamp_s)
        due = self._anchor[0] + stamp_s - self._anchor[1]
        if due < now - _LATE_S:
            self._anchor = (now, stamp_s)
        elif due > now:
            self._clock.sleep(due - now)
