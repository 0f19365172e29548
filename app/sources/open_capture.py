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
    capture = Capture(source, on_change, queue_size=queue_size, stages=stages)
    apply_settings(capture, cameras)
    return capture


def apply_settings(capture: Capture, cameras: Live) -> None:
    """Have a capture, running or not, wait for its camera as the settings say.

    A network stream's time-out for reads is that of its connection: a new one counts from the next connection on.
    """
    if isinstance(capture.source, NetworkStream):
        capture.source.patience_s = cameras.stall_s
    capture.set_patience(cameras.stall_s, Backoff(cap_s=cameras.reconnect_max_s))
