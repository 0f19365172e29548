"""Files that another process sees whole or not at all, and check sums."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Returns the user's cache folder of this program, made when absent, if that can be done."""
    folder = Path(platformdirs.user_cache_dir("platescribe", appauthor=False))
    with suppress(OSError):  # no room or no right: whoever wants to keep something there finds out
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256_of(path: Path) -> str:
    """Computes the SHA-256 sum of a file in hexadecimal digits; reads it once as long as it stays as it is."""
    found = path.stat()
    return _sum_of(path.resolve(), found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=32)
def _sum_of(path: Path, _inode: int, _size: int, _changed_ns: int) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def replacing(*paths: Path) -> Iterator[list[Path]]:
    """Gives temporary paths, one a path, whose files take their places in order when the block ends without an error.

    The files are on disk before they are renamed: else a power cut may leave one of the right length, full of zeros.
    """
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths[0].parent, prefix=".unfinished-") as folder:
        unfinished = [Path(folder) / path.name for path in paths]
        yield unfinished
        for source, path in zip(unfinished, paths, strict=True):
            source.chmod(0o644)  # some writers, as safetensors, make files for their owner alone
            with source.open("rb") as file:
                os.fsync(file.fileno())
            source.replace(path)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file by `write`, which is given a temporary path, so that it is there whole or not at all."""
    with replacing(path) as (unfinished,):
        write(unfinished)
