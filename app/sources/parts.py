"""How many sources a file holds: the pages of a picture, the video tracks of a recording."""

from pathlib import Path

from app.sources.animation import is_animation
from app.sources.picture_decoding import count_pages, has_pages

_MOST_PAGES = 10_000
_HEAD_BYTES = 512


def count_pages_of(path: Path) -> int:
    """Return how many pages a picture has; 1 for what cannot be read, which is told when it is opened."""
    data = _paged_bytes(path)
    return min(_MOST_PAGES, count_pages(data)) if data else 1


def is_moving(path: Path) -> bool:
    """Whether a picture is an animation that is read as video."""
    data = _paged_bytes(path)
    return bool(data) and is_animation(data)


def _paged_bytes(path: Path) -> bytes:
    """Return a picture whose format may hold several, nothing for all others."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            return head + file.read() if has_pages(head) else b""
    except (OSError, MemoryError):
        return b""
