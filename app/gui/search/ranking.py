"""Finding a plate as it is typed: a few reads that fit are ranked, the best fit first, and what fits is marked."""

from dataclasses import dataclass, replace
from enum import IntEnum

from app.records import Record
from app.store.search import Query
from app.store.spelling import ANY_ONE, ANY_RUN, compact, fold_compact, has_wildcard
from app.store.store import Store

MOST_RANKED = 400  # more are shown newest first: nobody reads so many, and ranking would have to know all
_MOST_NEAR = 60  # reads that are one character off, of which more would hide the rest
_LEAST_NEAR = 6  # characters: of shorter texts too many plates are one character off, and few searches are quick


class Fit(IntEnum):
    """How well a plate fits what was typed, the best first."""

    EXACT = 0
    LOOK_ALIKE = 1
    ONE_OFF = 2
    PART = 3
    OTHER_TEXT = 4  # an alternative or the reading before a correction fits


@dataclass(frozen=True, slots=True)
class RankedVisits:
    """All reads that fit a text, the best first; known is False where there are too many to rank."""

    visits: tuple[Record, ...] = ()
    known: bool = True


def typed_query(text: str) -> str:
    """Return the pattern that a typed text stands for: a part of the plate, unless it has wildcards of its own."""
    typed = text.strip()
    return typed if not compact(typed) or has_wildcard(typed) else f"{ANY_RUN}{typed}{ANY_RUN}"


def typed_part(query: Query) -> str:
    """Return the text that a query looks for as a part of the plate, empty where it looks for a pattern."""
    inner = query.plate[1:-1] if query.plate[:1] == query.plate[-1:] == ANY_RUN else ""
    return "" if has_wildcard(inner) else inner


def fetch_ranked(store: Store, query: Query) -> RankedVisits:
    """Return the reads that have a typed text in their plate, and those that are one character off, the best first."""
    part = typed_part(query)
    page = store.page(query, None, MOST_RANKED + 1)
    if len(page.visits) > MOST_RANKED:
        return RankedVisits(known=False)
    found = {visit.id: visit for visit in page.visits}
    for shape in _near_shapes(compact(part)):
        if len(found) >= MOST_RANKED:
            break
        near = store.page(replace(query, plate=shape, alternatives=False), None, _MOST_NEAR)
        found.update((visit.id, visit) for visit in near.visits if visit.id not in found)
    newest_first = sorted(found.values(), key=lambda visit: visit.first_time, reverse=True)
    return RankedVisits(tuple(sorted(newest_first, key=lambda visit: rate_fit(visit.plate, part))))


def rate_fit(plate: str, part: str) -> Fit:
    """Return how well a plate fits a typed text."""
    whole, wanted = compact(plate), compact(part)
    if whole == wanted:
        return Fit.EXACT
    if fold_compact(plate) == fold_compact(part):
        return Fit.LOOK_ALIKE
    if fold_compact(part) in fold_compact(plate):
        return Fit.PART
    return Fit.ONE_OFF if abs(len(whole) - len(wanted)) <= 1 else Fit.OTHER_TEXT


def match_span(plate: str, part: str) -> tuple[int, int] | None:
    """Return from and to which character of a plate a typed text fits it, look-alikes included; None if it does not."""
    kept = [(place, fold_compact(character)) for place, character in enumerate(plate) if fold_compact(character)]
    wanted = fold_compact(part)
    at = "".join(character for _, character in kept).find(wanted) if wanted else -1
    return (kept[at][0], kept[at + len(wanted) - 1][0] + 1) if at >= 0 else None


def _near_shapes(wanted: str) -> tuple[str, ...]:
    """Return the patterns of plates that differ in one character: another one, one more, one less."""
    if len(wanted) < _LEAST_NEAR:
        return ()
    places = range(len(wanted))
    other = [wanted[:at] + ANY_ONE + wanted[at + 1 :] for at in places]
    more = [wanted[:at] + ANY_ONE + wanted[at:] for at in range(len(wanted) + 1)]
    less = [wanted[:at] + wanted[at + 1 :] for at in places]
    return tuple(dict.fromkeys((*other, *more, *less)))
