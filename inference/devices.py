"""What graphics processors there are, asked without importing torch where that can be avoided: it takes seconds."""

import ctypes.util
import re
from functools import cache

from inference.optional import INSTALL_TRAINING, has_torch

_CUDA = re.compile(r"cuda(?::(\d+))?")


@cache
def has_nvidia_driver() -> bool:
    """Tells whether an NVIDIA driver is installed; asked once, since the answer takes a process of its own."""
    return any(ctypes.util.find_library(name) for name in ("cuda", "nvcuda"))


def cuda_target(device: str) -> str | None:
    """Returns "cuda:N" for a name of a CUDA device ("cuda" is the first one), None for other names."""
    match = _CUDA.fullmatch(device)
    return f"cuda:{match[1] or 0}" if match else None


def cuda_obstacle(target: str) -> str:
    """Tells why a CUDA device cannot be used, and what to do; "" where it can. Imports torch only with a driver."""
    if not has_nvidia_driver():
        return "no NVIDIA driver is installed, so no CUDA device can be used; choose device=cpu or auto"
    if not has_torch():
        return f"an NVIDIA driver is installed, but torch is not: {INSTALL_TRAINING}, or choose device=cpu"
    import torch

    if not torch.cuda.is_available():
        return "torch finds no CUDA device; check the driver or choose device=cpu"
    if int(target.partition(":")[2]) >= torch.cuda.device_count():
        return f"this machine has {torch.cuda.device_count()} CUDA devices, counted from 0; choose one of them"
    return ""
