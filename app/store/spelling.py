"""How plates are compared: compact and folded forms, wildcard patterns, edit distance. Pure functions on text."""

import unicodedata

from recognizer.alphabet import LATIN
from recognizer.plate_text import Folding, fold_lookalikes, normalize_text

MAX_LENGTH = 64  # characters of a plate that are searched; the text kept and shown is never cut
ANY_RUN = "*"
ANY_ONE = "?"
_START, _END = "^", "$"


def compact(text: str) -> str:
    """Return the letters and digits of text, upper case, without separators; at most MAX_LENGTH characters."""
    return normalize_text(text)[:MAX_LENGTH]


def fold_compact(text: str) -> str:
    """Return compact(text) with look-alikes made one: O Q D as 0, I L as 1, B as 8, S as 5, Z as 2, G as 6."""
    return fold_lookalikes(compact(text), Folding.SEARCHED)


def pattern(text: str, folded: bool = False) -> str:
    """Return a wildcard pattern in the form the others here take: compact, with * and ? kept and ** made *."""
    kept = normalize_text(text, ANY_RUN + ANY_ONE)[:MAX_LENGTH]
    while ANY_RUN * 2 in kept:
        kept = kept.replace(ANY_RUN * 2, ANY_RUN)
    return fold_lookalikes(kept, Folding.SEARCHED) if folded else kept


def has_wildcard(text: str) -> bool:
    """Say whether text holds * or ? (full-width ones included)."""
    return any(mark in unicodedata.normalize("NFKC", text) for mark in (ANY_RUN, ANY_ONE))


def unreadable(shape: str, folded: bool) -> str:
    """Return the characters of a pattern() that no reader gives: a text that needs one of them is never read.

    folded: look-alikes count as the same, so that letters of other scripts with a Latin letter's shape can be read.
    """
    wanted = fold_lookalikes(shape, Folding.SEARCHED) if folded else shape
    return "".join(dict.fromkeys(c for c in wanted if c not in LATIN + ANY_RUN + ANY_ONE))


def like(shape: str) -> str:
    """Return the SQL LIKE pattern of a pattern(); its characters are letters and digits, so nothing needs escaping."""
    return shape.replace(ANY_RUN, "%").replace(ANY_ONE, "_")


def literal_prefix(shape: str) -> str:
    """Return the characters of a pattern() before its first wildcard."""
    for index, character in enumerate(shape):
        if character in (ANY_RUN, ANY_ONE):
            return shape[:index]
    return shape


def grams(folded: str) -> frozenset[str]:
    """Return all runs of three characters of a folded text, its start marked ^ and its end $."""
    return _windows(_START + folded + _END) if folded else frozenset()


def pattern_grams(shape: str) -> frozenset[str]:
    """Return the grams that every text matching a folded pattern() has; empty if it is too vague for any."""
    pieces = (_START + shape + _END).replace(ANY_ONE, ANY_RUN).split(ANY_RUN)
    return frozenset().union(*(_windows(piece) for piece in pieces))


def pattern_distance(shape: str, text: str, most: int) -> int | None:
    """Return the edits (insert, drop, replace) that make text match a pattern(), or None if more than most.

    The wildcard * stands for any run and ? for any one character, both without cost.
    """
    previous = list(range(len(text) + 1))
    for token in shape:
        current = [previous[0] + (token != ANY_RUN)]
        for column, character in enumerate(text, start=1):
            if token == ANY_RUN:
                current.append(min(previous[column], current[-1]))
            else:
                replaced = previous[column - 1] + (token not in (character, ANY_ONE))
                current.append(min(replaced, previous[column] + 1, current[-1] + 1))
        if min(current) > most:
            return None
        previous = current
    return previous[-1] if previous[-1] <= most else None


def matches(shape: str, text: str) -> bool:
    """Say whether text matches a pattern() exactly."""
    return pattern_distance(shape, text, 0) == 0


def _windows(text: str) -> frozenset[str]:
    return frozenset(text[index : index + 3] for index in range(len(text) - 2))
