"""Which messages a receiver wants."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from app.notifications.message import EventName, Message
from app.store.hours import ActiveHours

#: A receiver that names no events is told of vehicles once each, and of hits.
DEFAULT_EVENTS = frozenset({EventName.NEW, EventName.HIT})
_ALWAYS = ActiveHours()


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold for a message to be sent; an empty part asks nothing.

    lists: names of watch lists of which one must cover the plate. sources, zones: names, with * and ? as wildcards.
    min_confidence: of the read; messages about sources pass.
    """

    events: frozenset[EventName] = DEFAULT_EVENTS
    lists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    hours: ActiveHours = _ALWAYS
    min_confidence: float = 0.0

    def wants(self, message: Message) -> bool:
        """Says whether the receiver is to get a message; a test always passes."""
        if message.event is EventName.TEST:
            return True
        if message.event not in self.events or not self.hours.covers(message.time):
            return False
        if self.sources and not _matches(message.source, self.sources):
            return False
        if message.read is None:
            return True
        if self.zones and not _matches(message.zone, self.zones):
            return False
        if self.lists and not any(hit.list_name in self.lists for hit in message.hits):
            return False
        return (message.confidence or 0.0) >= self.min_confidence


#: What a receiver gets that was set up without a rule.
ANY_TIME = Rule()


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
