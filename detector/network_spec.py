"""The detector's network as a runtime needs it; importing this loads no torch."""

from typing import TYPE_CHECKING

from detector.weights import Weights
from inference.types import NetworkSpec

if TYPE_CHECKING:
    from torch import nn

#: The smallest, the usual (16:9 at the size the network is trained at) and the largest input for TensorRT. Larger
#: images are scaled down or tiled; an engine for larger ones takes far more memory.
_LIMITS = (1, 32, 32, 3), (1, 384, 640, 3), (8, 1280, 1280, 3)


def network_spec(weights: Weights) -> NetworkSpec:
    """Describes the network of a weights file: uint8 BGR images (N, H, W, 3) to logits (N, 4 * bins + 1, anchors)."""
    return NetworkSpec(
        name="detector",
        weights=weights.path,
        sha256=weights.sha256,
        build=lambda: _build(weights),
        example=(1, 64, 96, 3),
        free_sizes=(0, 1, 2),
        build_fused=lambda: _build_fused(weights),
        output_free=(0, 2),
        limits=_LIMITS,
    )


def _build(weights: Weights) -> "nn.Module":
    from detector.network import PlateNetwork

    return PlateNetwork(weights)


def _build_fused(weights: Weights) -> "nn.Module":
    from detector.candidates import CandidateNetwork

    return CandidateNetwork(weights)
