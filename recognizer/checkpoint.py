"""A trained reader in one file: weights, alphabet, blank, input size, where it came from; opened without pickle.

Importing this loads no torch; only a network that is built, by `load`, does.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from recognizer.alphabet import Alphabet
from recognizer.config import NetworkConfig

if TYPE_CHECKING:
    import torch
    from torch import nn

FORMAT = "platescribe-reader-1"


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used; the message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a raw probability p into a confidence: sigmoid(slope * logit(p) + offset) (Platt 1999)."""

    slope: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Description:
    """What a checkpoint says of itself. notes: training data and metrics, for people."""

    config: NetworkConfig
    calibration: Calibration
    notes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network ready to read, with what is known of it."""

    network: "nn.Module"
    config: NetworkConfig
    calibration: Calibration = Calibration()
    notes: dict[str, Any] = field(default_factory=dict)


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint, weights as float16, atomically."""
    from safetensors.torch import save_file

    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous()
        for name, value in checkpoint.network.state_dict().items()
    }
    metadata = {
        "format": FORMAT,
        "network": json.dumps(checkpoint.config.to_dict()),
        "blank": str(Alphabet.BLANK),
        "calibration": json.dumps([checkpoint.calibration.slope, checkpoint.calibration.offset]),
        "notes": json.dumps(checkpoint.notes, ensure_ascii=False),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    save_file(tensors, unfinished, metadata)
    unfinished.chmod(0o644)  # safetensors writes for the owner alone
    unfinished.replace(path)


def describe(path: Path) -> Description:
    """What a checkpoint says of itself, without its network; CheckpointError as for `load`."""
    return _opened(path, with_weights=False)[0]


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; CheckpointError names the file when it is missing, foreign or damaged."""
    description, tensors = _opened(path, with_weights=True)
    import torch

    from recognizer.network import build

    try:
        with torch.device("meta"):  # no memory for weights until those of the file have proved to fit
            network = build(description.config)
        loaded = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
        network.load_state_dict(loaded, assign=True)
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        raise _unusable(path, error) from error
    return Checkpoint(network.eval(), description.config, description.calibration, description.notes)


def _opened(path: Path, with_weights: bool) -> tuple[Description, "dict[str, torch.Tensor]"]:
    try:
        with safe_open(path, framework="pt" if with_weights else "np") as file:
            description = _description(file.metadata() or {})
            names = list(file.keys()) if with_weights else []
            return description, {name: file.get_tensor(name) for name in names}
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file; give --weights a checkpoint of this program") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(f"{path}: not a reader checkpoint of this program, or damaged ({error})")


def _description(metadata: dict[str, str]) -> Description:
    if metadata.get("format") != FORMAT:
        raise ValueError(f"format is {metadata.get('format')!r}, not {FORMAT!r}")
    if int(metadata["blank"]) != Alphabet.BLANK:
        raise ValueError(f"blank index {metadata['blank']} is not {Alphabet.BLANK}")
    slope, offset = json.loads(metadata["calibration"])
    config = NetworkConfig.from_dict(json.loads(metadata["network"]))
    return Description(config, Calibration(float(slope), float(offset)), json.loads(metadata["notes"]))


def sha256(path: Path) -> str:
    """Check sum of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
