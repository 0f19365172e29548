"""python -m recognizer average: one reader whose weights are the mean of several that were trained from one another.

After Wortsman et al., "Model soups" (2022): it mostly reads better than any of them, and costs no more.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from torch import Tensor, nn

from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Checkpoint, CheckpointError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `average`."""
    parser.add_argument("weights", type=Path, nargs="+", help="readers that share an ancestor")
    parser.add_argument("--shares", type=float, nargs="*", help="weight of each reader, in order; default: equal")
    parser.add_argument("--out", type=Path, required=True, help="file of the averaged reader; calibrate it afterwards")


def main(args: argparse.Namespace) -> int:
    """Writes the mean of the readers, with the calibration of the first and notes that say what it is of."""
    shares = normalize_shares(args.shares or [1.0] * len(args.weights), len(args.weights))
    parts = [checkpoints.load(path) for path in args.weights]
    for path, part in zip(args.weights, parts, strict=True):
        if (part.config, part.aligner_config) != (parts[0].config, parts[0].aligner_config):
            raise CheckpointError(f"{path}: another network than that of {args.weights[0]}; give readers of one kind")
    average_checkpoints(parts, shares)
    names = [path.name for path in args.weights]
    of = [[name, round(share, 4), part.notes] for name, share, part in zip(names, shares, parts, strict=True)]
    checkpoints.save(replace(parts[0], notes={"mean_of": of}), args.out)
    print(f"{args.out}: {', '.join(f'{share:.2f} of {name}' for name, share in zip(names, shares, strict=True))}")
    return 0


def normalize_shares(shares: Sequence[float], count: int) -> list[float]:
    """Shares with the sum 1; ValueError unless there is a finite one above 0 for each."""
    if len(shares) != count or not all(math.isfinite(share) and share > 0 for share in shares):
        raise ValueError(f"--shares: needs a number above 0 for each of the {count} readers")
    return [share / sum(shares) for share in shares]


def average_checkpoints(parts: Sequence[Checkpoint], shares: Sequence[float]) -> None:
    """Puts the mean of all networks, and of all aligners, in place of the first one's."""
    _average_networks([part.network for part in parts], shares)
    aligners = [part.aligner for part in parts if part.aligner is not None]
    if aligners:
        _average_networks(aligners, shares)


def _average_networks(networks: Sequence[nn.Module], shares: Sequence[float]) -> None:
    states = [network.state_dict() for network in networks]

    def mean(name: str, first: Tensor) -> Tensor:
        if not first.is_floating_point():  # a count of batches
            return first
        return sum((state[name] * share for state, share in zip(states, shares, strict=True)), first * 0)

    networks[0].load_state_dict({name: mean(name, value) for name, value in states[0].items()})
