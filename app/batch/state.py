"""Which sources of a run are done, kept beside its CSV, so that a run that was killed can go on where it stopped.

One JSON line a finished source, written after its rows: what stands in the outputs beyond the lengths in the last line
belongs to a source that was not finished, and is cut off when the run is resumed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.batch.writers import OutputError
from app.pipeline.sources import SourceSpec

Lengths = dict[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run left: the sources it finished, with their faults, and how long its outputs were then."""

    sources: Mapping[str, str]
    lengths: Lengths


class StateFile:
    """The file of finished sources."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def beside(cls, output: Path) -> "StateFile":
        """Return the state file that belongs to an output."""
        return cls(output.with_name(output.name + ".state"))

    def load(self) -> Done:
        """Read what is done; a last line that was cut off by a crash does not count."""
        sources: dict[str, str] = {}
        lengths: Lengths = {}
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return Done({}, {})
        for line in lines:
            try:
                entry = json.loads(line)
                source, error = str(entry["source"]), str(entry["error"])
                found = {str(name): int(length) for name, length in entry["lengths"].items()}
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                break
            if any(length < 0 for length in found.values()):
                break
            sources[source], lengths = error, found
        return Done(sources, lengths)

    def start(self) -> None:
        """Begin a run anew; raises OutputError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("", encoding="utf-8")
        except OSError as error:
            raise OutputError(f"{self.path}: cannot be written ({error.strerror}); choose another place") from error

    def rewrite(self, done: Done) -> None:
        """Write anew what load() found, without a line that was cut off."""
        self.start()
        for source, error in done.sources.items():
            self._append(source, error, done.lengths)

    def add(self, spec: SourceSpec, error: str, lengths: Lengths) -> None:
        """Note a finished source, its fault if it had one, and the lengths of the outputs by name."""
        self._append(fingerprint(spec), error, lengths)

    def remove(self) -> None:
        """Delete the file, once everything is done."""
        self.path.unlink(missing_ok=True)

    def _append(self, source: str, error: str, lengths: Lengths) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"source": source, "error": error, "lengths": lengths}) + "\n")
            file.flush()
            os.fsync(file.fileno())


def fingerprint(spec: SourceSpec) -> str:
    """Name a file with its size and time, so that a file that was replaced is read again."""
    try:
        stat = Path(spec.address).stat()
    except OSError:
        return spec.source_id
    return f"{spec.source_id}|{stat.st_size}|{stat.st_mtime_ns}"
