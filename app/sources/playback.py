"""A recording shown at its own speed: paused, sped up and stepped, frames dropped when the taker is slow."""

import threading
import time
from collections.abc import Callable

from app.sources.frame import Frame
from app.sources.source import SourceInfo, SourceSpec
from app.sources.turned import Seekable, TurnedSource
from app.sources.video_file import VideoFile

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)
_LATE_S = 0.08  # a frame this late is left out
_LONGEST_GAP_S = 0.4  # but after so much leaving out one is shown, however late
_GIVE_UP_S = 1.0  # this far behind, the beat is set anew: the machine cannot keep it, or was held up


class PlayedVideo:
    """A VideoFile whose frames come when they are due. One thread reads; any thread may steer.

    Seeking means a new PlayedVideo with another start_s: tracks of one place never go on at another.
    """

    def __init__(
        self,
        spec: SourceSpec,
        start_s: float = 0.0,
        *,
        speed: float = 1.0,
        paused: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """start_s: the second to start at. A paused video shows the frame it starts at and waits."""
        if speed <= 0:
            raise ValueError(f"speed must be above 0, got {speed}")
        video = VideoFile(spec)
        self._video: Seekable = TurnedSource(video) if spec.turn else video
        self._start_s = start_s
        self._speed = speed
        self._paused = paused
        self._steps = 1  # frames to show although paused; the first one always
        self._released = False
        self._monotonic = monotonic
        self._anchor: tuple[float, float] | None = None  # (clock, media second) of one frame that came on time
        self._asked_at = monotonic()
        self._left_out = 0
        self._changed = threading.Condition()

    @property
    def spec(self) -> SourceSpec:
        """What is played."""
        return self._video.spec

    @property
    def left_out(self) -> int:
        """Frames not shown because they came too late."""
        return self._left_out

    def open(self) -> SourceInfo:
        """Open the file at the second to start at; raises SourceError."""
        info = self._video.open()
        if self._start_s > 0:
            self._video.seek(self._start_s)
        return info

    def close(self) -> None:
        """Release the file."""
        self._video.close()

    def release(self) -> None:
        """Let read() end at once; to be called before the capture is told to stop."""
        with self._changed:
            self._released = True
            self._changed.notify_all()

    def set_paused(self, paused: bool) -> None:
        """Hold at the present frame, or go on from it."""
        with self._changed:
            self._paused, self._anchor = paused, None
            self._changed.notify_all()

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast as it was recorded; above 0."""
        with self._changed:
            self._speed, self._anchor = speed, None
            self._changed.notify_all()

    def step(self) -> None:
        """Show one more frame while paused."""
        with self._changed:
            self._steps += 1
            self._changed.notify_all()

    def read(self) -> Frame | None:
        """Return the next frame when it is due, None at the end or once released; raises SourceError."""
        self._asked_at = self._monotonic()
        while self._wait_for_turn():
            frame = self._video.read()
            if frame is None or self._due(frame):
                return frame
        return None

    def _wait_for_turn(self) -> bool:
        """Wait while paused; False once released."""
        with self._changed:
            while self._paused and not self._steps and not self._released:
                self._changed.wait()
            return not self._released

    def _due(self, frame: Frame) -> bool:
        """Wait until a frame is due; False if it is to be left out."""
        with self._changed:
            if self._steps:
                self._steps -= 1
                self._anchor = None if self._paused else (self._monotonic(), frame.media_time)
                return True
            delay = self._delay(frame)
            if delay < -_LATE_S and self._monotonic() - self._asked_at < _LONGEST_GAP_S:
                self._left_out += 1
                return False
            if delay < -_GIVE_UP_S:
                self._anchor = None
            # A pause or a new speed during the wait shows the frame at once: it is the next one anyway.
            while delay > 0 and self._anchor is not None and not self._released:
                self._changed.wait(delay)
                delay = self._delay(frame)
            return True

    def _delay(self, frame: Frame) -> float:
        """Seconds until a frame is due, negative when late; the first frame after a change sets the beat."""
        if self._anchor is None:
            return 0.0 if self._paused else self._set_beat(frame)
        clock, media = self._anchor
        return clock + (frame.media_time - media) / self._speed - self._monotonic()

    def _set_beat(self, frame: Frame) -> float:
        self._anchor = (self._monotonic(), frame.media_time)
        return 0.0
