"""The reader's whole chain on a CUDA device: crops go up, texts come down, and nothing waits in between."""

import importlib.util
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from recognizer.checkpoint import Description

if TYPE_CHECKING:
    from recognizer.cuda.reader import CudaReader

_LOG = logging.getLogger(__name__)


def open_cuda_reader(path: Path, known: Description, device: str, texts: int, least: float) -> "CudaReader | None":
    """The chain of a checkpoint, of which `known` is known, on "cuda:N"; None where the processor has to help.

    That is: on other devices, for networks that read grey or whole crops, and where Triton, which compiles the kernels,
    is absent or cannot: it needs a C compiler.
    """
    fits = known.aligner is not None and known.config.channels == 3 and known.config.alphabet.classes <= 64
    if not device.startswith("cuda") or not fits:
        return None
    if importlib.util.find_spec("triton") is None:
        _LOG.warning("the GPU reads plates with the processor's help, which is slower: Triton is not installed")
        return None
    from recognizer.cuda.reader import CudaReader

    try:
        return CudaReader(path, device, texts, least)
    except Exception as error:  # Triton's errors are of many kinds
        _LOG.warning("the GPU reads plates with the processor's help, which is slower: %s", error)
        return None
