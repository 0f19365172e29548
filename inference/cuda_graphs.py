"""CUDA graphs: a chain of kernels recorded once and launched as one."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def record(run: Callable[[], T], stream: "torch.cuda.Stream", name: str) -> Callable[[], T] | None:
    """Records kernels as one CUDA graph; None, with a warning, if they cannot be captured.

    Args:
        run: Launches the kernels, with inputs that stay in the same memory. It must have run before, so that nothing
            is allocated or compiled while it is captured.
        stream: The stream to capture on.
        name: What the kernels compute, for the warning.

    Returns:
        The replaying function: what it returns is always in the same memory.
    """
    graph = torch.cuda.CUDAGraph()
    try:
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            result = run()
    except RuntimeError as error:
        _LOG.warning("no CUDA graph for the %s (%s): kernels are launched one by one", name, error)
        return None

    def replay() -> T:
        graph.replay()
        return result

    return replay


@contextmanager
def fastest_convolutions() -> Iterator[None]:
    """Lets cuDNN try its algorithms, within the block, and take the fastest."""
    before, torch.backends.cudnn.benchmark = torch.backends.cudnn.benchmark, True
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = before
