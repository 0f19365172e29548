"""Files as sources: that they are there, can be read and hold something."""

import stat
from pathlib import Path

from app.sources.source import SourceError, SourceSpec, is_text


def checked_file(spec: SourceSpec) -> Path:
    """Return the path of a file that exists, can be read and is not empty; raises SourceError."""
    path = Path(spec.address)
    try:
        if not is_text(str(path.resolve())):
            raise SourceError(f"{spec.source_id!a}: the file's name is no text in UTF-8; rename it")
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device would be waited for, or read without end
            raise SourceError(f"{spec.source_id}: not a file; give a file, a folder, a camera's number or an address")
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError as error:
        raise SourceError(f"{spec.source_id}: no such file") from error
    except OSError as error:
        raise SourceError(f"{spec.source_id}: cannot be read ({error.strerror}); check its permissions") from error
    if empty:
        raise SourceError(f"{spec.source_id}: the file is empty")
    return path
