"""Plate texts made comparable: separators and accents taken away, look-alikes folded, edits counted.

All comparisons of the program go through here, with one of three foldings, each for a reason of its own. In all of them
a Cyrillic letter counts as the Latin one of its shape, since people type what they see:

- PRINTED, for scores: what many countries print alike, so that no reader can tell it apart.
- SEEN, for two reads of one vehicle: what a camera confuses in blurred or small plates.
- SEARCHED, for the log and the watch lists: as SEEN, without T.
"""

import unicodedata
from collections.abc import Collection
from enum import Enum

# Characters that cameras and fonts make hard to tell apart; the first of each group stands for all.
_GROUPS = ("0ODQ", "1ILT", "8B", "5S", "2Z", "6G")
_SEEN = {other: group[0] for group in _GROUPS for other in group[1:]}
_PRINTED = {"O": "0", "I": "1"}
# The log's index is kept in this form. T is not among them: a search for T that finds every 1 finds strangers.
_SEARCHED = {letter: digit for letter, digit in _SEEN.items() if letter != "T"}
# Cyrillic letters that plates of several countries share with Latin ones, by shape (Vienna Convention, annex 3).
_CYRILLIC = dict(zip("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI", strict=True))
# Letters that Unicode does not take apart into a letter and an accent.
_UNACCENTED = str.maketrans({"Ø": "O", "Đ": "D", "Ł": "L", "Æ": "AE", "Œ": "OE", "ẞ": "SS"})


class Folding(Enum):
    """Which characters count as the same; see the module."""

    PRINTED = "printed"
    SEEN = "seen"
    SEARCHED = "searched"


def _make_table(same: dict[str, str]) -> dict[int, str]:
    """Makes a table of what counts as the same, for Cyrillic letters by their shapes too."""
    return str.maketrans(same | {cyrillic: same.get(latin, latin) for cyrillic, latin in _CYRILLIC.items()})


_TABLES = {
    Folding.PRINTED: _make_table(_PRINTED),
    Folding.SEEN: _make_table(_SEEN),
    Folding.SEARCHED: _make_table(_SEARCHED),
}


def normalize_text(text: str, keep: Collection[str] = "") -> str:
    """Keeps the upper-case letters and digits of a text, without separators and accents: `wü-ab 123` is WUAB123.

    Args:
        text: A plate as a person writes it or a reader reads it.
        keep: Other characters that stay, such as wildcards.
    """
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).upper())
    # Accents of Latin, Greek and Cyrillic letters only: what marks a Japanese kana makes it another letter.
    whole = unicodedata.normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))
    return "".join(c for c in whole.translate(_UNACCENTED) if c.isalnum() or c in keep)


def fold_lookalikes(text: str, folding: Folding = Folding.PRINTED) -> str:
    """Makes look-alikes of a text, in upper case, one character."""
    return text.upper().translate(_TABLES[folding])


def edit_distance(first: str, second: str) -> int:
    """Counts the fewest insertions, deletions and substitutions from one text to the other (Levenshtein 1966)."""
    row = list(range(len(second) + 1))
    for i, x in enumerate(first, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(second, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
