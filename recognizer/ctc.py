"""CTC decoding (Graves et al. 2006): greedy best path, and prefix beam search (Hannun et al. 2014).

Shapes in comments: N batch, T steps, C classes, S steps after squeezing, B beams, M classes looked at in a step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from recognizer.alphabet import Alphabet

BLANK = Alphabet.BLANK

#: A prefix is known by its hash: h(prefix + c) = h(prefix) * FACTOR + c modulo 2**64, from h(empty) = ROOT.
FACTOR, ROOT = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)
#: After so many steps probabilities are brought back to about 1: even uniform ones would take 200 to underflow.
RESCALED = 32


class Decoded(NamedTuple):  # there are hundreds in a large batch, and a dataclass takes twice as long to make
    """A text a network's output may spell.

    log_prob: natural logarithm, of the best path (greedy) or of all paths to the text (beam).
    char_confidences: a character's peak probability within its collapsed run, 0 to 1.
    """

    text: str
    log_prob: float
    char_confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps that say something; certain blanks between them have gone.

    probs: (N, S, C). parted: (N, S), whether a certain blank stood before a step, so that it begins a new character.
    """

    probs: np.ndarray
    parted: np.ndarray


@dataclass(frozen=True, slots=True)
class _Beams:
    """The prefixes under way; every array is (N, B). blank, char: probability of the paths ending in either."""

    blank: np.ndarray
    char: np.ndarray
    last: np.ndarray
    hash: np.ndarray


def decode_greedily(log_probs: np.ndarray, alphabet: Alphabet) -> list[Decoded]:
    """Decodes the most probable paths; log_probs (N, T, C). ValueError for another shape."""
    _check_log_probs(log_probs, alphabet)
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


def search_beams(
    log_probs: np.ndarray,
    alphabet: Alphabet,
    width: int = 8,
    keep: int = 6,
    floor: float = 1e-3,
    certain: float = 0.999,
    least: float = 0.0,
) -> list[list[Decoded]]:
    """Finds the most probable texts by prefix beam search (Hannun et al. 2014), many samples at once.

    Args:
        log_probs: Natural log probabilities (N, T, C).
        alphabet: What the classes stand for.
        width: Prefixes kept in a step.
        keep: Texts returned of each sample.
        floor: Classes less probable than this start no new prefix in a step.
        certain: Steps whose blank is more probable than this are taken for nothing else.
        least: Texts with less than this share of the best one's probability are left out.

    Returns:
        Of each sample its texts, best first, each with the sum over all its paths that the search kept. floor 0,
        certain 1, least 0 and a large width are exact.

    Raises:
        ValueError: log_probs has another shape.
    """
    _check_log_probs(log_probs, alphabet)
    if not log_probs.size:
        return [[Decoded("", 0.0, ())] for _ in log_probs]
    sure = log_probs[:, :, BLANK] > np.log(certain)  # (N, T)
    found: list[list[Decoded]] = [[] for _ in log_probs]
    for samples, part, sure_part in _group_by_length(log_probs, sure):
        texts = _search_texts(part, sure_part, alphabet, width, keep, floor, least)
        for sample, decoded in zip(samples, texts, strict=True):
            found[sample] = decoded
    return found


