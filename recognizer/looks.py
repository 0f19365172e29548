"""Second looks at a crop whose reading is unsure: other cuts of the same plate, and one answer from all of them."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from recognizer.align import WHOLE, Quad
from recognizer.ctc import Decoded

#: Readings with less confidence are worth second looks: about one in five of hard crops, and half of those are wrong.
UNSURE = 0.9
# How much wider and higher the cut is, and by what share of the plate it is moved right and down.
_CUTS = ((1.04, 1.08, 0.0, 0.0), (0.975, 0.94, 0.0, 0.0), (1.0, 1.0, 0.01, -0.03), (1.0, 1.0, -0.01, 0.03))


def looks(quad: Quad) -> list[Quad]:
    """Other corners to read a plate by: a little larger, smaller, higher and lower, and the whole crop."""
    centre, size = quad.mean(axis=0), quad.max(axis=0) - quad.min(axis=0)
    moved = [(quad - centre) * (wider, higher) + centre + size * (right, down) for wider, higher, right, down in _CUTS]
    return [*(np.asarray(corners, np.float32) for corners in moved), WHOLE]


def pool(answers: Sequence[Sequence[Decoded]]) -> list[Decoded]:
    """The texts of several looks, the most probable first: their probabilities averaged over the looks.

    The confidences of a text's characters are those of the look that found it most probable.
    """
    probability: dict[str, float] = defaultdict(float)
    best: dict[str, Decoded] = {}
    for answer in answers:
        for text in answer:
            probability[text.text] += math.exp(text.log_prob) / len(answers)
            if text.text not in best or text.log_prob > best[text.text].log_prob:
                best[text.text] = text
    ranked = sorted(probability, key=lambda text: -probability[text])
    return [Decoded(text, math.log(max(probability[text], 1e-300)), best[text].char_confidences) for text in ranked]
