"""Readings of one plate vote: texts are aligned character by character and each column is decided by weight.

The method is ROVER (Fiscus, ASRU 1997): the heaviest text is the backbone, the others are aligned to it by edit
distance, and every column - a character of the backbone or a place between two - takes the character, or the gap,
with most weight.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from app.pipeline.types import TrackReading
from recognizer.readings import Alternative

GAP = ""
_MOST_ALTERNATIVES = 5
_MOST_TEXTS = 40
_MOST_RIVALS = 12
_LEAST_LEFT = 0.01  # no reading is surer than this
_FULL_SHARE = 0.5  # with less of the votes than this, a text is believed less
_UNLISTED = 0.02  # what a text that a reading does not list gets of what that reading leaves
# A column (i, 0) is the backbone's character i; (i, j) with j > 0 is the j-th character inserted after i.
Column = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome: text with a confidence, also one a character; share is the part of all weight that says text.

    alternatives: likeliest first; the first may be likelier than text, where fewer readings say it.
    agreeing: readings whose own first choice is text; whole: those of them with the whole plate in the picture;
    readings: all that voted; weight: what agreed, summed up.
    """

    text: str
    confidence: float
    char_confidences: tuple[float, ...]
    alternatives: tuple[Alternative, ...]
    agreeing: int
    whole: int
    readings: int
    share: float
    weight: float

    @property
    def is_outdone(self) -> bool:
        """Whether another text is likelier."""
        return bool(self.alternatives) and self.alternatives[0].confidence > self.confidence


