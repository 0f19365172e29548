"""Everything that takes files or texts of other people."""

from collections.abc import Sequence

from tests.fuzz import data_sets, media, stores, streams, texts, weights
from tests.fuzz.fuzzing import Target

TARGETS: Sequence[Target] = (
    *texts.TARGETS,
    *data_sets.TARGETS,
    *weights.TARGETS,
    *stores.TARGETS,
    *media.TARGETS,
    *streams.TARGETS,
)
