"""One posterior over the texts a crop may show: calibrated, and with a rest for "none of these, or no plate"."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from recognizer.checkpoint import Calibration

#: Probabilities nearer to 0 or 1 than this tell no more than this does.
_EDGE = 1e-6


def calibrate(log_probs: Sequence[float], calibration: Calibration) -> npt.NDArray[np.float64]:
    """Returns the calibrated probabilities that likeliest texts are right, from their log probabilities (N,)."""
    p = np.exp(np.asarray(log_probs, float)).clip(_EDGE, 1 - _EDGE)
    logits = np.log(p / (1 - p))
    return np.asarray(1 / (1 + np.exp(-(calibration.slope * logits + calibration.offset))))


def posterior(log_probs: Sequence[float], calibration: Calibration, plate_probability: float = 1.0) -> list[float]:
    """Returns the probability of each of one crop's texts.

    The likeliest text's is calibrated. What it leaves is divided as the network divides it, so that texts the network
    does not list, the rest, have their share.

    Args:
        log_probs: the network's, of one crop's texts, the likeliest first.
        calibration: of the likeliest text's probability, on plates.
        plate_probability: how likely the crop shows a plate at all; 1 where nothing tells.

    Returns:
        One probability a text, in the same order, falling; they sum to at most plate_probability.
    """
    if not len(log_probs):
        return []
    best = float(calibrate(log_probs[:1], calibration)[0])
    raw = np.exp(np.asarray(log_probs, float))
    left = max(1 - float(raw[0]), float(raw[1:].sum()), _EDGE)
    others = np.minimum(raw[1:] / left * (1 - best), best)
    return [plate_probability * value for value in (best, *others.tolist())]
