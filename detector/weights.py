"""Weights as a safetensors file with its description in the header: nothing in it can run code."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

if TYPE_CHECKING:
    from torch import Tensor

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "weights"
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
        """The network's tensors by name."""
        from safetensors.torch import load_file

        try:
            return load_file(self.path)
        except (SafetensorError, OSError, RuntimeError, TypeError, KeyError) as error:
            raise ValueError(f"{self.path} is damaged ({error}): copy or export it again") from error


def sha256_of(path: Path) -> str:
    """The sha256 sum of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def save_weights(path: Path, state: "dict[str, Tensor]", architecture: str, size: int, threshold: float) -> None:
    """Write tensors in half precision with architecture, input size and score threshold in the header."""
    from safetensors.torch import save_file

    halved = {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in state.items()}
    header = {"format": FORMAT, "architecture": architecture, "size": str(size), "threshold": str(threshold)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(halved, path, metadata=header)
    path.chmod(0o644)  # safetensors makes it readable by its owner alone


def default_weights() -> Path:
    """The detector's file named in assets/weights/manifest.json, its sha256 checked.

    Raises FileNotFoundError when it is absent and ValueError when its sum differs from the manifest's.
    """
    manifest = ASSETS / "manifest.json"
    if not manifest.is_file():
        raise FileNotFoundError(f"{manifest} is missing: the installation is incomplete, install the program again")
    entry = json.loads(manifest.read_text(encoding="utf-8"))["detector"]
    path = ASSETS / str(entry["file"])
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: the installation is incomplete, install the program again")
    if sha256_of(path) != entry["sha256"]:
        raise ValueError(f"{path} is not the file the manifest names (sha256 differs): install the program again")
    return path


def open_training(path: Path) -> "dict[str, Any]":
    """A checkpoint of `python -m detector train` (.pt), opened so that no code in it can run.

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
    """Read the header of a weights file written by `save_weights`; the tensors are read by `Weights.state`.

    Raises FileNotFoundError when absent and ValueError when it is of another format.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"Detector weights not found: {path}. Give a .safetensors file made by the export command"
        )
    try:
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise ValueError(
            f"{path} is no safetensors file ({error}): make one with `python -m detector export`"
        ) from error
    if header.get("format") != FORMAT:
        raise ValueError(f"{path} holds no detector of this program: make one with `python -m detector export`")
    try:
        size, threshold = int(header["size"]), float(header["threshold"])
        if not _ARCHITECTURE.fullmatch(header["architecture"]) or not 32 <= size <= 8192:
            raise ValueError(f"architecture {header['architecture']!r}, size {size}")
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: its header cannot be used ({error}): export it again") from error
    return Weights(path, header["architecture"], size, threshold, sha256_of(path))
