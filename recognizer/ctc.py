"""CTC decoding (Graves et al. 2006): greedy best path, and prefix beam search (Hannun et al. 2014).

Shapes in comments: N batch, T steps, C classes, S steps after squeezing, B beams, M classes looked at in a step.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from recognizer.alphabet import Alphabet

BLANK = Alphabet.BLANK

#: A prefix is known by its hash: h(prefix + c) = h(prefix) * FACTOR + c modulo 2**64, from h(empty) = ROOT.
FACTOR, ROOT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text a network's output may spell.

    log_prob: natural logarithm, of the best path (greedy) or of all paths to the text (beam).
    char_confidences: a character's peak probability within its collapsed run, 0 to 1.
    """

    text: str
    log_prob: float
    char_confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Beams:
    """The prefixes under way; every array is (N, B). blank, char: probability of the paths ending in either."""

    blank: np.ndarray
    char: np.ndarray
    last: np.ndarray
    hash: np.ndarray


def greedy(log_probs: np.ndarray, alphabet: Alphabet) -> list[Decoded]:
    """The texts of the most probable paths; log_probs (N, T, C). ValueError for another shape."""
    _check(log_probs, alphabet)
    if not log_probs.size:
        return [Decoded("", 0.0, ()) for _ in log_probs]
    path = log_probs.argmax(axis=2)  # (N, T)
    peaks = log_probs.max(axis=2)  # (N, T)
    first = np.ones_like(path, dtype=bool)
    first[:, 1:] = path[:, 1:] != path[:, :-1]
    starts = np.flatnonzero(first)  # a run never crosses into the next sample
    classes = path.ravel()[starts]
    confidences = np.exp(np.maximum.reduceat(peaks.ravel(), starts))
    kept = classes != BLANK
    classes, confidences = classes[kept], confidences[kept]
    ends = np.searchsorted(starts[kept], np.arange(len(path) + 1) * path.shape[1])
    totals = peaks.sum(axis=1, dtype=np.float64)
    return [
        Decoded(alphabet.decode(classes[a:b].tolist()), float(total), tuple(confidences[a:b].tolist()))
        for (a, b), total in zip(pairwise(ends), totals, strict=True)
    ]


def beam(
    log_probs: np.ndarray,
    alphabet: Alphabet,
    width: int = 8,
    keep: int = 6,
    floor: float = 1e-3,
    certain: float = 0.999,
    least: float = 0.0,
) -> list[list[Decoded]]:
    """The `keep` most probable texts of each sample, best first, with the sum over all paths that the search kept.

    log_probs (N, T, C). width: prefixes kept in a step. floor: in a step, classes below it start no new prefix.
    certain: runs of steps whose blank is above it count as one. least: texts with less than this share of the best
    one's probability are left out. floor 0, certain 1, least 0 and a large width are exact.
    ValueError for another shape.
    """
    _check(log_probs, alphabet)
    if not log_probs.size:
        return [[Decoded("", 0.0, ())] for _ in log_probs]
    probs, offset = _squeeze(log_probs, certain)  # (N, S, C), (N,)
    totals, classes = _search(probs, width, floor)  # (N, B), (N, B, S)
    order = np.argsort(-totals, axis=1, kind="stable")[:, :keep]
    totals = np.take_along_axis(totals, order, 1)
    classes = np.take_along_axis(classes, order[:, :, None], 1)
    if least > 0:
        totals[totals < totals[:, :1] + np.log(least)] = -np.inf
    found: list[list[Decoded]] = [[] for _ in probs]
    samples, ranks = np.nonzero(np.isfinite(totals))
    labels = [row[row != BLANK] for row in classes[samples, ranks]]
    for sample, rank, label, peaks in zip(samples, ranks, labels, _peaks(probs, samples, labels), strict=True):
        log_prob = float(totals[sample, rank] + offset[sample])
        found[sample].append(Decoded(alphabet.decode(label.tolist()), log_prob, tuple(peaks.tolist())))
    return found


