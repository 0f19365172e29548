"""A trained reader in one file: weights, alphabet, blank, input size, where it came from; opened without pickle."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from recognizer.alphabet import Alphabet
from recognizer.network import NetworkConfig, build

FORMAT = "platescribe-reader-1"


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used; the message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a raw probability p into a confidence: sigmoid(slope * logit(p) + offset) (Platt 1999)."""

    slope: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network ready to read, with what is known of it. notes: training data and metrics, for people."""

    network: nn.Module
    config: NetworkConfig
    calibration: Calibration = Calibration()
    notes: dict[str, Any] = field(default_factory=dict)


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint, weights as float16, atomically."""
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


def load(path: Path) -> Checkpoint:
    """Read a checkpoint; CheckpointError names the file when it is missing, foreign or damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        return _rebuild(metadata, tensors)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file; give --weights a checkpoint of this program") from None
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{path}: not a reader checkpoint of this program, or damaged ({error})") from error


def _rebuild(metadata: dict[str, str], tensors: dict[str, torch.Tensor]) -> Checkpoint:
    if metadata.get("format") != FORMAT:
        raise ValueError(f"format is {metadata.get('format')!r}, not {FORMAT!r}")
    if int(metadata["blank"]) != Alphabet.BLANK:
        raise ValueError(f"blank index {metadata['blank']} is not {Alphabet.BLANK}")
    config = NetworkConfig.from_dict(json.loads(metadata["network"]))
    network = build(config)
    network.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in tensors.items()})
    slope, offset = json.loads(metadata["calibration"])
    return Checkpoint(network.eval(), config, Calibration(float(slope), float(offset)), json.loads(metadata["notes"]))


def sha256(path: Path) -> str:
    """Check sum of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
