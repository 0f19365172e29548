"""Characters and the class indices that stand for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

LATIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Not on any plate: a network that has it spells the plate as it stands, line after line, as CTC must, and writes it
#: before what comes first in the text all the same, such as the region on the lower line of Uzbek plates.
FIRST = "<"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The characters a network can read, in class order; index 0 is the CTC blank, characters follow from 1.

    Raises ValueError when a character stands twice or is not one character.
    """

    characters: str = LATIN

    #: Class index of the CTC blank, also written in every checkpoint.
    BLANK = 0

    def __post_init__(self) -> None:
        doubled = sorted({c for c in self.characters if self.characters.count(c) > 1})
        if doubled or not self.characters:
            raise ValueError(f"alphabet {self.characters!r}: " + (f"{doubled} stand twice" if doubled else "is empty"))

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "Alphabet":
        """Makes the alphabet of the characters that occur in texts, sorted."""
        return cls("".join(sorted(set().union(*texts))))

    @property
    def classes(self) -> int:
        """Number of classes: characters and the blank."""
        return len(self.characters) + 1

    def spelling(self, standing: str) -> str:
        """Spells what stands on a plate as a network of this alphabet does: in written order without FIRST in it."""
        return standing if FIRST in self.characters else write_in_order(standing)

    def encode(self, text: str) -> list[int]:
        """Encodes a text as class indices; ValueError names the characters that are not in the alphabet."""
        unknown = sorted(set(text) - set(self.characters))
        if unknown:
            raise ValueError(f"text {text!r} has characters outside the alphabet: {unknown}")
        return [self.characters.index(c) + 1 for c in text]

    def decode(self, indices: Sequence[int]) -> str:
        """Decodes class indices that hold no blank (an already collapsed path)."""
        return "".join([self.characters[i - 1] for i in indices])


def find_written_order(standing: str) -> list[int]:
    """Finds which characters of what stands on a plate make its text: those after FIRST go before the rest."""
    first = max(0, standing.find(FIRST))
    return [i for i in (*range(first, len(standing)), *range(first)) if standing[i] != FIRST]


def write_in_order(standing: str) -> str:
    """Writes what stands on a plate in the order of its text."""
    return "".join(standing[i] for i in find_written_order(standing))


def count_steps_needed(text: str) -> int:
    """Counts the fewest CTC steps that can spell a text: its length and one blank between equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))
