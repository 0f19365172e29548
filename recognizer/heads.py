"""What a network with heads tells beside the text: whether a crop shows a plate, and the plate's region.

Shapes in comments: N crops, T steps, K classes, R regions.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from recognizer.config import UNKNOWN_REGION, NetworkConfig

if TYPE_CHECKING:
    from torch import Tensor

#: A region is told from this probability on; below it is unknown.
SURE_REGION = 0.5

Array = TypeVar("Array", npt.NDArray[np.float32], "Tensor")


class PlateKind(NamedTuple):
    """What is known of a crop beside its text.

    plate_probability: that it shows a plate whose text can be read. region: ISO country, or US-CA for a state; empty
    where unknown. region_confidence: the region's probability, 0 where it is unknown.
    """

    plate_probability: float = 1.0
    region: str = ""
    region_confidence: float = 0.0


def split_outputs(outputs: Array, config: NetworkConfig) -> tuple[Array, Array | None]:
    """A network's output (N, T + head_rows, K) as log probabilities (N, T, K) and logits (N, 1 + R).

    The logits are None for a network without heads. Takes arrays of NumPy and of torch.
    """
    if not config.regions:
        return outputs, None
    logits = outputs[:, config.steps :].reshape(len(outputs), -1)[:, : 1 + len(config.regions)]
    return outputs[:, : config.steps], logits


def plate_kinds(logits: npt.NDArray[np.float32] | None, config: NetworkConfig, count: int) -> list[PlateKind]:
    """What the heads' logits (N, 1 + R) say of `count` crops; nothing is known where there are none."""
    if logits is None:
        return [PlateKind()] * count
    wide = logits.astype(np.float64)
    plates = 1 / (1 + np.exp(-wide[:, 0].clip(-50, 50)))
    probabilities = np.exp(wide[:, 1:] - wide[:, 1:].max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return [
        PlateKind(float(plate), *likely_region(row, config.regions))
        for plate, row in zip(plates, probabilities, strict=True)
    ]


def likely_region(probabilities: npt.NDArray[np.float64], regions: Sequence[str]) -> tuple[str, float]:
    """The region of the largest probability, and that probability; ("", 0) where none is sure.

    Where no state of the United States is sure, but that it is one of them is, the region is US.
    """
    best = int(probabilities.argmax())
    if probabilities[best] >= SURE_REGION:
        known = regions[best] != UNKNOWN_REGION
        return (regions[best], float(probabilities[best])) if known else ("", 0.0)
    states = float(sum(p for p, region in zip(probabilities, regions, strict=True) if region.startswith("US-")))
    return ("US", states) if states >= SURE_REGION else ("", 0.0)
