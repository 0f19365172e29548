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
    """Opens the whole chain of a checkpoint on a CUDA device.

    Args:
        path: The checkpoint.
        known: What the checkpoint says of itself.
        device: "cuda:N", or another name, for which there is no chain.
        texts: Texts found of each plate.
        least: Share of the best text's probability below which a text is left out.

    Returns:
        The reader. None where the processor has to help: on other devices, for networks that read grey or whole crops,
        and where Triton, which compiles the kernels, is absent or cannot (it needs a C compiler).
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
