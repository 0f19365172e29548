"""Active hours of a watch-list entry: `Mon-Fri 08:00-18:00; Sat 22:00-06:00`, in the machine's local time."""

import re
from dataclasses import dataclass
from datetime import datetime, time

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE = re.compile(
    r"(?:(?P<days>[a-z]{3}(?:\s*[-,]\s*[a-z]{3})*)\s*)?(?:(?P<start>\d{1,2}:\d{2})\s*-\s*(?P<end>\d{1,2}:\d{2}))?",
    re.IGNORECASE,
)
_WHOLE_DAY = (time(0), time(0))


@dataclass(frozen=True, slots=True)
class HoursRule:
    """On these days (0 is Monday) from start to end; end at or before start lies on the next day."""

    days: frozenset[int]
    start: time
    end: time

    def covers(self, when: datetime) -> bool:
        """Say whether a local time falls into the rule, its start included and its end not."""
        now, day = when.time().replace(tzinfo=None), when.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= now < self.end
        return (day in self.days and now >= self.start) or ((day - 1) % 7 in self.days and now < self.end)


@dataclass(frozen=True, slots=True)
class ActiveHours:
    """When an entry counts; without rules it always does."""

    rules: tuple[HoursRule, ...] = ()

    def covers(self, when: datetime) -> bool:
        """Say whether an aware time falls into these hours, as the machine's clock shows it."""
        local = when.astimezone()
        return not self.rules or any(rule.covers(local) for rule in self.rules)


def parse_hours(text: str) -> ActiveHours:
    """Return the hours that text names; empty text means always. Raises ValueError that says what is wrong."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return ActiveHours(tuple(_rule(part) for part in parts))


def _rule(text: str) -> HoursRule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise ValueError(f"'{text}' are no hours: write them like 'Mon-Fri 08:00-18:00; Sat 22:00-06:00'")
    start, end = _WHOLE_DAY
    if match["start"]:
        start, end = _time(match["start"]), _time(match["end"])
    return HoursRule(_days(match["days"]) if match["days"] else frozenset(range(7)), start, end)


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if hour == 24 and minute == 0:
        return time(0)
    if hour > 23 or minute > 59:
        raise ValueError(f"'{text}' is no time of day")
    return time(hour, minute)


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.lower().split(","):
        first, *rest = [_day(name.strip()) for name in part.split("-")]
        last = rest[-1] if rest else first
        found.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(found)


def _day(name: str) -> int:
    if name not in _DAYS:
        raise ValueError(f"'{name}' is no day: use Mon, Tue, Wed, Thu, Fri, Sat, Sun")
    return _DAYS.index(name)
