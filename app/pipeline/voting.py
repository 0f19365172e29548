"""Readings of one plate vote: one posterior over the texts they allow, with a rest for "none of these".

Every reading comes with a posterior of its own: probabilities of its texts that sum to less than 1, the rest for all
that it does not list. Readings of one track are combined as dependent evidence, a tempered product of these. A single
reading's vote is its own posterior, unchanged.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from app.pipeline.events import TrackReading
from app.pipeline.plausibility import fuse_plate_evidence
from recognizer.readings import Alternative

GAP = ""
_MOST_ALTERNATIVES = 5
_MOST_RIVALS = 12
# Readings that decide, those of most weight: small ones err alike, and many of them would outvote a few large ones.
_MOST_DECIDING = 12
_LEAST_BELIEF = 1e-9  # in a text a reading lists: its logarithm is taken
_LEAST_LEFT = 0.002  # no reading rules out more firmly that it is wrong
# Readings of one track err together. So each doubling of their number counts as a share of an independent reading, and
# that two agree on a text speaks less for it than by chance: a single text that a reading does not list, or hardly
# allows, gets a good share of what the reading leaves. Both chosen on windows of 2 to 20 readings of real clips, by log
# likelihood of the right text.
_DEPENDENCE = 0.35
_UNLISTED = 0.3
# Share of tracks whose readings all agree on a wrong text: one that looks like another at every distance.
_LEAST_DOUBT = 0.02
_REGION_SHARE = 0.5  # of all readings' weight, with the confidence each has in the region it names
# A column (i, 0) is the backbone's character i; (i, j) with j > 0 is the j-th character inserted after i.
Column = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Vote:
    """The outcome of a vote.

    text: the likeliest text that enough readings say; else the likeliest one.
    confidence: its probability; with those of the alternatives it sums to at most 1.
    char_confidences: one a character of text.
    alternatives: likeliest first; the first may be likelier than text, where fewer readings say it.
    agreeing: readings whose own first choice is text; whole: those of them with the whole plate in the picture.
    readings: all that voted. share: the part of all weight that says text. weight: what agreed, summed up.
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


def vote(readings: Sequence[TrackReading], min_agreement: int = 1) -> Vote | None:
    """Decide what a plate says.

    Args:
        readings: of one plate, in any order.
        min_agreement: how many readings must say the text by themselves, where any text is said so often.

    Returns:
        The outcome, None when nothing was read.
    """
    voters = [item for item in readings if item.reading.text and item.weight > 0]
    if not voters:
        return None
    said = dict(Counter(item.reading.text for item in voters).most_common(_MOST_RIVALS))
    deciding = sorted(voters, key=_weightiest)[:_MOST_DECIDING]
    beliefs = posterior(deciding, _rivals(voters) | set(said))
    agreed = [text for text, count in said.items() if count >= min_agreement] or list(said)
    return _outcome(max(agreed, key=lambda text: (beliefs[text], text)), voters, beliefs)


def _rivals(voters: Sequence[TrackReading]) -> set[str]:
    """Return the texts with most support; the many that hardly any reading allows take time and decide nothing."""
    totals: dict[str, float] = defaultdict(float)
    for item in voters:
        for other in item.reading.alternatives:
            if other.text:
                totals[other.text] += item.weight * other.confidence
    return {text for text, _ in sorted(totals.items(), key=_heaviest)[:_MOST_RIVALS]}


def _columns(backbone: str, totals: Mapping[str, float]) -> dict[Column, dict[str, float]]:
    """Sum the votes of every column; where some texts insert a character, all others vote for the gap."""
    votes: dict[Column, dict[str, float]] = {(i, 0): defaultdict(float) for i in range(len(backbone))}
    for text, weight in totals.items():
        for column, (_, char) in _place_characters(backbone, text):
            votes.setdefault(column, defaultdict(float))[char] += weight
    return votes


def _place_characters(backbone: str, text: str) -> list[tuple[Column, tuple[str, str]]]:
    """Pair each alignment pair with the column it falls into."""
    placed: list[tuple[Column, tuple[str, str]]] = []
    index, inserted = -1, 0
    for pair in align(backbone, text):
        index, inserted = (index, inserted + 1) if pair[0] == GAP else (index + 1, 0)
        placed.append(((index, inserted), pair))
    return placed


def _outcome(text: str, voters: Sequence[TrackReading], beliefs: Mapping[str, float]) -> Vote:
    """Sum up how well text is supported."""
    agreeing = [item for item in voters if item.reading.text == text]
    total = sum(item.weight * item.reading.confidence for item in voters)
    weight = sum(item.weight * item.reading.confidence for item in agreeing)
    others = sorted(((other, value) for other, value in beliefs.items() if other not in (text, "")), key=_heaviest)
    confidence = beliefs[text]
    return Vote(
        text,
        confidence,
        # A text is no surer than any of its characters.
        tuple(max(confidence, char) for char in _char_confidences(text, agreeing, beliefs)),
        tuple(Alternative(other, value) for other, value in others[:_MOST_ALTERNATIVES]),
        len(agreeing),
        sum(not item.cut for item in agreeing),
        len(voters),
        weight / total if total > 0 else 0.0,
        weight,
    )


