"""The files that a run reads, which none of its outputs may overwrite."""

import stat
from collections.abc import Iterable
from pathlib import Path

from app.sinks.row_file import OutputError
from app.sources.source import SourceSpec


class InputFiles:
    """Files by what they are, whatever they are called: a link to one is the same file."""

    def __init__(self, sources: Iterable[SourceSpec]) -> None:
        self._known = {key for spec in sources if (key := _identity(Path(spec.address))) is not None}

    def spare(self, path: Path) -> None:
        """Raise OutputError if an output would overwrite what is to be read."""
        if _identity(path) in self._known:
            raise OutputError(f"{path}: is one of the sources, and would be overwritten; choose another place")


def _identity(path: Path) -> tuple[int, int] | None:
    """What a file is, whatever it is called; None where there is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
