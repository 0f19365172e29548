"""A recording that is shown again in part: what is seen again is the visit it was before, not another vehicle."""

from dataclasses import dataclass, replace

from app.pipeline.events import EventKind, Identity, PlateEvent, without_evidence
from app.pipeline.ledger import Ledger
from app.sources.source_id import SourceId, TrackKey

_SLACK_S = 0.5


@dataclass(slots=True)
class _Earlier:
    """A visit of an earlier showing of a recording."""

    event: PlateEvent
    taken_by: TrackKey | None = None


class Replays:
    """Gives events of a passage that was shown before the track that they had then."""

    def __init__(self) -> None:
        self._earlier: dict[SourceId, list[_Earlier]] = {}
        self._now: dict[SourceId, Ledger] = {}
        self._alias: dict[TrackKey, tuple[TrackKey, int]] = {}

    def recognize(self, event: PlateEvent) -> PlateEvent:
        """Return event, under the track it had when the same passage was seen before."""
        own = event.identity
        gone: tuple[TrackKey, ...] = ()
        if own.track not in self._alias and (before := self._find(event)) is not None:
            before.taken_by = own.track
            self._alias[own.track] = (before.event.key, before.event.identity.revision)
            gone = (own.track,)  # it may have been shown, misread, under its own key
        absorbed = (*(self._alias.get(key, (key, 0))[0] for key in own.absorbed), *gone)
        key, revisions = self._alias.get(own.track, (own.track, 0))
        kind = own.kind
        if kind is EventKind.WITHDRAWN and revisions:
            kind = EventKind.FINAL  # the earlier showing bore it out
        others = tuple(other for other in absorbed if other != key)
        event = replace(event, identity=Identity(key, own.revision + revisions, kind, others))
        if kind is EventKind.FINAL:
            self._now.setdefault(event.source, Ledger()).apply(without_evidence(event))
        return event

    def end_showing(self, source_id: SourceId) -> None:
        """The source ends, or goes on at another place: what it gave so far is now earlier."""
        known = {item.event.key: item.event for item in self._earlier.get(source_id, [])}
        known.update((event.key, event) for event in self._now.pop(source_id, Ledger()))
        self._earlier[source_id] = [_Earlier(event) for event in known.values()]

    def _find(self, event: PlateEvent) -> _Earlier | None:
        if event.span.is_still:
            return None
        return next((item for item in self._earlier.get(event.source, []) if _is_same_passage(item, event)), None)


def _is_same_passage(item: _Earlier, event: PlateEvent) -> bool:
    before, now = item.event.span, event.span
    overlap = before.first_s - _SLACK_S <= now.last_s and now.first_s <= before.last_s + _SLACK_S
    return item.taken_by is None and item.event.text.plate == event.text.plate and overlap
