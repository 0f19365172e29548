"""Second looks at a crop whose reading is unsure: other cuts of the same plate, and one answer from all of them."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from recognizer.aligner import WHOLE, Quad
from recognizer.ctc import Decoded

#: Readings with less confidence are worth second looks: about one in nine of hard crops, and four in ten of those are
#: wrong. Of those with hardly any confidence none was mended.
HOPELESS, UNSURE = 0.2, 0.9
_LARGER = (1.04, 1.08)  # how much wider and higher a second cut is


def augment_corners(quad: Quad) -> list[Quad]:
    """Makes other corners to read a plate by: a little larger, and the whole crop, as those found may be wrong."""
    centre = quad.mean(axis=0)
    return [np.asarray((quad - centre) * _LARGER + centre, np.float32), WHOLE]


def pool_texts(answers: Sequence[Sequence[Decoded]]) -> list[Decoded]:
    """Averages the probabilities of texts over several readings of one crop, the most probable first.

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
