"""The kinds of sources: for each its class, its label and its icon. A new kind is a file and a line here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.sources.camera import camera_source
from app.sources.picture_file import PictureFile
from app.sources.source import Source, SourceKind, SourceSpec
from app.sources.stream import NetworkStream
from app.sources.turned import TurnedSource
from app.sources.video_file import VideoFile


@dataclass(frozen=True, slots=True)
class SourceType:
    """What belongs to a kind of source. make takes the spec and when a recording began, if the user says so."""

    label: str
    icon: str
    make: Callable[[SourceSpec, datetime | None], Source]


SOURCE_TYPES = {
    SourceKind.CAMERA: SourceType("Camera", "camera", lambda spec, _start: camera_source(spec)),
    SourceKind.STREAM: SourceType("Network stream", "video", lambda spec, _start: NetworkStream(spec)),
    SourceKind.VIDEO: SourceType("Recording", "file-video", VideoFile),
    SourceKind.PICTURE: SourceType("Picture", "image", PictureFile),
}


def make_source(spec: SourceSpec, start: datetime | None = None) -> Source:
    """Return the source for spec, not opened yet; start is when a recording began, if the user says so."""
    source = SOURCE_TYPES[spec.kind].make(spec, start)
    return TurnedSource(source) if spec.turn else source