def _check(log_probs: np.ndarray, alphabet: Alphabet) -> None:
    """ValueError unless log_probs are (N, T, C) with the alphabet's number of classes."""
    if log_probs.ndim != 3 or log_probs.shape[2] != alphabet.classes:
        raise ValueError(
            f"log_probs have the shape {log_probs.shape}, not (N, T, {alphabet.classes}) as of the alphabet"
        )


def _squeeze(log_probs: np.ndarray, certain: float) -> tuple[np.ndarray, np.ndarray]:
    """Runs of certain blanks become one step; most of a plate's steps go.

    Log probabilities (N, T, C) -> probabilities (N, S, C), log offset (N,). Shorter samples are filled up with steps
    of pure blank, which change no text's probability.
    """
    blank = log_probs[:, :, BLANK]  # (N, T)
    sure = blank > np.log(certain)
    dropped = np.zeros_like(sure)
    dropped[:, 1:] = sure[:, 1:] & sure[:, :-1]
    offset = blank.sum(axis=1, where=dropped, dtype=np.float64)
    lengths = (~dropped).sum(axis=1)
    squeezed = np.zeros((len(log_probs), lengths.max(), log_probs.shape[2]))
    squeezed[:, :, BLANK] = 1.0
    squeezed[np.arange(lengths.max()) < lengths[:, None]] = np.exp(log_probs[~dropped].astype(np.float64))
    return squeezed, offset


