"""A trained reader in one file: weights, alphabet, blank, input size, where it came from; opened without pickle.

Importing this loads no torch; only a network that is built, by `load`, does.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from inference.weights import save_tensors
from recognizer.alphabet import Alphabet
from recognizer.config import AlignerConfig, NetworkConfig

if TYPE_CHECKING:
    import torch
    from torch import nn

FORMAT = "platescribe-reader-1"
#: Names of the aligner's tensors begin with it.
ALIGNER = "aligner."


class CheckpointError(ValueError):
    """A checkpoint file that cannot be used; the message names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a raw probability p into a confidence: sigmoid(slope * logit(p) + offset) (Platt 1999)."""

    slope: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Description:
    """What a checkpoint says of itself. notes: training data and metrics, for people.

    aligner: what finds the plate's corners before the network reads it; None where crops are read as they are.
    """

    config: NetworkConfig
    calibration: Calibration
    notes: dict[str, Any]
    aligner: AlignerConfig | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A network ready to read, with what is known of it; and its aligner, where it has one."""

    network: "nn.Module"
    config: NetworkConfig
    calibration: Calibration = Calibration()
    notes: dict[str, Any] = field(default_factory=dict)
    aligner: "nn.Module | None" = None
    aligner_config: AlignerConfig | None = None


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Writes a checkpoint, weights as float16, atomically."""
    state = checkpoint.network.state_dict()
    if checkpoint.aligner is not None:
        state = state | {ALIGNER + name: value for name, value in checkpoint.aligner.state_dict().items()}
    metadata = {
        "format": FORMAT,
        "network": json.dumps(checkpoint.config.to_dict()),
        "blank": str(Alphabet.BLANK),
        "calibration": json.dumps([checkpoint.calibration.slope, checkpoint.calibration.offset]),
        "notes": json.dumps(checkpoint.notes, ensure_ascii=False),
    }
    if checkpoint.aligner_config is not None:
        metadata["aligner"] = json.dumps(checkpoint.aligner_config.to_dict())
    save_tensors(path, state, metadata)


def describe(path: Path) -> Description:
    """Reads what a checkpoint says of itself, without its network; CheckpointError as for `load`."""
    return _open_checkpoint(path, with_weights=False)[0]


def load(path: Path) -> Checkpoint:
    """Reads a checkpoint; CheckpointError names the file when it is missing, foreign or damaged."""
    description, tensors = _open_checkpoint(path, with_weights=True)
    import torch

    from recognizer.network import AlignerNetwork, build_network

    loaded = {k: v.float() if v.is_floating_point() else v for k, v in tensors.items()}
    own = {k.removeprefix(ALIGNER): loaded.pop(k) for k in tuple(loaded) if k.startswith(ALIGNER)}
    try:
        with torch.device("meta"):  # no memory for weights until those of the file have proved to fit
            network = build_network(description.config)
            aligner = AlignerNetwork(description.aligner) if description.aligner else None
        network.load_state_dict(loaded, assign=True)
        if aligner is not None:
            aligner.load_state_dict(own, assign=True)
            aligner.eval()
    except (RuntimeError, ValueError, TypeError, OverflowError) as error:
        raise _make_error(path, error) from error
    said = description
    return Checkpoint(network.eval(), said.config, said.calibration, said.notes, aligner, said.aligner)


def _open_checkpoint(path: Path, with_weights: bool) -> tuple[Description, "dict[str, torch.Tensor]"]:
    try:
        with safe_open(path, framework="pt" if with_weights else "np") as file:
            description = _read_description(file.metadata() or {})
            names = list(file.keys()) if with_weights else []
            return description, {name: file.get_tensor(name) for name in names}
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such file; give --weights a checkpoint of this program") from None
    except (
        SafetensorError,
        OSError,
        ArithmeticError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
    ) as error:
        raise _make_error(path, error) from error


def _make_error(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(f"{path}: not a reader checkpoint of this program, or damaged ({error})")


def _read_description(metadata: dict[str, str]) -> Description:
    if metadata.get("format") != FORMAT:
        raise ValueError(f"format is {metadata.get('format')!r}, not {FORMAT!r}")
    if int(metadata["blank"]) != Alphabet.BLANK:
        raise ValueError(f"blank index {metadata['blank']} is not {Alphabet.BLANK}")
    slope, offset = json.loads(metadata["calibration"])
    config = NetworkConfig.from_dict(json.loads(metadata["network"]))
    aligner = AlignerConfig.from_dict(json.loads(metadata["aligner"])) if "aligner" in metadata else None
    return Description(config, Calibration(float(slope), float(offset)), json.loads(metadata["notes"]), aligner)
