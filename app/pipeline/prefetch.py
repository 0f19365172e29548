"""Looks for plates in coming frames while those before them are followed: the networks' work overlaps the rest."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from app.pipeline.core import Pipeline, Sight
from app.pipeline.types import Frame


class Ahead:
    """Batches of frames under way through Pipeline.look(), taken again in the order in which they were added.

    For one thread, which adds and takes; the looking is done in others, as many as the pipeline allows.
    """

    def __init__(self, pipeline: Pipeline, on_ready: Callable[[], object] | None = None, waiting: int = 0) -> None:
        """on_ready is called, from another thread, when a batch is done. waiting: batches held beside those looked at.

        A batch that waits keeps the threads busy, and is older when its turn comes.
        """
        self._pipeline = pipeline
        self._on_ready = on_ready
        self._most = pipeline.lookers + waiting
        self._pool = ThreadPoolExecutor(pipeline.lookers, thread_name_prefix="look")
        self._under_way: deque[Future[Sight]] = deque()

    def __enter__(self) -> "Ahead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget what is under way and end the threads."""
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
        """Whether take() would return at once."""
        return bool(self._under_way) and self._under_way[0].done()

    def add(self, frames: Sequence[Frame]) -> None:
        """Look at frames, where they show something new, as soon as a thread is free."""
        looking = self._pool.submit(self._pipeline.look, frames, self._pipeline.glance(frames))
        if self._on_ready is not None:
            tell = self._on_ready
            looking.add_done_callback(lambda _: tell())
        self._under_way.append(looking)

    def take(self) -> Sight:
        """Return what was found in the oldest batch, waiting for it; raises what the detector raised."""
        return self._under_way.popleft().result()
