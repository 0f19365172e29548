"""Gives the frames that decode_worker.py decodes, as cv2.VideoCapture gives those that OpenCV can decode itself."""

import json
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

import cv2
import numpy as np

from app.sources.frame import Image

WORKER = Path(__file__).with_name("decode_worker.py")
HEAD = struct.Struct("<dII")  # as the worker writes it: second, width, height
_MOST_SIDE = 32768


class DecoderProcess:
    """One video track of a file or address, decoded by another build of FFmpeg in another process."""

    def __init__(self, target: str, track: int = 0, start_s: float = 0.0) -> None:
        """Open it at a second; isOpened() says whether that worked."""
        self._target = target
        self._track = track
        self._position_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._about: dict[str, float] = {}
        self.codec = ""
        self._start(start_s)

    def isOpened(self) -> bool:
        """Whether there is such a track and a decoder for it."""
        return bool(self._about)

    def read(self) -> tuple[bool, Image | None]:
        """Return the next frame; False at the end and where it is broken."""
        pipe = self._pipe()
        if pipe is None:
            return False, None
        head = pipe.read(HEAD.size)
        if len(head) < HEAD.size:
            return False, None
        second, width, height = HEAD.unpack(head)
        if not (0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE):
            return False, None
        data = pipe.read(width * height * 3)
        if len(data) < width * height * 3:
            return False, None
        self._position_s = second
        return True, np.frombuffer(bytearray(data), np.uint8).reshape(height, width, 3)

    def get(self, property_id: int) -> float:
        """Return size, count, rate and the place of the frame read last; its time stamps count from the beginning."""
        fps = self._about.get("fps", 0.0)
        known = {
            cv2.CAP_PROP_FRAME_WIDTH: self._about.get("width", 0.0),
            cv2.CAP_PROP_FRAME_HEIGHT: self._about.get("height", 0.0),
            cv2.CAP_PROP_FRAME_COUNT: self._about.get("frames", 0.0),
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_SAR_NUM: self._about.get("aspect", 1.0),
            cv2.CAP_PROP_SAR_DEN: 1.0,
            cv2.CAP_PROP_POS_MSEC: self._position_s * 1000,
            cv2.CAP_PROP_PTS: self._position_s * fps,
        }
        return known.get(property_id, 0.0)

    def set(self, property_id: int, value: float) -> bool:
        """Go to a millisecond, with a new process."""
        if property_id != cv2.CAP_PROP_POS_MSEC:
            return False
        self._end()
        self._start(value / 1000)
        return self.isOpened()

    def release(self) -> None:
        """End the process."""
        self._end()
        self._about = {}

    def _start(self, second: float) -> None:
        words = [sys.executable, str(WORKER), self._target, str(self._track), str(second)]
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 20
        )
        pipe = self._pipe()
        about: dict[str, object] = {}
        with suppress(ValueError):
            about = json.loads(pipe.readline(4096) if pipe is not None else b"")
        self.codec = str(about.get("codec", ""))
        self._about = {name: float(value) for name, value in about.items() if isinstance(value, int | float)}

    def _pipe(self) -> IO[bytes] | None:
        return self._process.stdout if self._process is not None else None

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