@lru_cache(maxsize=4096)
def align(backbone: str, text: str) -> tuple[tuple[str, str], ...]:
    """Align two texts by edit distance: pairs (character of backbone, character of text), GAP where one has none."""
    rows, columns = len(backbone) + 1, len(text) + 1
    cost = [[i + j if not i or not j else 0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            same = backbone[i - 1] == text[j - 1]
            cost[i][j] = min(cost[i - 1][j - 1] + (not same), cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    pairs: list[tuple[str, str]] = []
    i, j = len(backbone), len(text)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (backbone[i - 1] != text[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((backbone[i], text[j]))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((backbone[i], GAP))
        else:
            j -= 1
            pairs.append((GAP, text[j]))
    return tuple(reversed(pairs))


def distance(first: str, second: str) -> int:
    """Edit distance of two texts."""
    return sum(a != b for a, b in align(first, second))


def vote(readings: Sequence[TrackReading], min_agreement: int = 1) -> Vote | None:
    """Decide what a plate says; None when nothing was read.

    A text put together from several readings stands if min_agreement of them say just that; otherwise the heaviest
    text that so many say is taken, if there is one.
    """
    voters = [item for item in readings if item.reading.text and item.weight > 0]
    if not voters:
        return None
    totals = _totals(voters)
    text = _decide(next(iter(totals)), totals)
    counts = _first_choices(voters)
    if counts.get(text, 0) < min_agreement:
        agreed = [other for other, count in counts.items() if count >= min_agreement]
        text = max(agreed, key=lambda other: (totals.get(other, 0.0), other), default=text or next(iter(totals)))
    return _outcome(text, voters, totals)


def _totals(voters: Sequence[TrackReading]) -> dict[str, float]:
    """Sum up each text's weight, heaviest first; a reading's is spread over its alternatives by probability.

    Only the heaviest texts are kept: the many that hardly anyone votes for take time and decide nothing.
    """
    totals: dict[str, float] = defaultdict(float)
    for item in voters:
        totals[item.reading.text] += item.weight * item.reading.confidence
        for other in item.reading.alternatives:
            if other.text:
                totals[other.text] += item.weight * other.confidence
    return dict(sorted(totals.items(), key=_heaviest)[:_MOST_TEXTS])


def _first_choices(voters: Sequence[TrackReading]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for item in voters:
        counts[item.reading.text] += 1
    return counts


def _columns(backbone: str, totals: Mapping[str, float]) -> dict[Column, dict[str, float]]:
    """Sum the votes of every column; where some texts insert a character, all others vote for the gap."""
    votes: dict[Column, dict[str, float]] = {(i, 0): defaultdict(float) for i in range(len(backbone))}
    for text, weight in totals.items():
        for column, (_, char) in _placed(backbone, text):
            votes.setdefault(column, defaultdict(float))[char] += weight
    total = sum(totals.values())
    for counts in votes.values():
        missing = total - sum(counts.values())
        if missing > 0:
            counts[GAP] = counts.get(GAP, 0.0) + missing
    return votes


def _placed(backbone: str, text: str) -> list[tuple[Column, tuple[str, str]]]:
    """Pair each alignment pair with the column it falls into."""
    placed: list[tuple[Column, tuple[str, str]]] = []
    index, inserted = -1, 0
    for pair in align(backbone, text):
        index, inserted = (index, inserted + 1) if pair[0] == GAP else (index + 1, 0)
        placed.append(((index, inserted), pair))
    return placed


def _decide(backbone: str, totals: Mapping[str, float]) -> str:
    """Take the heaviest character of every column."""
    votes = _columns(backbone, totals)
    return "".join(max(votes[column].items(), key=lambda pair: (pair[1], pair[0]))[0] for column in sorted(votes))


def _outcome(text: str, voters: Sequence[TrackReading], totals: Mapping[str, float]) -> Vote:
    """Sum up how well text is supported."""
    agreeing = [item for item in voters if item.reading.text == text]
    total = sum(item.weight * item.reading.confidence for item in voters)
    weight = sum(item.weight * item.reading.confidence for item in agreeing)
    share = weight / total if total > 0 else 0.0
    beliefs = posterior(voters, {*list(totals)[:_MOST_RIVALS], text})
    others = sorted(((other, value) for other, value in beliefs.items() if other not in (text, "")), key=_heaviest)
    weights = [item.weight for item in agreeing]
    joint = _joint([item.reading.confidence for item in agreeing], weights)
    confidence = min(beliefs[text], joint) * min(1.0, share / _FULL_SHARE)
    chars = _char_confidences(text, agreeing, weights, beliefs)
    caution = confidence / beliefs[text] if confidence > 0 else 1.0  # what the text loses by it its rivals lose too
    return Vote(
        text,
        confidence,
        tuple(max(confidence, char) for char in chars),  # a text is no surer than any of its characters
        tuple(Alternative(other, value * caution) for other, value in others[:_MOST_ALTERNATIVES]),
        len(agreeing),
        sum(not item.cut for item in agreeing),
        len(voters),
        share,
        weight,
    )


def _heaviest(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]


def _joint(confidences: Sequence[float], weights: Sequence[float]) -> float:
    """Probability that not all of several equal readings are wrong, by the same count of independent ones."""
    if not weights:
        return 0.0
    mean = sum(sure * weight for sure, weight in zip(confidences, weights, strict=True)) / sum(weights)
    return float(1.0 - (1.0 - min(mean, 1.0 - _LEAST_LEFT)) ** (1 + math.log2(len(weights))))


def posterior(voters: Sequence[TrackReading], texts: Set[str]) -> dict[str, float]:
    """Probability of each of texts and, under "", of any other.

    Every reading spreads its belief over its text and alternatives, and what it leaves over all others. Beliefs
    multiply, but readings of one track err together, so n of them count as 1 + log2(n) independent ones.
    """
    spreads = [(item.weight, _spread(item)) for item in voters]
    scale = (1 + math.log2(len(voters))) / sum(weight for weight, _ in spreads)
    scores = {
        text: scale * sum(weight * math.log(spread.get(text, spread[""])) for weight, spread in spreads)
        for text in {*texts, ""}
    }
    scores[""] -= math.log(_UNLISTED)  # one of many
    highest = max(scores.values())
    shares = {text: math.exp(score - highest) for text, score in scores.items()}
    total = sum(shares.values())
    return {text: share / total for text, share in shares.items()}


def _spread(item: TrackReading) -> dict[str, float]:
    """A reading's belief in each of its texts, and under "" in any single one of all others."""
    beliefs = {other.text: other.confidence for other in item.reading.alternatives if other.text}
    beliefs[item.reading.text] = item.reading.confidence
    total = sum(beliefs.values())
    left = max(_LEAST_LEFT, 1.0 - total)
    scale = min(1.0, (1.0 - left) / total) if total > 0 else 1.0
    unlisted = left * _UNLISTED
    return {"": unlisted, **{text: max(value * scale, unlisted) for text, value in beliefs.items()}}


def _char_confidences(
    text: str, agreeing: Sequence[TrackReading], weights: Sequence[float], beliefs: Mapping[str, float]
) -> tuple[float, ...]:
    """Confidence in each character, as in the text: the belief in all texts that have it, and what its readings say."""
    votes = _columns(text, {other: value for other, value in beliefs.items() if other})
    believed = [votes[i, 0].get(char, 0.0) for i, char in enumerate(text)]
    if not agreeing:
        return tuple(believed)
    said = zip(*(item.reading.char_confidences for item in agreeing), strict=True)
    return tuple(min(belief, _joint(char, weights)) for belief, char in zip(believed, said, strict=True))
