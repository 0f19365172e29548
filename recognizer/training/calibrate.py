"""Fits the confidence of a reader, so that of the readings given 0.9 nine in ten are right."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Calibration
from recognizer.reader import PlateReader
from recognizer.training.datasets import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `calibrate`."""
    parser.add_argument("--data", type=Path, required=True, help="labelled crops that the reader was not trained on")
    parser.add_argument("--split", help="train, val or test; default: all of --data")
    parser.add_argument("--weights", type=Path, help="the reader; default: the shipped one")
    parser.add_argument("--out", type=Path, required=True, help="file of the calibrated reader")


def main(args: argparse.Namespace) -> int:
    """Reads the set, fits, and writes the checkpoint with its new calibration."""
    path = args.weights or shipped_weights("reader")
    checkpoint = checkpoints.load(path)
    data = load(args.data, split=args.split, alphabet=checkpoint.config.alphabet, steps=checkpoint.config.steps)
    plates = PlateReader(path)
    texts = plates.decode([sample.image() for sample in data.samples], thorough=True)
    right = [best[0].text == sample.text for best, sample in zip(texts, data.samples, strict=True)]
    calibration = fit_calibration([best[0].log_prob for best in texts], right)
    checkpoints.save(replace(checkpoint, calibration=calibration), args.out)
    print(f"{args.out}: slope {calibration.slope:.3f}, offset {calibration.offset:.3f}, {len(right)} readings")
    return 0


def fit_calibration(log_probs: Sequence[float], right: Sequence[bool], rounds: int = 50) -> Calibration:
    """Fits a confidence to what was right: Platt scaling by Newton's method, with Platt's softened targets.

    Args:
        log_probs: Natural log probabilities of texts.
        right: Whether each text is right, in the same order. All right, or all wrong, stays finite by the softening.
        rounds: Steps of Newton's method, at most.

    Raises:
        ValueError: Nothing was read.
    """
    if not len(right):
        raise ValueError("calibration needs at least one reading")
    p = np.clip(np.exp(np.asarray(log_probs, dtype=float)), 1e-6, 1 - 1e-6)
    x = np.stack([np.log(p / (1 - p)), np.ones_like(p)], axis=1)  # (N, 2)
    y = _soften_targets(np.asarray(right))
    weights = np.array([1.0, 0.0])
    for _ in range(rounds):
        q = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (q - y) + 1e-3 * (weights - [1.0, 0.0])
        hessian = (x * (q * (1 - q))[:, None]).T @ x + 1e-3 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        weights -= step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
    return Calibration(float(weights[0]), float(weights[1]))


def _soften_targets(right: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    good, bad = int(right.sum()), int((~right).sum())
    return np.where(right, (good + 1) / (good + 2), 1 / (bad + 2))
