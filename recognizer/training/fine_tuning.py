"""Fine-tuning that helps one site and harms no other: what the reader knew is held out, mixed in and averaged in."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import nn

from recognizer.alphabet import FIRST, LATIN, write_in_order
from recognizer.checkpoint import Checkpoint
from recognizer.config import NetworkConfig
from recognizer.images import Image
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_noise import TrainingStraightener, photograph_plate
from recognizer.training.weight_averaging import average_checkpoints, normalize_shares

#: Share of drawn plates of all formats beside a user's own, where the user asks for no other.
DRAWN = 0.4
#: Drawn plates held out to say what was unlearnt, the camera's strength for them, and a seed no training has.
HELD_OUT, STRENGTH, SEED = 400, 0.6, 987_654
#: Shares of the tuned weights beside those it began with (Wortsman et al., "Robust fine-tuning", 2022).
SHARES = (1.0, 0.75, 0.5, 0.25)


def reads_all_plates(config: NetworkConfig) -> bool:
    """Whether a network reads what the generator draws, so that drawn plates tell what it knew."""
    return config.channels == 3 and set(LATIN) <= set(config.characters)


def held_out_plates(
    straightener: TrainingStraightener, fonts: Path | None, count: int = HELD_OUT
) -> list[tuple[Image, str]]:
    """Drawn plates of all formats as the reader sees them, with their texts: always the same ones."""
    generator = PlateGenerator(None, fonts, SEED, straightener.config.lines)
    camera, rng = CameraModel(STRENGTH), np.random.default_rng(SEED)
    found: list[tuple[Image, str]] = []
    while len(found) < count:
        plate, standing, _ = generator.render(rng)
        crop, _ = photograph_plate(plate, camera, rng)
        if set(standing) <= set(straightener.config.characters) | {FIRST}:
            found.append(
                (straightener.straighten(crop, straightener.find_corners([crop])[0]), write_in_order(standing))
            )
    return found


def blend(
    before: Checkpoint, tuned: Checkpoint, merit: Callable[[nn.Module], float], shares: Sequence[float] = SHARES
) -> tuple[Checkpoint, float]:
    """The mean of two checkpoints' weights that reads best.

    Args:
        before: What the training began with.
        tuned: What it ended with.
        merit: How good a network is.
        shares: Of the tuned weights, to be tried in this order.

    Returns:
        The checkpoint, with the notes of the tuned one and the calibration of the one before, and the share.
    """
    found: list[tuple[float, Checkpoint, float]] = []
    for share in shares:
        parts = [copy.deepcopy(tuned), before]
        if share < 1:
            average_checkpoints(parts, normalize_shares([share, 1 - share], 2))
        found.append((merit(parts[0].network), parts[0], share))
    _, best, share = max(found, key=lambda one: one[0])
    return replace(best, calibration=before.calibration, notes={**tuned.notes, "share": share}), share