def _search(probs: np.ndarray, width: int, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Log totals (N, B), -inf where there are fewer texts, and the class each prefix gained in each step (N, B, S)."""
    samples, steps, _ = probs.shape
    # The best width + 1 classes suffice: a prefix's further ones rank behind at least `width` of its own.
    near = np.argsort(-probs[:, :, 1:], axis=2)[:, :, : width + 1] + 1  # (N, S, M)
    near_probs = np.take_along_axis(probs, near, 2)
    near_probs[near_probs <= floor] = 0.0
    looked_at = np.maximum(1, (near_probs > 0).sum(axis=2).max(axis=0))  # (S,): few steps are in doubt
    state = _start(samples, width)
    log_scale = np.zeros((samples, 1))
    history: list[tuple[np.ndarray, np.ndarray]] = []
    for t in range(steps):
        classes = looked_at[t]
        state, origin, gained = _step(state, probs[:, t], near[:, t, :classes], near_probs[:, t, :classes])
        history.append((origin, gained))
        scale = (state.blank + state.char).max(axis=1, keepdims=True)
        scale[scale == 0] = 1.0
        log_scale += np.log(scale)
        state.blank[...] /= scale
        state.char[...] /= scale
    with np.errstate(divide="ignore"):
        totals = np.log(state.blank + state.char) + log_scale
    return totals, _trace_back(history, samples, width)


def _start(samples: int, width: int) -> _Beams:
    """The empty prefix, and width - 1 dead beams of probability zero."""
    blank = np.zeros((samples, width))
    blank[:, 0] = 1.0
    return _Beams(blank, np.zeros_like(blank), np.zeros(blank.shape, np.intp), np.full(blank.shape, ROOT))


def _step(
    old: _Beams, probs: np.ndarray, near: np.ndarray, near_probs: np.ndarray
) -> tuple[_Beams, np.ndarray, np.ndarray]:
    """One step of the search: probs (N, C), near and near_probs (N, M) -> beams, their origins and gained classes."""
    samples, width = old.blank.shape
    rows = np.arange(samples)[:, None]
    total = old.blank + old.char
    # A prefix grows by any class; by its own last one only from paths that ended in blank.
    repeat = old.last[:, :, None] == near[:, None, :]  # (N, B, M)
    grown = np.where(repeat, old.blank[:, :, None], total[:, :, None]) * near_probs[:, None, :]
    grown = grown.reshape(samples, -1)  # (N, B * M)
    grown_hash = (old.hash[:, :, None] * FACTOR + near[:, None, :].astype(np.uint64)).reshape(samples, -1)
    # What grows into a prefix that is there already belongs to it; a dead beam may be the double of a living one.
    same = (grown_hash[:, :, None] == old.hash[:, None, :]) & (total > 0)[:, None, :]  # (N, B * M, B)
    gain = (grown[:, None, :] @ same)[:, 0]
    grown *= ~same.any(axis=2)
    blank = total * probs[:, BLANK, None]
    char = old.char * probs[rows, old.last] + gain

    candidates = np.concatenate([blank + char, grown], axis=1)  # (N, B + B * M)
    best = np.argpartition(-candidates, width - 1, axis=1)[:, :width]  # (N, B)
    stays = best < width
    extension = np.where(stays, 0, best - width)
    origin = np.where(stays, best, extension // near.shape[1])
    gained = np.where(stays, BLANK, near[rows, extension % near.shape[1]])
    state = _Beams(
        blank=np.where(stays, blank[rows, origin], 0.0),
        char=np.where(stays, char[rows, origin], grown[rows, extension]),
        last=np.where(stays, old.last[rows, origin], gained),
        hash=np.where(stays, old.hash[rows, origin], grown_hash[rows, extension]),
    )
    return state, origin, gained


def _trace_back(history: list[tuple[np.ndarray, np.ndarray]], samples: int, width: int) -> np.ndarray:
    """Follows the origins from the last step back: the class each final prefix gained in each step, (N, B, S)."""
    rows = np.arange(samples)[:, None]
    at = np.broadcast_to(np.arange(width), (samples, width))
    classes = np.zeros((samples, width, len(history)), np.intp)
    for t in range(len(history) - 1, -1, -1):
        origin, gained = history[t]
        classes[:, :, t] = gained[rows, at]
        at = origin[rows, at]
    return classes


def _peaks(probs: np.ndarray, samples: np.ndarray, labels: list[np.ndarray]) -> list[np.ndarray]:
    """Peak probability of each character over the steps that the best path to its text gives it (Viterbi).

    probs (N, S, C); samples: which sample each text belongs to; labels: classes of each text.
    """
    states = 2 * max((len(label) for label in labels), default=0) + 1  # blank, c1, blank, c2, ..., blank
    wanted = np.full((len(labels), states), BLANK)
    for row, label in zip(wanted, labels, strict=True):
        row[1 : 2 * len(label) : 2] = label
    with np.errstate(divide="ignore"):
        emitted = probs[samples[:, None], :, wanted]  # (R, states, S)
        scores = np.log(emitted)
    # From two states back only over a blank that is not needed: between different characters.
    skip = np.full(wanted.shape, -np.inf)
    skip[:, 3::2] = np.where(wanted[:, 3::2] != wanted[:, 1:-2:2], 0.0, -np.inf)
    best = np.full(wanted.shape, -np.inf)
    best[:, :2] = scores[:, :2, 0]
    moves = np.zeros((probs.shape[1], *wanted.shape), np.int8)
    options = np.full((3, *wanted.shape), -np.inf)
    for t in range(1, probs.shape[1]):
        options[0] = best
        options[1, :, 1:] = best[:, :-1]
        options[2, :, 2:] = best[:, :-2] + skip[:, 2:]
        moves[t] = options.argmax(axis=0)
        best = options.max(axis=0) + scores[:, :, t]
    ends = np.array([2 * len(label) for label in labels], np.intp)
    rows = np.arange(len(labels))
    ends -= best[rows, np.maximum(ends - 1, 0)] > best[rows, ends]
    peaks = np.zeros(wanted.shape)
    for t in range(probs.shape[1] - 1, -1, -1):
        peaks[rows, ends] = np.maximum(peaks[rows, ends], emitted[rows, ends, t])
        ends = ends - moves[t, rows, ends]
    return [peak[1 : 2 * len(label) : 2] for peak, label in zip(peaks, labels, strict=True)]
