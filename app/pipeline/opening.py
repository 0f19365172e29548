"""Makes the Source that a SourceSpec names."""

from datetime import datetime

from app.pipeline.live import LiveSource
from app.pipeline.recordings import PictureFile, VideoFile
from app.pipeline.sources import Source, SourceKind, SourceSpec


def make_source(spec: SourceSpec, start: datetime | None = None) -> Source:
    """Return the source for spec, not opened yet; start is when a recording began, if the user says so."""
    if spec.kind is SourceKind.PICTURE:
        return PictureFile(spec, start)
    if spec.kind is SourceKind.VIDEO:
        return VideoFile(spec, start)
    return LiveSource(spec)