def _group_by_length(log_probs: np.ndarray, sure: np.ndarray) -> Iterator[tuple[list[int], np.ndarray, np.ndarray]]:
    """Groups the samples, and what is known of them, so that each group is searched together.

    What says nothing clearly has many times the steps of a plate, for which the others would wait.
    """
    lengths = sure.shape[1] - sure.sum(axis=1)
    long = lengths > 2 * np.sort(lengths)[len(lengths) // 2]
    if not long.any():
        yield list(range(len(log_probs))), log_probs, sure
        return
    for group in (np.flatnonzero(~long), np.flatnonzero(long)):
        yield group.tolist(), log_probs[group], sure[group]


def _search_texts(
    log_probs: np.ndarray, sure: np.ndarray, alphabet: Alphabet, width: int, keep: int, floor: float, least: float
) -> list[list[Decoded]]:
    """Searches as `search_beams`, in samples of one length. sure: (N, T), which steps are certain blanks."""
    steps, offset = _drop_sure_blanks(log_probs, sure)
    totals, history = _run_search(steps, width, floor)  # (N, B)
    order = np.argsort(-totals, axis=1, kind="stable")[:, :keep]
    ranked = np.take_along_axis(totals, order, 1)
    if least > 0:
        ranked[ranked < ranked[:, :1] + np.log(least)] = -np.inf
    samples, ranks = np.nonzero(np.isfinite(ranked))
    gained = _trace_back(history, samples * width + order[samples, ranks])  # (R, S)
    labels = [row[row != BLANK] for row in gained]
    log_probs_of_texts = ranked[samples, ranks] + offset[samples]
    found: list[list[Decoded]] = [[] for _ in log_probs]
    for sample, total, label, peaks in zip(
        samples.tolist(), log_probs_of_texts.tolist(), labels, _find_peaks(steps, samples, labels), strict=True
    ):
        found[sample].append(Decoded(alphabet.decode(label.tolist()), total, tuple(peaks.tolist())))
    return found


def _check_log_probs(log_probs: np.ndarray, alphabet: Alphabet) -> None:
    """Raises ValueError unless log_probs are (N, T, C) with the alphabet's number of classes."""
    if log_probs.ndim != 3 or log_probs.shape[2] != alphabet.classes:
        raise ValueError(
            f"log_probs have the shape {log_probs.shape}, not (N, T, {alphabet.classes}) as of the alphabet"
        )


def _drop_sure_blanks(log_probs: np.ndarray, sure: np.ndarray) -> tuple[_Steps, np.ndarray]:
    """Leaves out the certain blanks, which are most of a plate's steps, and notes where they parted others.

    Log probabilities (N, T, C) -> steps, log offset (N,). Shorter samples are filled up with steps of pure blank, which
    change no text's probability.
    """
    offset = log_probs[:, :, BLANK].sum(axis=1, where=sure, dtype=np.float64)
    kept = ~sure
    lengths = kept.sum(axis=1)
    inside = np.arange(max(1, lengths.max())) < lengths[:, None]  # (N, S)
    probs = np.zeros((*inside.shape, log_probs.shape[2]))
    probs[:, :, BLANK] = 1.0
    probs[inside] = np.exp(log_probs[kept].astype(np.float64))
    after = np.zeros_like(sure)
    after[:, 1:] = sure[:, :-1]
    parted = np.zeros_like(inside)
    parted[inside] = after[kept]
    return _Steps(probs, parted), offset


def _run_search(steps: _Steps, width: int, floor: float) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Searches; gives log totals (N, B), -inf for fewer texts, and origins and gained classes of each step."""
    probs = steps.probs
    # The best width + 1 classes suffice: a prefix's further ones rank behind at least `width` of its own.
    near = np.argsort(-probs[:, :, 1:], axis=2)[:, :, : width + 1] + 1  # (N, S, M)
    near_probs = np.take_along_axis(probs, near, 2)
    near_probs[near_probs <= floor] = 0.0
    looked_at = np.maximum(1, (near_probs > 0).sum(axis=2).max(axis=0)).tolist()  # (S,): few steps are in doubt
    state = _start_beams(len(probs), width)
    log_scale = np.zeros((len(probs), 1))
    history: list[tuple[np.ndarray, np.ndarray]] = []
    for t, classes in enumerate(looked_at):
        if t % RESCALED == RESCALED - 1:
            log_scale += _rescale(state)
        looked = near[:, t, :classes], near_probs[:, t, :classes]
        state, origin, gained = _advance_beams(state, probs[:, t], steps.parted[:, t, None], *looked)
        history.append((origin, gained))
    with np.errstate(divide="ignore"):
        totals = np.log(state.blank + state.char) + log_scale
    return totals, history


def _start_beams(samples: int, width: int) -> _Beams:
    """Makes the empty prefix, and width - 1 dead beams of probability zero."""
    blank = np.zeros((samples, width))
    blank[:, 0] = 1.0
    return _Beams(blank, np.zeros_like(blank), np.zeros(blank.shape, np.intp), np.full(blank.shape, ROOT))


def _rescale(state: _Beams) -> np.ndarray:
    """Makes the largest probability of each sample 1, in place, and gives the logarithm (N, 1) of what it was."""
    scale = (state.blank + state.char).max(axis=1, keepdims=True)
    scale[scale == 0] = 1.0
    state.blank[...] /= scale
    state.char[...] /= scale
    return np.asarray(np.log(scale))


def _advance_beams(
    old: _Beams, probs: np.ndarray, parted: np.ndarray, near: np.ndarray, near_probs: np.ndarray
) -> tuple[_Beams, np.ndarray, np.ndarray]:
    """Takes one step of the search: probs (N, C), parted (N, 1), near and near_probs (N, M).

    Returns the beams, the old beam that each came from, counted over all samples, and the class it gained, (N, B).
    """
    samples, width = old.blank.shape
    rows = np.arange(samples)[:, None]
    total = old.blank + old.char
    in_blank = np.where(parted, total, old.blank)
    in_char = np.where(parted, 0.0, old.char)
    # A prefix grows by any class; by its own last one only from paths that ended in blank.
    repeat = old.last[:, :, None] == near[:, None, :]  # (N, B, M)
    grown = (np.where(repeat, in_blank[:, :, None], total[:, :, None]) * near_probs[:, None, :]).reshape(samples, -1)
    grown_hash = ((old.hash * FACTOR)[:, :, None] + near[:, None, :].astype(np.uint64)).reshape(samples, -1)
    # What grows into a prefix that is there already belongs to it; a dead beam may be the double of a living one.
    same = (old.hash[:, :, None] == grown_hash[:, None, :]) & (total > 0)[:, :, None]  # (N, B, B * M)
    gain = (same @ grown[:, :, None])[:, :, 0]
    grown *= ~same.any(axis=1)

    kept = width + grown.shape[1]  # the old prefixes, then the grown ones
    blank, char = np.zeros((samples, kept)), np.empty((samples, kept))
    last, hashes = np.empty((samples, kept), np.intp), np.empty((samples, kept), np.uint64)
    blank[:, :width] = total * probs[:, BLANK, None]
    char[:, :width] = in_char * probs[rows, old.last] + gain
    char[:, width:] = grown
    last[:, :width] = old.last
    last[:, width:].reshape(samples, width, -1)[...] = near[:, None, :]
    hashes[:, :width] = old.hash
    hashes[:, width:] = grown_hash

    best = np.argpartition(-(blank + char), width - 1, axis=1)[:, :width]  # (N, B)
    flat = best + rows * kept  # far quicker than an index for each axis
    state = _Beams(blank.take(flat), char.take(flat), last.take(flat), hashes.take(flat))
    origins = _list_origins(width, near.shape[1]).take(best) + rows * width
    return state, origins, np.where(best < width, BLANK, state.last)


@cache
def _list_origins(width: int, classes: int) -> np.ndarray:
    """Lists the old beam of each candidate (B + B * M,)."""
    beams = np.arange(width)
    return np.concatenate([beams, beams.repeat(classes)])


def _trace_back(history: list[tuple[np.ndarray, np.ndarray]], ends: np.ndarray) -> np.ndarray:
    """Follows the origins from the last step back: the class gained in each step, (R, S).

    ends: the final beams to follow (R,), counted over all samples.
    """
    classes = np.empty((len(history), len(ends)), np.intp)
    for t in range(len(history) - 1, -1, -1):
        origins, gained = history[t]
        gained.take(ends, out=classes[t])
        ends = origins.take(ends)
    return classes.T


def _find_peaks(steps: _Steps, samples: np.ndarray, labels: list[np.ndarray]) -> list[np.ndarray]:
    """Finds the peak probability of each character over the steps that the best path to its text gives it (Viterbi).

    samples: which sample each text belongs to; labels: classes of each text.
    """
    states = 2 * max((len(label) for label in labels), default=0) + 1  # blank, c1, blank, c2, ..., blank
    wanted = np.full((len(labels), states), BLANK)
    for row, label in zip(wanted, labels, strict=True):
        row[1 : 2 * len(label) : 2] = label
    emitted = steps.probs.transpose(1, 0, 2)[:, samples[:, None], wanted]  # (S, R, states)
    with np.errstate(divide="ignore"):
        scores = np.log(emitted)
    costs = _find_moves(wanted, steps.parted[samples].T)  # (S, R, 3, states)
    padded = np.full((len(labels), states + 2), -np.inf)
    before = sliding_window_view(padded, states, axis=1)  # (R, 3, states): from two states back, one back, the same
    padded[:, 2:4] = scores[0, :, :2]
    moves = np.empty(scores.shape, np.intp)
    for t in range(1, len(scores)):
        options = before + costs[t]
        options.argmax(axis=1, out=moves[t])
        padded[:, 2:] = options.max(axis=1) + scores[t]
    ends = np.array([2 * len(label) for label in labels], np.intp)
    rows = np.arange(len(labels))
    ends -= padded[rows, np.maximum(ends + 1, 2)] > padded[rows, ends + 2]
    path = np.empty((len(scores), len(labels)), np.intp)
    for t in range(len(scores) - 1, -1, -1):
        path[t] = ends
        ends = ends + moves[t, rows, ends] - 2
    peaks = np.zeros(wanted.shape)
    np.maximum.at(peaks, (rows, path), np.take_along_axis(emitted, path[:, :, None], 2)[:, :, 0])
    return [peak[1 : 2 * len(label) : 2] for peak, label in zip(peaks, labels, strict=True)]


def _find_moves(wanted: np.ndarray, parted: np.ndarray) -> np.ndarray:
    """Tells which states (R, states) a path may come from in each step, (S, R, 3, states): 0, or -inf where it may not.

    From two states back, one back, or the same. parted: (S, R).
    """
    character = wanted != BLANK
    differs = np.zeros(wanted.shape, bool)
    differs[:, 3::2] = wanted[:, 3::2] != wanted[:, 1:-2:2]
    over_blank = parted[:, :, None]
    allowed = np.ones((*parted.shape, 3, wanted.shape[1]), bool)
    # Two states on only over a blank, which is not needed between different characters.
    allowed[:, :, 0] = character & (differs | over_blank)
    allowed[:, :, 2] = ~(character & over_blank)
    return np.where(allowed, 0.0, -np.inf)
