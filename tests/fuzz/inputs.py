"""What the targets share: what a refusal must look like, and sound files to begin with."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np

from app.config.redaction import redact

T = TypeVar("T")


def taken(given: T, read: Callable[[T], object], *errors: type[Exception]) -> bool:
    """Whether read() takes what is given to it; a refusal is one of these errors and names it."""
    try:
        read(given)
    except errors as error:
        escaped = ascii(str(given))[
            1:-1
        ]  # names that are no text are told escaped, which shows more logins to be hidden
        named = (str(given), escaped, redact(escaped))
        assert any(form in str(error) for form in named), f"the message does not name the input: {error}"
        return False
    return True


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def picture(suffix: str, size: tuple[int, int] = (40, 24)) -> bytes:
    image = np.random.default_rng(3).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    done, data = cv2.imencode(suffix, image)
    assert done
    return bytes(data)


def a_picture(folder: Path) -> Path:
    path = folder / "a.jpg"
    return path if path.exists() else put(folder, "a.jpg", picture(".jpg"))
