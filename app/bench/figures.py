"""What a measurement brings, and its way from the measuring process to the one that reports."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

DETECT_SIZE = 640  # pixels of the longer side of the input at which detectors are compared: detect_ms is of that


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one thing takes, in milliseconds: median and 95th percentile over count times."""

    name: str
    median_ms: float
    p95_ms: float
    count: int

    @classmethod
    def of(cls, name: str, seconds: Sequence[float]) -> "Timing":
        """From single times; ValueError when there is none."""
        if not len(seconds):
            raise ValueError(f"{name}: nothing was measured; give a longer clip")
        median, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
        return cls(name, float(median), float(p95), len(seconds))


@dataclass(frozen=True, slots=True)
class Measured:
    """One part of the bench: timings, single figures by name (the unit is in the name), and settings in words."""

    part: str
    timings: tuple[Timing, ...] = ()
    values: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def timing(self, name: str) -> Timing:
        """The timing of that name; KeyError if this part has none."""
        found = next((timing for timing in self.timings if timing.name == name), None)
        if found is None:
            raise KeyError(f"{self.part}: no timing {name}")
        return found

    def to_line(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_line(cls, line: str) -> "Measured":
        """The inverse of to_line(); ValueError for a line that is none."""
        try:
            raw = json.loads(line)
            timings = tuple(Timing(**timing) for timing in raw["timings"])
            return cls(str(raw["part"]), timings, dict(raw["values"]), dict(raw["notes"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a line of the bench: {line[:80]!r}") from error
