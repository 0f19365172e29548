"""A checkpoint's networks as a runtime needs them; importing this loads no torch."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inference.files import sha256_of
from inference.types import NetworkSpec
from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Checkpoint, Description

if TYPE_CHECKING:
    from torch import nn

#: Plates of a call for which OpenVINO has a network of its own, a tenth faster and 20 MB more.
BATCH = 8


def network_specs(path: Path, known: Description) -> tuple[NetworkSpec, NetworkSpec | None]:
    """Describes the reader's network in a checkpoint, of which `known` is known, and its aligner's, if it has one.

    The reader takes uint8 images (N, height, width, channels) to log probabilities (N, T, K), the aligner BGR images of
    its own size to corners (N, 8).
    """
    sha256 = sha256_of(path)

    @cache
    def load() -> Checkpoint:
        return checkpoints.load(path)

    def build_aligner() -> "nn.Module":
        aligner = load().aligner
        assert aligner is not None
        return aligner

    config, own = known.config, known.aligner
    reader = NetworkSpec(
        name="reader",
        weights=path,
        sha256=sha256,
        build=lambda: load().network,
        example=(2, config.channels, config.height, config.width),
        unit_floats=True,
        batch=BATCH,
    )
    if own is None:
        return reader, None
    aligner = NetworkSpec(
        name="aligner",
        part="aligner",
        weights=path,
        sha256=sha256,
        build=build_aligner,
        example=(2, 3, own.height, own.width),
        unit_floats=True,
        batch=BATCH,
    )
    return reader, aligner
