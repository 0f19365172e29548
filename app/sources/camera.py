"""Cameras of this machine: their names, and how one is opened."""

import sys
from pathlib import Path

import cv2

from app.sources.live_source import Handle, LiveSource
from app.sources.source import SourceError, SourceSpec

_INDEX_DIGITS = 5
_NO_CAMERA = "no such camera, or another program is using it"


def camera_source(spec: SourceSpec) -> LiveSource:
    """Return a camera of this machine as a source."""
    return LiveSource(spec, open_camera, explain=lambda _: _NO_CAMERA)


def open_camera(spec: SourceSpec) -> Handle:
    """Open a camera with OpenCV."""
    capture = cv2.VideoCapture(camera_index(spec.address), _camera_backend())
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # an old picture is worth nothing
    return capture


def cameras() -> dict[int, str]:
    """Return the cameras of this machine: name by index. Only Linux tells names without further packages."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras
    except ImportError:
        return _linux_cameras(Path("/sys/class/video4linux"))
    return {camera.index: camera.name for camera in enumerate_cameras(_camera_backend())}


def camera_index(address: str) -> int:
    """Return the index of a camera given by index or by (part of) its name; raises SourceError when there is none."""
    if address.isdecimal() and len(address) <= _INDEX_DIGITS:
        return int(address)
    found = cameras()
    for index, name in sorted(found.items()):
        if address.casefold() in name.casefold():
            return index
    known = ", ".join(f"{index}: {name}" for index, name in sorted(found.items())) or "none"
    raise SourceError(f"{address}: no camera of this name; cameras found: {known}")


def _linux_cameras(folder: Path) -> dict[int, str]:
    """Read the kernel's list; further entries of a camera, for its metadata, have an index above 0."""
    found: dict[int, str] = {}
    for entry in sorted(folder.glob("video*")):
        number = entry.name.removeprefix("video")
        index_file = entry / "index"
        if number.isdecimal() and (not index_file.exists() or index_file.read_text().strip() == "0"):
            found[int(number)] = (entry / "name").read_text(encoding="utf-8", errors="replace").strip()
    return found


def _camera_backend() -> int:
    """The capture interface native to this platform."""
    if sys.platform == "win32":
        return int(cv2.CAP_DSHOW)
    return int(cv2.CAP_AVFOUNDATION if sys.platform == "darwin" else cv2.CAP_V4L2)
