"""Which sources of a run are done, kept beside its CSV, so that a run that was killed can go on where it stopped.

The first line names the run, as the log has it. Then one JSON line a finished source, written once its rows and its
visits are on the disk: what stands in the outputs beyond the lengths in the last line belongs to a source that was not
finished, and is cut off when the run is resumed.
"""

import json
import os
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.pipeline.sink import Bus, Sink
from app.sinks.row_file import LineFile, OutputError, start_private, unwritable
from app.sources.source import SourceSpec

Lengths = dict[str, int]
_LONGEST_RUN = 32  # as the log takes it


@dataclass(frozen=True, slots=True)
class Done:
    """What an earlier run left: the sources it finished, with their faults, its outputs' lengths then, its name."""

    sources: Mapping[str, str]
    lengths: Lengths
    run: str = ""


NOTHING = Done({}, {})


class StateFile:
    """The file of finished sources; run is the name of the run that writes it."""

    def __init__(self, path: Path, run: str = "") -> None:
        self.path = path
        self.run = run

    @classmethod
    def beside(cls, output: Path, run: str = "") -> "StateFile":
        """Return the state file that belongs to an output."""
        return cls(output.with_name(output.name + ".state"), run)

    def load(self) -> Done:
        """Read what is done; a last line that was cut off by a crash does not count. Raises OutputError."""
        sources: dict[str, str] = {}
        lengths: Lengths = {}
        run = ""
        for number, line in enumerate(self._lines()):
            try:
                entry = json.loads(line)
                if number == 0 and "run" in entry:
                    run = str(entry["run"])[:_LONGEST_RUN]
                    continue
                source, error = str(entry["source"]), str(entry["error"])
                found = {str(name): int(length) for name, length in entry["lengths"].items()}
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                break
            if any(length < 0 for length in found.values()):
                break
            sources[source], lengths = error, found
        return Done(sources, lengths, run)

    def rewrite(self, done: Done) -> None:
        """Begin the file with what load() found, without a line that was cut off. Raises OutputError."""
        part = self.path.with_name(self.path.name + ".part")
        lines = [_line(run=self.run)]
        lines += [_line(source=source, error=error, lengths=done.lengths) for source, error in done.sources.items()]
        try:
            with start_private(part) as file:
                file.write("".join(lines).encode())
                os.fsync(file.fileno())
            part.replace(self.path)  # killed before this, the run goes on from the old one
        except OSError as error:
            raise unwritable(self.path, error) from error

    def add(self, source: str, error: str, lengths: Lengths) -> None:
        """Note a finished source by its fingerprint, its fault if it had one, the outputs' lengths. OutputError."""
        try:
            with self.path.open("ab", buffering=0) as file:
                file.write(_line(source=source, error=error, lengths=lengths).encode())
                os.fsync(file.fileno())
        except OSError as trouble:
            raise unwritable(self.path, trouble) from trouble

    def remove(self) -> None:
        """Delete the file, once everything is done."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise unwritable(self.path, error) from error


def _line(**entry: object) -> str:
    return json.dumps(entry) + "\n"


def fingerprint(spec: SourceSpec) -> str:
    """Name a file with its size and time, so that a file that was replaced is read again."""
    try:
        stat = Path(spec.address).stat()
    except OSError:
        return spec.source_id
    return f"{spec.source_id}|{stat.st_size}|{stat.st_mtime_ns}"


class ResumeSink(Sink):
    """Notes each source as done once all that was read of it is on the disk; comes after the files of rows."""

    def __init__(self, state: StateFile, rows: Mapping[str, LineFile]) -> None:
        self._state = state
        self._rows = rows
        self._bus: Bus | None = None
        self._ended: dict[str, deque[tuple[str, Lengths]]] = {}  # by name: a source may be named twice
        self._left = 0

    @property
    def name(self) -> str:
        """How it is called where it fails."""
        return str(self._state.path)

    def connect(self, bus: Bus) -> None:
        """Take the bus, for trouble with the disk."""
        self._bus = bus

    def on_source_ended(self, source: SourceSpec, error: str) -> None:
        """Note what the source is now, and how long the outputs will be with it."""
        lengths = {name: file.length for name, file in self._rows.items()}
        self._ended.setdefault(source.source_id, deque()).append((fingerprint(source), lengths))
        self._left += 1

    def on_source_kept(self, source: SourceSpec, error: str) -> None:
        """Write that the source is done."""
        mark, lengths = self._ended[source.source_id].popleft()
        self._left -= 1
        try:
            self._state.add(mark, error, lengths)
        except OutputError as trouble:
            if self._bus is not None:
                self._bus.tell_trouble(str(trouble))

    def close(self, interrupted: bool) -> Sequence[str]:
        """Forget the state of a run that is complete."""
        if not interrupted and not self._left:
            self._state.remove()
        return ()
