"""The detector's weights: a safetensors file with its description in the header, in which nothing can run code."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from inference import weights as files
from inference.files import sha256_of

if TYPE_CHECKING:
    from torch import Tensor

FORMAT = "platescribe-detector-1"
_ARCHITECTURE = re.compile(r"yolo[a-z0-9]{2,6}\.yaml")  # one that ultralytics brings, never a path or an address


@dataclass(frozen=True, slots=True)
class Weights:
    """A weights file and its header: architecture (ultralytics' yaml), input size in pixels, score threshold."""

    path: Path
    architecture: str
    size: int
    threshold: float
    sha256: str

    def state(self) -> "dict[str, Tensor]":
        """Reads the network's tensors by name."""
        from safetensors.torch import load_file

        try:
            return load_file(self.path)
        except (SafetensorError, OSError, RuntimeError, TypeError, KeyError) as error:
            raise ValueError(f"{self.path} is damaged ({error}): copy or export it again") from error


def save_weights(path: Path, state: "dict[str, Tensor]", architecture: str, size: int, threshold: float) -> None:
    """Writes a network's tensors in half precision.

    Args:
        path: The file.
        state: The tensors by name.
        architecture: The name of the network among ultralytics' own, such as yolov8n.yaml.
        size: The longer side of its input in pixels.
        threshold: The score from which on a detection counts, 0 to 1.
    """
    header = {"format": FORMAT, "architecture": architecture, "size": str(size), "threshold": str(threshold)}
    files.save_tensors(path, state, header)


def default_weights() -> Path:
    """Finds the shipped detector; raises as `inference.weights.shipped_weights`."""
    return files.shipped_weights("detector")


def open_training(path: Path) -> "dict[str, Any]":
    """Opens a checkpoint of `python -m detector train` (.pt) so that no code in it can run.

    Raises ValueError naming the file when it is none.
    """
    import torch

    try:
        raw = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # torch's own words would advise to open it all the same
        raise ValueError(f"{path} is damaged, or carries code and is not opened: give a checkpoint of ours") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("ema_state"), dict):
        raise ValueError(f"{path} is no checkpoint of `python -m detector train`: give its best.pt or last.pt")
    return raw


def open_weights(path: Path) -> Weights:
    """Reads the header of a weights file written by `save_weights`; the tensors are read by `Weights.state`.

    Raises FileNotFoundError when absent and ValueError when it is of another format.
    """
    try:
        header = files.read_header(path)
    except ValueError as error:
        raise ValueError(f"{error}: make one with `python -m detector export`") from error
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} holds no detector of this program: make one with `python -m detector export`")
    try:
        size, threshold = int(header["size"]), float(header["threshold"])
        if not _ARCHITECTURE.fullmatch(header["architecture"]) or not 32 <= size <= 8192:
            raise ValueError(f"architecture {header['architecture']!r}, size {size}")
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: its header cannot be used ({error}): export it again") from error
    return Weights(path, header["architecture"], size, threshold, sha256_of(path))
