"""The one thread that writes the log: reads are taken at once and answered when they are on the disk.

While the store cannot be written (disk full, locked, read-only, gone) reads wait in memory up to a bound, the status
says what is wrong and what helps, and they are written as soon as it works again.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from app.records import Record
from app.store.errors import LogCorrupt, LogError, LogUnavailable
from app.store.store import Store
from app.store.types import Entry, LogState, LogStatus

Image = NDArray[np.uint8]

CROP_QUALITY, FRAME_QUALITY = 95, 85  # JPEG
_BATCH = 100  # visits in one transaction
_BUSY_QUEUE = 200  # visits that wait: more come than the disk takes
_RAW_AT_MOST = 24  # pictures wait unpacked for the writer's thread only so long as they are few
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0  # seconds between tries


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may wait in memory while the store cannot be written: visits, and bytes of their pictures."""

    visits: int = 20_000
    picture_bytes: int = 256 << 20


@dataclass(slots=True, eq=False)
class _Waiting:
    """A visit on its way to the store; images until the writer has packed them. packed: the frame, where it is JPEG."""

    entry: Entry
    images: tuple[Image | None, Image | None] | None
    answer: "Future[Record]"
    packed: bytes = b""


class LogWriter:
    """Writes visits to a store in its own thread, from start() to close()."""

    def __init__(
        self,
        open_store: Callable[[], Store],
        bounds: Bounds | None = None,
        on_status: Callable[[LogStatus], None] | None = None,
    ) -> None:
        """open_store is called in the caller's thread first, and again in the writer's while it is unavailable."""
        self._open_store = open_store
        self._bounds = bounds or Bounds()
        self._on_status = on_status
        self._store: Store | None = None
        self._queue: deque[_Waiting] = deque()
        self._unpacked: deque[_Waiting] = deque()
        self._last_frame: tuple[ref[Image] | None, bytes] = (None, b"")
        self._bytes = 0
        self._wake = threading.Condition()
        self._closing = False
        self._reported: LogError | None = None
        self._status = LogStatus(LogState.WRITING)
        self._pause = 0.0
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> "LogWriter":
        """Open the store and begin. A store that is unavailable now is tried again; other LogErrors are raised."""
        try:
            self._store = self._open_store()
        except LogUnavailable as error:
            self._set_state(LogState.WAITING, str(error))
        self._thread.start()
        return self

    @property
    def store(self) -> Store | None:
        """The store, or None while it could not be opened."""
        return self._store

    @property
    def status(self) -> LogStatus:
        """How the writing stands now."""
        with self._wake:
            notices = self._store.notices if self._store is not None else ()
            return replace(self._status, waiting=len(self._queue), notices=notices)

    def submit(
        self,
        visit: Record,
        crop: Image | None = None,
        frame: Image | None = None,
        absorbed: tuple[tuple[str, str], ...] = (),
        packed: bytes = b"",
    ) -> "Future[Record]":
        """Take a visit with its pictures (BGR); the answer is the visit as stored, given once it is on the disk.

        packed: the frame as JPEG, where it is had as that.

        The answer raises LogUnavailable if the visit was refused because too many wait. Never blocks on the store.
        """
        images = (crop, frame) if crop is not None or frame is not None else None
        return self._enqueue(_Waiting(Entry(visit, absorbed=absorbed), images, Future(), packed))

    def withdraw(self, visit: Record, absorbed: tuple[tuple[str, str], ...] = ()) -> "Future[Record]":
        """Take back a visit that was none: its row goes, unless a person has dealt with it, which closes it."""
        return self._enqueue(_Waiting(Entry(visit, absorbed=absorbed, withdrawn=True), None, Future()))

    def _enqueue(self, item: _Waiting) -> "Future[Record]":
        item.answer.set_running_or_notify_cancel()  # what was taken is written: it cannot be called back
        if item.images is not None and len(self._unpacked) >= _RAW_AT_MOST:
            self._pack(item)
        with self._wake:
            if self._closing:
                self._refuse(item, LogUnavailable("The log is closed."))
            elif len(self._queue) >= self._bounds.visits:
                self._refuse(item, LogUnavailable(f"{len(self._queue)} reads wait to be written: no more can be kept."))
            else:
                self._queue.append(item)
                if item.images is not None:
                    self._unpacked.append(item)
                self._wake.notify_all()
        return item.answer

    @property
    def is_behind(self) -> bool:
        """Whether so much waits, or the store is in such trouble, that what may be left for later should be."""
        with self._wake:
            return self._status.state is not LogState.WRITING or len(self._queue) > _BUSY_QUEUE

    def report_error(self, error: LogError) -> None:
        """Take notice of what is wrong with the store, as a reader of it found: it is told, or the store set aside."""
        with self._wake:
            self._reported = error
            self._wake.notify_all()

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until all that was submitted is on the disk; False if it is not within timeout seconds."""
        with self._wake:
            self._pause = 0.0
            self._wake.notify_all()
            return self._wake.wait_for(lambda: not self._queue, timeout)

    def close(self, timeout: float = 5.0) -> int:
        """Write what waits, stop, close the store, and return how many visits could not be written in timeout."""
        if self._thread.is_alive():
            self.flush(timeout)
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout + 1)
        with self._wake:
            left = list(self._queue)
        left = self._without_pictures(left)
        with self._wake:
            self._queue.clear()
        for item in left:
            item.answer.set_exception(LogUnavailable(self._status.message or "The log was closed."))
        if self._store is not None:
            self._store.close()
        self._set_state(LogState.CLOSED, self._status.message)
        return _count_closed(left)

    def _without_pictures(self, left: list[_Waiting]) -> list[_Waiting]:
        """Save the text of what could not be written with its pictures, and return what could not even so."""
        if not left or self._store is None or self._thread.is_alive():
            return left
        try:
            saved = self._store.save([replace(item.entry, crop=b"", frame=b"") for item in left])
        except (LogError, ValueError, OverflowError, TypeError):
            return left
        before = self._status
        written, bare = before.written + _count_closed(left), before.without_pictures + _count_closed(left)
        self._status = replace(before, written=written, without_pictures=bare)
        for item, visit in zip(left, saved, strict=True):
            item.answer.set_result(visit)
        return []

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(self._has_work, timeout=1.0)
                if self._closing:
                    return
            self._pack_waiting()
            try:
                self._write()
            except LogError as error:
                self._wait_out(error)
            except Exception as error:  # the thread must live: a fault in one visit may not end the log
                self._wait_out(LogUnavailable(f"Writing the log failed: {error!r}"))

    def _has_work(self) -> bool:
        return bool(self._queue) or self._closing or self._store is None or self._reported is not None

    def _handle_reported_error(self, store: Store) -> None:
        """Set a store aside that a reader found damaged. Raises any other LogError that it reported."""
        with self._wake:
            reported, self._reported = self._reported, None
        if isinstance(reported, LogCorrupt):
            store.set_aside()
        elif reported is not None:
            raise reported

    def _write(self) -> None:
        """Write one batch. Raises LogError if the store cannot be written now."""
        store = self._store
        if store is None:
            store = self._store = self._open_store()
            self._set_state(LogState.WRITING, "")
        self._handle_reported_error(store)
        with self._wake:
            batch = list(takewhile(lambda item: item.images is None, islice(self._queue, _BATCH)))
        if not batch:
            return
        try:
            self._answer(batch, store.save([item.entry for item in batch]))
        except LogCorrupt:
            store.set_aside()  # the next round writes the batch to the new store
        except LogUnavailable:
            raise
        except (LogError, ValueError, OverflowError, TypeError):
            self._write_singly(store, batch)

    def _write_singly(self, store: Store, batch: list[_Waiting]) -> None:
        """One visit of the batch cannot be stored at all: find it, refuse it, and keep the others."""
        for item in batch:
            try:
                self._answer([item], store.save([item.entry]))
            except (LogUnavailable, LogCorrupt):
                raise
            except (LogError, ValueError, OverflowError, TypeError) as error:
                with self._wake:
                    self._queue.remove(item)
                    self._refuse(item, error)

    def _answer(self, batch: list[_Waiting], saved: list[Record]) -> None:
        with self._wake:
            for item in batch:
                self._queue.remove(item)
                self._forget_pictures(item)
            self._pause = 0.0
            self._status = replace(self._status, written=self._status.written + _count_closed(batch))
            self._wake.notify_all()
        self._set_state(LogState.WRITING, "")
        for item, visit in zip(batch, saved, strict=True):
            item.answer.set_result(visit)

    def _refuse(self, item: _Waiting, error: Exception) -> None:
        self._forget_pictures(item)
        self._status = replace(self._status, refused=self._status.refused + _count_closed([item]))
        item.answer.set_exception(error)

    def _forget_pictures(self, item: _Waiting) -> None:
        self._bytes -= len(item.entry.crop) + len(item.entry.frame)
        item.entry = replace(item.entry, crop=b"", frame=b"")

    def _wait_out(self, error: LogError) -> None:
        """Say what is wrong and pause, longer each time, while new visits are still taken and packed."""
        with self._wake:
            full = len(self._queue) >= self._bounds.visits
            self._pause = min(_LONGEST_PAUSE, max(_FIRST_PAUSE, self._pause * 2))
            until = time.monotonic() + self._pause
        self._set_state(LogState.LOSING if full else LogState.WAITING, str(error))
        while (left := until - time.monotonic()) > 0:
            self._pack_waiting()
            with self._wake:
                if self._closing or not self._pause:  # flush() asks for a try at once
                    return
                self._wake.wait(min(left, 0.25))

    def _pack_waiting(self) -> None:
        """Turn the images of waiting visits into JPEG, one at a time."""
        while self._unpacked:
            self._pack(self._unpacked[0])
            self._unpacked.popleft()

    def _pack(self, item: _Waiting) -> None:
        images = item.images
        crop = jpeg(images[0], CROP_QUALITY) if images else b""
        frame = self._frame_jpeg(images[1], item.packed) if images else b""
        with self._wake:
            room = self._bounds.picture_bytes - self._bytes
            kept_crop = crop if len(crop) <= room else b""
            kept_frame = frame if len(kept_crop) + len(frame) <= room else b""
            if len(kept_crop) + len(kept_frame) < len(crop) + len(frame):
                bare = self._status.without_pictures + _count_closed([item])
                self._status = replace(self._status, without_pictures=bare)
            self._bytes += len(kept_crop) + len(kept_frame)
            item.entry = replace(item.entry, crop=kept_crop, frame=kept_frame)
            item.images, item.packed = None, b""

    def _frame_jpeg(self, image: Image | None, packed: bytes) -> bytes:
        """Pack a frame, once for all plates that were read in it: they come one after the other."""
        if image is None or image.size == 0:
            return b""
        if packed:
            return packed
        last, data = self._last_frame
        if last is None or last() is not image:
            data = jpeg(image, FRAME_QUALITY)
            self._last_frame = ref(image), data
        return data

    def _set_state(self, state: LogState, message: str) -> None:
        with self._wake:
            before = self._status
            self._status = replace(before, state=state, message=message)
            changed = (before.state, before.message) != (state, message)
        if changed and self._on_status is not None:
            with suppress(Exception):  # a listener's fault is not the log's
                self._on_status(self.status)


def _count_closed(items: Sequence[_Waiting]) -> int:
    return sum(item.entry.visit.closed and not item.entry.withdrawn for item in items)


def jpeg(image: Image | None, quality: int) -> bytes:
    """Return a BGR image as JPEG, empty for None or an image without area or that cannot be packed."""
    if image is None or image.size == 0:
        return b""
    import cv2  # here, so that searching the log from the command line does not load it

    try:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error:
        return b""
    return data.tobytes() if done else b""
