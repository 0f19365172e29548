"""The files that a run writes: opened together, anew or where an earlier run of them was stopped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.pipeline.file_scheduler import QueuedSource
from app.pipeline.sink import Sink
from app.sinks.input_files import InputFiles
from app.sinks.resume import NOTHING, Done, ResumeSink, StateFile, fingerprint
from app.sinks.row_file import LineFile, OutputError, is_stream


@dataclass(slots=True)
class OpenedOutputs:
    """The files of a run as sinks, and what is left to read.

    skipped: sources that an earlier run has done; errors: their faults, and files that cannot be written.
    notices: what a person should know.
    """

    sinks: list[Sink] = field(default_factory=list)
    items: list[QueuedSource] = field(default_factory=list)
    skipped: list[QueuedSource] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)
    resumed: bool = False


def open_outputs(
    items: Sequence[QueuedSource], rows: Mapping[str, LineFile], state: StateFile | None, resume: bool = False
) -> OpenedOutputs:
    """Open files of rows and the state beside them.

    Args:
        items: What the run is to read.
        rows: The files, by a name for each that the state bears.
        state: Where sources are noted as done; None for no such file.
        resume: Go on where the run that left the state was stopped, instead of beginning anew.

    Returns:
        The sinks in order. A file that cannot be written is an error and no sink.
    """
    opened = OpenedOutputs()
    done = _done_before(rows, state, opened) if resume and state is not None else NOTHING
    opened.resumed = bool(done.run)
    _skip_done(items, done, opened)
    inputs, good = InputFiles(item.spec for item in items), dict(rows)
    for name, file in rows.items():
        try:
            inputs.spare(file.path)
            file.open(done.lengths.get(name, 0))
            if not is_stream(file.path):
                opened.written.append(file.path)
        except OutputError as error:
            opened.errors.append(str(error))
            del good[name]
    opened.sinks += good.values()
    if state is not None:
        try:
            state.rewrite(done)
            opened.sinks.append(ResumeSink(state, good))
        except OutputError as error:
            opened.errors.append(str(error))
    return opened


def _done_before(rows: Mapping[str, LineFile], state: StateFile, opened: OpenedOutputs) -> Done:
    """What an earlier run left, nothing where its outputs are no longer as it left them."""
    try:
        done = state.load()
    except OutputError as error:
        opened.errors.append(str(error))
        return NOTHING
    for name, file in rows.items():
        length = done.lengths.get(name, 0)
        if done.sources and (length == 0 or not file.path.is_file() or file.path.stat().st_size < length):
            opened.notices.append(f"{file.path} is not as the stopped run left it: all is read anew")
            return Done({}, {}, done.run)
    return done


def _skip_done(items: Sequence[QueuedSource], done: Done, opened: OpenedOutputs) -> None:
    """Leave out what an earlier run finished; its faults are told again."""
    for item in items:
        fault = done.sources.get(fingerprint(item.spec)) if done.sources else None
        if fault is None:
            opened.items.append(item)
            continue
        opened.skipped.append(item)
        if fault:
            opened.errors.append(fault)
