"""The little language in which plate formats write their patterns.

    A letter   9 digit   8 digit but 0   X letter or digit   0 to 7 themselves   'TXT' fixed text
    {name} one of a class   (…) smaller lettering, which some countries write before the rest
    space gap   - dash   . dot   * ornament or seal   | rule   / next line
    # small stacked letters, not part of the text

A pattern may end in ``@3``: drawn three times as often as one without.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from random import Random

from recognizer.alphabet import FIRST

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class PatternError(ValueError):
    """A pattern or class that cannot be understood."""


class TokenKind(Enum):
    """What a piece of a plate's text is: a character of the text, or what stands between characters."""

    CHARACTER = "character"
    GAP = " "
    DASH = "-"
    DOT = "."
    ORNAMENT = "*"
    RULE = "|"
    LINE = "/"
    STACK = "#"


@dataclass(frozen=True, slots=True)
class Token:
    """One place of a pattern: the texts that may stand there (none for separators), and whether drawn small."""

    kind: TokenKind
    choices: tuple[str, ...] = ()
    small: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to draw: a character of the text, or a separator (text is empty)."""

    kind: TokenKind
    text: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern: its source, the places in order, its weight and the expression its texts match."""

    source: str
    tokens: tuple[Token, ...]
    weight: float
    expression: re.Pattern[str]
    small_first: bool = False

    def sample(self, rng: Random) -> tuple[Piece, ...]:
        """Draws one plate: the pieces as they stand, line after line."""
        pieces: list[Piece] = []
        for token in self.tokens:
            if token.kind is not TokenKind.CHARACTER:
                pieces.append(Piece(token.kind))
                continue
            text = token.choices[int(rng.random() * len(token.choices))]
            pieces.extend(Piece(TokenKind.CHARACTER, character, token.small) for character in text)
        return tuple(pieces)

    def text_of(self, pieces: Sequence[Piece]) -> str:
        """Returns what stands on drawn pieces, with FIRST before the small ones where the country reads those first."""
        large, small = ("".join(piece.text for piece in pieces if piece.small is size) for size in (False, True))
        return f"{large}{FIRST}{small}" if self.small_first else "".join(piece.text for piece in pieces)


def expand_classes(values: Sequence[str]) -> tuple[str, ...]:
    """Spells a class out: ``01..03`` becomes 01, 02, 03; anything else stands for itself."""
    result: list[str] = []
    for value in values:
        span = re.fullmatch(r"(\d+)\.\.(\d+)", value)
        if span is None:
            if not re.fullmatch(r"[A-Z0-9]+", value):
                raise PatternError(f"class value {value!r}: only A-Z, 0-9 and spans such as 01..99 are possible")
            result.append(value)
            continue
        first, last = span.groups()
        result.extend(str(number).zfill(len(first)) for number in range(int(first), int(last) + 1))
    return tuple(result)


def parse_pattern(
    source: str, letters: str, digits: str, classes: Mapping[str, Sequence[str]], small_first: bool = False
) -> Pattern:
    """Parses one pattern of a plate format.

    Args:
        source: The pattern, as docs/reference/plate-formats.md describes it.
        letters: Letters that the format allows.
        digits: Digits that the format allows.
        classes: Named sets of texts that a pattern may refer to.
        small_first: Whether the line's first group is the small one.

    Raises:
        PatternError: The pattern cannot be understood.
    """
    body, _, weight = source.partition("@")
    choices = {
        "A": tuple(letters),
        "9": tuple(digits),
        "8": tuple(digits.replace("0", "")),
        "X": tuple(letters + digits),
    }
    tokens: list[Token] = []
    small = False
    for part in re.findall(r"\{[^}]*\}|'[^']*'|.", body.strip()):
        if part in "()":
            small = part == "("
        else:
            tokens.append(_parse_token(part, source, choices, classes, small))
    characters = [token for token in tokens if token.kind is TokenKind.CHARACTER]
    if not characters:
        raise PatternError(f"pattern {source!r} has no place for a character")
    try:
        share = float(weight) if weight else 1.0
    except ValueError:
        raise PatternError(f"pattern {source!r}: the weight after @ must be a number") from None
    if small_first:
        sizes = [token.small for token in characters]
        if sizes != sorted(sizes) or len(set(sizes)) < 2:
            raise PatternError(f"pattern {source!r}: small_first wants small lettering at its end, and only there")
        characters.sort(key=lambda token: not token.small)
    expression = re.compile("".join(_make_expression(token) for token in characters))
    return Pattern(source, tuple(tokens), share, expression, small_first)


def _parse_token(
    part: str, source: str, choices: Mapping[str, tuple[str, ...]], classes: Mapping[str, Sequence[str]], small: bool
) -> Token:
    """Parses one place of a pattern from its spelling."""
    if part in choices:
        return Token(TokenKind.CHARACTER, choices[part], small)
    if part.startswith("{"):
        if part[1:-1] not in classes:
            raise PatternError(f"pattern {source!r}: class {part} is not among the format's classes")
        return Token(TokenKind.CHARACTER, expand_classes(classes[part[1:-1]]), small)
    if part.startswith("'"):
        return Token(TokenKind.CHARACTER, expand_classes([part[1:-1]]), small)
    if part in DIGITS:
        return Token(TokenKind.CHARACTER, (part,), small)
    try:
        return Token(TokenKind(part))
    except ValueError:
        raise PatternError(f"pattern {source!r}: {part!r} means nothing") from None


def _make_expression(token: Token) -> str:
    """Makes the regular expression of one place that has a character."""
    if all(len(choice) == 1 for choice in token.choices):
        return f"[{''.join(dict.fromkeys(token.choices))}]"
    return f"(?:{'|'.join(sorted(set(token.choices), key=lambda choice: (-len(choice), choice)))})"
