"""CTC's beam search on the GPU: the texts that `ctc.search_beams` finds, of many plates at once.

Shapes in comments: N plates, T steps, K classes, B beams, R texts of a plate, L characters of a text.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from recognizer.alphabet import Alphabet
from recognizer.ctc import FACTOR, ROOT, Decoded, search_beams
from recognizer.cuda import kernels

BEAMS = 8  # as of ctc.search_beams
LONGEST = 32  # texts of so many characters, which no plate has, are left to the processor
FLOOR, CERTAIN = 1e-3, 0.999  # as of ctc.search_beams


class BeamSearchResult(NamedTuple):
    """Texts on the GPU, best first. log_totals, lengths: (N, B); labels, peaks: (N, R, LONGEST)."""

    log_totals: Tensor
    lengths: Tensor
    labels: Tensor
    peaks: Tensor


def search_texts(log_probs: Tensor, used: Tensor, texts: int, least: float) -> BeamSearchResult:
    """Finds the most probable texts of many plates.

    Args:
        log_probs: (N, T, K) in float32, K up to 64.
        used: (N,); plates that are not used are passed over.
        texts: Texts found of each plate, at most.
        least: Share of the best text's probability below which a text is left out.
    """
    plates, length, classes = log_probs.shape
    log_probs = log_probs.contiguous()
    steps, counts, offset = drop_sure_blanks(log_probs)
    counts = counts * used

    def room(*shape: int, of: torch.dtype) -> Tensor:
        return torch.empty(plates, *shape, dtype=of, device=log_probs.device)

    history = room(length, BEAMS, of=torch.int16)
    totals, lengths = room(BEAMS, of=torch.float32), room(BEAMS, of=torch.int32)
    labels, peaks = room(texts, LONGEST, of=torch.uint8), room(texts, LONGEST, of=torch.float32)
    wide = max(16, 1 << (classes - 1).bit_length())
    root, factor = (int(np.int64(value.view(np.int64))) for value in (ROOT, FACTOR))
    kernels.search[(plates,)](
        log_probs, steps, counts, history, totals, lengths, length, classes, FLOOR, math.log(CERTAIN),
        ROOT=root, FACTOR=factor, BEAMS=BEAMS, CLASSES=wide, num_warps=1,
    )  # fmt: skip
    kernels.spell[(plates, texts)](
        log_probs, steps, counts, history, totals, lengths, room(texts, length, 2 * LONGEST, of=torch.int8),
        labels, peaks, length, classes, math.log(CERTAIN), max(math.log(least), -1e30) if least > 0 else -1e30,
        BEAMS=BEAMS, CLASSES=wide, LONGEST=LONGEST, num_warps=1,
    )  # fmt: skip
    return BeamSearchResult(totals + offset[:, None], lengths, labels, peaks)


def drop_sure_blanks(log_probs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Finds the steps that are no certain blank, as `ctc._drop_sure_blanks` does.

    Returns:
        Steps (N, T), of which the first counts (N,) matter; the counts; and the log probability (N,) of those left out.
    """
    blank = log_probs[:, :, Alphabet.BLANK]
    sure = blank > math.log(CERTAIN)
    kept = (~sure).cumsum(1)
    length = blank.shape[1]
    places = torch.where(sure, length, kept - 1)  # those left out all go to one place more
    number = torch.arange(length, device=blank.device, dtype=torch.int32).expand_as(places)
    steps = number.new_zeros(len(blank), length + 1).scatter_(1, places, number)
    return steps[:, :length].contiguous(), kept[:, -1].int(), (blank * sure).sum(1)


def read_search_result(
    found: BeamSearchResult, log_probs: Tensor, alphabet: Alphabet, least: float
) -> list[list[Decoded]]:
    """Copies what was found to the processor, as texts.

    Args:
        found: What `search_texts` returned.
        log_probs: What was searched (N, T, K), for texts of LONGEST characters and more.
        alphabet: What the classes stand for.
        least: As given to `search_texts`.

    Returns:
        Of each plate its texts, best first.
    """
    log_totals, lengths, labels, peaks = (part.cpu().numpy() for part in found)
    texts = labels.shape[1]
    log_totals, lengths = log_totals[:, :texts], lengths[:, :texts]
    worth = log_totals >= log_totals[:, :1] + (math.log(least) if least > 0 else -1e30)
    lengths_worth = lengths[worth]
    longest = min(LONGEST, max(1, int(lengths_worth.max())))
    letters = np.array(["\0", *alphabet.characters])
    words = letters[labels[worth][:, :longest]].view(f"<U{longest}")[:, 0]
    peaks_worth = peaks[worth][:, :longest]
    rows = zip(words.tolist(), log_totals[worth].tolist(), peaks_worth.tolist(), lengths_worth.tolist(), strict=True)
    flat = [Decoded(word, log_total, tuple(peak[:length])) for word, log_total, peak, length in rows]
    ends = worth.sum(axis=1).cumsum().tolist()
    result = [flat[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    long = np.flatnonzero((worth & (lengths >= LONGEST)).any(axis=1))
    if long.size:
        again = search_beams(log_probs[torch.from_numpy(long)].cpu().numpy(), alphabet, keep=texts, least=least)
        for place, answer in zip(long.tolist(), again, strict=True):
            result[place] = answer
    return result
