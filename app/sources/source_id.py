"""Names of sources and of the tracks in them: made, joined and taken apart here alone.

A source has a key (SourceId), which events, the log and the settings go by and which never holds a password; an
address, which is what is opened (`SourceSpec.address`); and a label, which a window shows.
"""

from dataclasses import dataclass
from typing import NewType, Self

SourceId = NewType("SourceId", str)

_SEPARATOR = "#"


@dataclass(frozen=True, slots=True, order=True)
class TrackKey:
    """Names one track of one source for as long as the program runs.

    number counts the tracks of a source from 1; a source that is opened again goes on counting.
    """

    source: SourceId
    number: int

    def __str__(self) -> str:
        return join_track(self.source, str(self.number))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key that str() wrote. Raises ValueError."""
        source, separator, number = text.rpartition(_SEPARATOR)
        if not separator or not number.isdecimal():
            raise ValueError(f"{text!r} names no track: a source, {_SEPARATOR} and a number")
        return cls(SourceId(source), int(number))


def join_track(source: str, track: str) -> str:
    """Return the text that names a track of a source everywhere; empty where there is no track."""
    return f"{source}{_SEPARATOR}{track}" if track else ""


def track_within(source: str, text: str) -> str:
    """Return what join_track was given as track; text itself where it does not begin with the source."""
    return text.removeprefix(f"{source}{_SEPARATOR}")
