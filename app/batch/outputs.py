"""The outputs of a run: rows, annotated versions, the log; nothing is told or noted before it is on the disk."""

import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.batch.files import OutputError, RowFile
from app.batch.progress import Item, Progress, Report
from app.batch.state import NOTHING, Done, StateFile, fingerprint
from app.batch.waiting import Answer, Waiting
from app.pipeline.events import PlateEvent, without_evidence
from app.sources.source_id import TrackKey

_SAVING_S = 30.0  # how long the end waits for a log that cannot be written


@dataclass(slots=True)
class Outputs:
    """What to write: files of rows by a name for each, where annotated videos go, and who keeps the events.

    keep gives the log's answer for a final event; such a visit is told, and its source noted as done, only then.
    keep_only is told a source that was begun before and is read anew, and the tracks it has now.
    """

    rows: dict[str, RowFile] = field(default_factory=dict)
    video: Path | None = None
    state: StateFile | None = None
    keep: Callable[[PlateEvent], Answer | None] | None = None
    keep_only: Callable[[str, list[TrackKey]], object] | None = None


class Writing:
    """Writes a run's outputs; what is wrong with one is told, or stands in the report, and stops nothing."""

    def __init__(self, outputs: Outputs, items: Iterable[Item], progress: Progress | None, report: Report) -> None:
        self._outputs = outputs
        self._progress = progress
        self._report = report
        self._inputs = {key for item in items if (key := _identity(Path(item.spec.address))) is not None}
        self._resumed = False
        self._telling, self._noting = Waiting(), Waiting()
        self._troubles: set[str] = set()

    def open(self, resume: bool) -> Done:
        """Open the outputs and return what an earlier run has done."""
        done = self._done_before() if resume else NOTHING
        self._resumed = bool(done.run)
        for name, file in list(self._outputs.rows.items()):
            try:
                self.spare_inputs(file.path)
                file.open(done.lengths.get(name, 0))
                self._report.written.append(file.path)
            except OutputError as error:
                self._report.errors.append(str(error))
                del self._outputs.rows[name]
        if self._outputs.state is not None:
            try:
                self._outputs.state.rewrite(done)
            except OutputError as error:
                self._report.errors.append(str(error))
                self._outputs.state = None
        return done

    def spare_inputs(self, path: Path) -> None:
        """Raise OutputError if an output would overwrite what is to be read."""
        if _identity(path) in self._inputs:
            raise OutputError(f"{path}: is one of the sources, and would be overwritten; choose another place")

    def keep(self, event: PlateEvent) -> Answer | None:
        """Give an event to the log and tell it; a final one once it is on the disk, and then return the answer."""
        answer = self._outputs.keep(event) if self._outputs.keep is not None else None
        if answer is None:
            self._found(event)
        else:
            slim = without_evidence(event)
            self._telling.add(lambda: self._found(slim), (answer,))
        return answer

    def add_rows(self, events: Sequence[PlateEvent]) -> None:
        """Add reads to the report and to the files of rows."""
        self._report.events += events
        for file in self._outputs.rows.values():
            with self._told():
                file.add(events)

    def note_done(self, item: Item, error: str, tracks: list[TrackKey], answers: Sequence[Answer]) -> None:
        """Note a source as done once its rows and its visits are on the disk."""
        state, rows = self._outputs.state, dict(self._outputs.rows)
        lengths = {name: file.length for name, file in rows.items()}
        source = fingerprint(item.spec)

        def done() -> None:
            if self._resumed and self._outputs.keep_only is not None:
                self._outputs.keep_only(item.spec.source_id, tracks)
            if state is not None:
                with self._told():
                    state.add(source, error, lengths)

        self._noting.add(done, answers, lambda: all(rows[name].written >= lengths[name] for name in rows))

    def settle(self, timeout: float = 0.0) -> None:
        """Tell and note what is on the disk by now."""
        until = time.monotonic() + timeout
        self._telling.settle(timeout)
        self._noting.settle(max(0.0, until - time.monotonic()))

    def close(self, interrupted: bool) -> None:
        """Write what waits, close the files, and forget the state of a run that is complete."""
        for file in self._outputs.rows.values():
            try:
                file.write()
            except OutputError as error:
                self._report.errors.append(f"{error}. Its last rows are missing")
            file.close()
        self.settle(_SAVING_S)
        complete = not interrupted and not self._noting and not self._noting.failed
        if self._outputs.state is not None and complete:
            self._outputs.state.remove()

    def _done_before(self) -> Done:
        """What an earlier run left, nothing where its outputs are no longer as it left them."""
        if self._outputs.state is None:
            return NOTHING
        try:
            done = self._outputs.state.load()
        except OutputError as error:
            self._report.errors.append(str(error))
            return NOTHING
        for name, file in self._outputs.rows.items():
            length = done.lengths.get(name, 0)
            if done.sources and (length == 0 or not file.path.is_file() or file.path.stat().st_size < length):
                self._tell(f"{file.path} is not as the stopped run left it: all is read anew")
                return Done({}, {}, done.run)
        return done

    def _found(self, event: PlateEvent) -> None:
        if self._progress:
            self._progress.found(event)

    def _tell(self, text: str) -> None:
        """Say once that something is wrong with an output."""
        if text not in self._troubles:
            self._troubles.add(text)
            if self._progress:
                self._progress.trouble(text)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OutputError as error:
            self._tell(str(error))


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file is, whatever it is called; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
