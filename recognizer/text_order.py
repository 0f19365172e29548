"""The texts that CTC found, as they are written: of some plates in another order than they stand."""

from collections.abc import Sequence

from recognizer.alphabet import FIRST, find_written_order, write_in_order
from recognizer.ctc import Decoded
from recognizer.test_time_augmentation import pool_texts


def reorder_texts(texts: Sequence[Decoded]) -> list[Decoded]:
    """Reorders texts as they are written, best first; those that become the same add up to one."""
    if not any(FIRST in decoded.text for decoded in texts):
        return list(texts)
    return pool_texts([[_reorder_text(decoded) for decoded in texts]])


def _reorder_text(decoded: Decoded) -> Decoded:
    """Reorders one text; FIRST's own confidence belongs to no character."""
    confidences = tuple(decoded.char_confidences[i] for i in find_written_order(decoded.text))
    return Decoded(write_in_order(decoded.text), decoded.log_prob, confidences)