def _weightiest(item: TrackReading) -> tuple[float, float, str]:
    return -item.weight, -item.reading.confidence, item.reading.text


def _heaviest(pair: tuple[str, float]) -> tuple[float, str]:
    return -pair[1], pair[0]


def _independent(count: int) -> float:
    """Return how many independent readings so many of one track are worth."""
    return 1 + _DEPENDENCE * math.log2(count)


def vote_region(readings: Sequence[TrackReading]) -> str:
    """Return the region that the readings of one plate point to, empty where they leave it open."""
    shares: dict[str, float] = defaultdict(float)
    for item in readings:
        if item.reading.region:
            shares[item.reading.region] += item.weight * item.reading.region_confidence
    region = max(shares, key=lambda name: (shares[name], name), default="")
    total = sum(item.weight for item in readings)
    return region if region and shares[region] >= _REGION_SHARE * total else ""


def posterior(voters: Sequence[TrackReading], texts: Set[str]) -> dict[str, float]:
    """Return the probability of each of texts and, under "", of any other or no plate; together 1.

    What readings believe of a plate's text multiplies, each by its weight, tempered since readings of one track err
    together. However many agree, some doubt stays that all of them err alike, unless one reading by itself is surer.
    That it is a plate at all no agreement makes likelier, since a sign reads the same in every frame: of that the mean
    counts.
    """
    spreads = [(item.weight, _spread(item, len(voters) == 1)) for item in voters]
    scale = _independent(len(voters)) / sum(weight for weight, _ in spreads)
    scores = {
        text: scale * sum(weight * math.log(spread.get(text, spread[""])) for weight, spread in spreads)
        for text in {*texts, ""}
    }
    scores[""] -= math.log(_UNLISTED)  # one of many
    highest = max(scores.values())
    shares = {text: math.exp(score - highest) for text, score in scores.items()}
    scale = 1.0 / sum(shares.values())
    beliefs = {text: share * scale for text, share in shares.items()}
    surest = max(belief for text, belief in beliefs.items() if text)
    bound = max(1.0 - _LEAST_DOUBT, *(max(spread.values()) for _, spread in spreads))
    kept = min(1.0, bound / surest) * plate_probability(voters)
    beliefs = {text: belief * kept for text, belief in beliefs.items()}
    beliefs[""] += 1.0 - sum(beliefs.values())
    return beliefs


def plate_probability(readings: Sequence[TrackReading]) -> float:
    """Return the probability that readings are of a plate: their mean by weight, 1 where the reader is silent."""
    total = sum(item.weight for item in readings)
    if not total or not tells_plates(readings):
        return 1.0
    fused = (item.weight * fuse_plate_evidence(item.reading, item.score) for item in readings)
    return sum(fused) / total


def tells_plates(readings: Sequence[TrackReading]) -> bool:
    """Tell whether the reader says of any of the readings how likely it is of a plate."""
    return any(item.reading.plate_probability < 1.0 for item in readings)


def _spread(item: TrackReading, alone: bool) -> dict[str, float]:
    """Return a reading's belief in each of its texts if it is of a plate, and under "" in any single one of all others.

    Unless it is alone, no text that it lists is believed less than one that it does not.
    """
    of_plate = max(item.reading.plate_probability, _LEAST_BELIEF)
    beliefs = {other.text: other.confidence / of_plate for other in item.reading.alternatives if other.text}
    beliefs[item.reading.text] = item.reading.confidence / of_plate
    total = sum(beliefs.values())
    left = max(_LEAST_LEFT, 1.0 - total)
    scale = min(1.0, (1.0 - left) / total) if total > 0 else 1.0
    unlisted = left * _UNLISTED
    least = 0.0 if alone else unlisted
    return {"": unlisted, **{text: max(value * scale, least, _LEAST_BELIEF) for text, value in beliefs.items()}}


def _char_confidences(text: str, agreeing: Sequence[TrackReading], beliefs: Mapping[str, float]) -> tuple[float, ...]:
    """Return the confidence in each character: the belief in all texts that have it, and what its readings say.

    Texts that nobody listed are left out: they say nothing of which character is the wrong one.
    """
    listed = {other: value for other, value in beliefs.items() if other}
    votes, total = _columns(text, listed), sum(listed.values())
    believed = [votes[i, 0].get(char, 0.0) / total if total > 0 else 0.0 for i, char in enumerate(text)]
    if not agreeing:
        return tuple(believed)
    said = zip(*(item.reading.char_confidences for item in agreeing), strict=True)
    weights = [item.weight for item in agreeing]
    return tuple(min(belief, _joint(char, weights)) for belief, char in zip(believed, said, strict=True))


def _joint(confidences: Sequence[float], weights: Sequence[float]) -> float:
    """Return the probability that not all of several equal readings of a character are wrong."""
    mean = sum(sure * weight for sure, weight in zip(confidences, weights, strict=True)) / sum(weights)
    return float(1.0 - (1.0 - min(mean, 1.0 - _LEAST_LEFT)) ** _independent(len(weights)))
