"""Fits the confidence of a reader, so that of the readings given 0.9 nine in ten are right."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Calibration
from recognizer.confidence import calibrate
from recognizer.metrics import measure_reliability
from recognizer.reader import PlateReader
from recognizer.training.datasets import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `calibrate`."""
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, help="labelled crops that the reader was not trained on"
    )
    parser.add_argument("--split", help="train, val or test; default: all of --data")
    parser.add_argument("--weights", type=Path, help="the reader; default: the shipped one")
    parser.add_argument("--out", type=Path, required=True, help="file of the calibrated reader")


def main(args: argparse.Namespace) -> int:
    """Read the sets, fit, and write the checkpoint with its new calibration.

    What is read at one look counts as much as what is read at several: a video has the one, a single image the other.
    """
    path = args.weights or shipped_weights("reader")
    checkpoint = checkpoints.load(path)
    alphabet, steps = checkpoint.config.alphabet, checkpoint.config.steps
    sets = [load(data, split=args.split, alphabet=alphabet, steps=steps) for data in args.data]
    samples = [sample for data in sets for sample in data.samples]
    crops = [sample.image() for sample in samples]
    plates = PlateReader(path)
    readings = [
        JudgedText(found[0].log_prob, found[0].text == sample.text, sample.source)
        for thorough in (False, True)
        for found, sample in zip(plates.decode(crops, thorough=thorough), samples, strict=True)
    ]
    calibration = fit_calibration([r.log_prob for r in readings], [r.right for r in readings])
    checkpoints.save(replace(checkpoint, calibration=calibration), args.out)
    print(f"{args.out}: slope {calibration.slope:.3f}, offset {calibration.offset:.3f}, {len(samples)} crops")
    print(f"calibration error on each source, fitted to the others: {left_out_error(readings):.4f}")
    return 0


class JudgedText(NamedTuple):
    """A likeliest text: its log probability, whether it is right, and the source of its crop."""

    log_prob: float
    right: bool
    source: str


def left_out_error(readings: Sequence[JudgedText]) -> float:
    """The calibration error where each source's confidences come from a calibration that never saw the source.

    It tells what to expect of a camera nobody tuned on. With a single source nothing can be left out: then 1.
    """
    sources = sorted({r.source for r in readings})
    if len(sources) < 2:
        return 1.0
    confidences: list[float] = []
    right: list[bool] = []
    for source in sources:
        others, own = ([r for r in readings if (r.source == source) is inside] for inside in (False, True))
        calibration = fit_calibration([r.log_prob for r in others], [r.right for r in others])
        confidences += calibrate([r.log_prob for r in own], calibration).tolist()
        right += [r.right for r in own]
    return measure_reliability(confidences, right).error


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
