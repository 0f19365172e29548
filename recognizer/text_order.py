"""The texts that CTC found, as they are written: of some plates in another order than they stand."""

from collections.abc import Sequence

from recognizer.alphabet import FIRST, order, written
from recognizer.ctc import Decoded
from recognizer.test_time_augmentation import pool


def in_order(texts: Sequence[Decoded]) -> list[Decoded]:
    """The texts as they are written, best first; those that become the same are one, of their common probability."""
    if not any(FIRST in decoded.text for decoded in texts):
        return list(texts)
    return pool([[_written(decoded) for decoded in texts]])


def _written(decoded: Decoded) -> Decoded:
    """One text as it is written; FIRST's own confidence belongs to no character."""
    confidences = tuple(decoded.char_confidences[i] for i in order(decoded.text))
    return Decoded(written(decoded.text), decoded.log_prob, confidences)
