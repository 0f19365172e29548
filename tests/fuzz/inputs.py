"""What the targets share: what a refusal must look like, and sound files to begin with."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np


@contextmanager
def refusal(name: object, *errors: type[Exception]) -> Iterator[list[bool]]:
    """Let these errors pass where they name the input; the list given is empty after a refusal, else [True]."""
    went_well = [True]
    try:
        yield went_well
    except errors as error:
        went_well.clear()
        named = (str(name), ascii(str(name))[1:-1])  # names that are no text are told escaped
        assert any(form in str(error) for form in named), f"the message does not name the input: {error}"


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
