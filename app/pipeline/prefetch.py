"""Finds plates in coming frames while those before them are tracked and read: the networks' work overlaps the rest."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from types import TracebackType

from app.pipeline.detection import DetectedFrames
from app.pipeline.pipeline import Pipeline
from app.pipeline.types import Frame


class Prefetch:
    """Batches of frames on their way through Pipeline.detect_plates(), taken in the order in which they were added.

    For one thread, which adds and takes. Detection runs in others, as many as the pipeline allows.
    """

    def __init__(self, pipeline: Pipeline, on_ready: Callable[[], object] | None = None, waiting: int = 0) -> None:
        """Start no thread yet.

        Args:
            pipeline: Whose detector is used.
            on_ready: Called, from another thread, when a batch is done.
            waiting: Batches held beside those in detection. One that waits keeps the threads busy, and is older when
                its turn comes.
        """
        self._pipeline = pipeline
        self._on_ready = on_ready
        self._most = pipeline.streams + waiting
        self._pool = ThreadPoolExecutor(pipeline.streams, thread_name_prefix="detect")
        self._under_way: deque[Future[DetectedFrames]] = deque()

    def __enter__(self) -> "Prefetch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Drop what is under way and end the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __len__(self) -> int:
        """Batches under way."""
        return len(self._under_way)

    @property
    def has_room(self) -> bool:
        """Whether a further batch would be taken up soon."""
        return len(self._under_way) < self._most

    @property
    def ready(self) -> bool:
        """Whether take_batch() would return at once."""
        return bool(self._under_way) and self._under_way[0].done()

    def add_batch(self, frames: Sequence[Frame]) -> None:
        """Find the plates of frames, where they show something new, as soon as a thread is free."""
        detecting = self._pool.submit(self._pipeline.detect_plates, frames, self._pipeline.select_frames(frames))
        if self._on_ready is not None:
            tell = self._on_ready
            detecting.add_done_callback(lambda _: tell())
        self._under_way.append(detecting)

    def take_batch(self) -> DetectedFrames | None:
        """Return what was found in the oldest batch, waiting for it; None if it was cancelled."""
        try:
            return self._under_way.popleft().result()
        except CancelledError:
            return None

    def cancel_waiting(self) -> None:
        """Cancel the batches whose detection has not begun: the newest ones."""
        for detecting in self._under_way:
            detecting.cancel()
