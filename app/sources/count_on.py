"""When each of several recordings began that a recorder wrote one after the other."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

from app.sources.source import SourceError, SourceKind, SourceSpec
from app.sources.video_file import VideoFile


def count_on(specs: Iterable[SourceSpec], start: datetime) -> Iterator[tuple[SourceSpec, datetime]]:
    """Yield each source with its beginning: that of the recording before, and how long that one is.

    Pictures and the tracks of one file begin with the file. Raises SourceError for a recording, but for the last,
    whose length nobody knows: then none can be counted on from it.
    """
    begins, before = start, None
    for spec in specs:
        if before is not None and spec.address != before.address:
            begins += _length(before)
            before = None
        yield spec, begins
        if before is None and spec.kind is SourceKind.VIDEO:
            before = spec


def _length(spec: SourceSpec) -> timedelta:
    """Return how long a recording is; one that cannot be opened, which is told when it is read, takes no time."""
    with closing(VideoFile(spec)) as source:
        try:
            duration_s = source.open().duration_s
        except SourceError:
            return timedelta()
    if duration_s is None:
        raise SourceError(f"{spec.source_id}: its length is not known, so none can be counted on from it; name it last")
    return timedelta(seconds=duration_s)
