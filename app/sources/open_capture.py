"""Makes the capture that reads a source as the settings say."""

from collections.abc import Callable

from app.config.settings import Live
from app.sources.capture import Backoff, Capture, DecodeTimes
from app.sources.source import Source
from app.sources.stream import NetworkStream


def make_capture(
    source: Source,
    cameras: Live,
    stages: DecodeTimes,
    on_change: Callable[[], None] | None = None,
    *,
    queue_size: int = 8,
) -> Capture:
    """Return a capture, not started, that waits for a camera as the settings say.

    Args:
        source: What it reads.
        cameras: How long a camera may be silent, and how long to wait before trying again.
        stages: Where the time of decoding is counted.
        on_change: Called, from the capture's thread, whenever a frame or the end has come.
        queue_size: Frames of a recording that are held ready.
    """
    if isinstance(source, NetworkStream):
        source.patience_s = cameras.stall_s
    backoff = Backoff(cap_s=cameras.reconnect_max_s)
    return Capture(source, on_change, queue_size=queue_size, stall_s=cameras.stall_s, backoff=backoff, stages=stages)
