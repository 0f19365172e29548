"""Pictures of plates with their text: CSV tables and Supervisely projects (a folder or its zip)."""

import json
import lzma
import os
import random
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np

from recognizer.alphabet import FIRST, Alphabet, count_steps_needed, write_in_order
from recognizer.plate_tables import Row, read_table
from recognizer.plate_text import normalize_text

SPLITS = ("train", "val", "test")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})

#: Share of validation pictures where the data name no split of their own.
VAL_SHARE = 0.05

#: Largest file taken out of a zip, in bytes: a crop or an annotation is far below it, a zip bomb above.
LARGEST_MEMBER = 64 * 2**20


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file inside a zip archive."""

    archive: Path
    member: str


Location = Path | ZipMember


@dataclass(frozen=True, slots=True)
class LabelledCrop:
    """One picture of a plate and what stands on it.

    name: the picture's path in its data set. region, source: empty where the data do not say.
    split: train, val or test. location: where the picture lies.
    standing: the text, or what stands there with FIRST before the part that is written first.
    """

    name: str
    standing: str
    region: str
    source: str
    split: str
    location: Location

    @property
    def text(self) -> str:
        """The plate's text as it is written."""
        return write_in_order(self.standing)

    def image(self) -> np.ndarray:
        """Reads the image, uint8 BGR (H, W, 3); ValueError or OSError names a file that cannot be read."""
        return read_image(self.location)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sample that is not used, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """The samples of the asked split; left_out, alphabet and longest (text, in characters) are of the whole data."""

    samples: tuple[LabelledCrop, ...]
    left_out: tuple[LeftOut, ...]
    alphabet: Alphabet
    longest: int

    def report(self) -> str:
        """Lists what was left out and why, with one example a reason; empty when nothing was."""
        example = {out.why: out.name for out in reversed(self.left_out)}
        counts = Counter(out.why for out in self.left_out).most_common()
        return "\n".join(f"left out {count}: {why} (such as {example[why]})" for why, count in counts)


def load(
    path: Path, *, split: str | None = None, alphabet: Alphabet | None = None, steps: int | None = None, seed: int = 0
) -> Dataset:
    """Reads labelled crops: a CSV, or a Supervisely project as a folder or zip.

    A CSV has the columns image_path (relative to the CSV's folder) and plate_text, and may have plate_region, source
    and split. Text that stands last but is written first may follow a `<`: G063NB<01 is 01G063NB. A project holds
    DATASET/img/*.png|jpg and DATASET/ann/*.json with the text in `description` and the split in `tags`, or else in the
    data set's name; what has no split goes 95/5 to train and val, by seed.

    Args:
        path: The CSV, folder or zip.
        split: Take only this one; None takes all.
        alphabet: Leave out texts with other characters; None builds it from the texts outside the test split.
        steps: Leave out texts that need more CTC steps.
        seed: Of the split of data that have none.

    Raises:
        FileNotFoundError: There is no such file or folder.
        ValueError: It cannot be used, or no sample is left; the message names the file.
    """
    samples, left_out = _read_samples(path)
    samples = _keep_fitting(samples, left_out, alphabet, steps)
    if alphabet is None:
        # The test pictures must not shape the network: it spells what training and validation texts hold.
        known = [s.standing for s in samples if s.split != "test"]
        alphabet = Alphabet.of_texts(known or [s.standing for s in samples] or "?")
        samples = _keep_fitting(samples, left_out, alphabet, steps)
    if not samples:
        reasons = ", ".join(f"{count} × {why}" for why, count in Counter(out.why for out in left_out).most_common(5))
        raise ValueError(f"{path}: no sample that can be used" + (f"; left out: {reasons}" if reasons else ""))
    samples = _assign_splits(samples, seed)
    chosen = tuple(s for s in samples if split in (None, s.split))
    if not chosen:
        found = ", ".join(f"{name} {count}" for name, count in Counter(s.split for s in samples).items())
        raise ValueError(f"{path}: no sample of the split {split!r}; it has {found}")
    return Dataset(chosen, tuple(left_out), alphabet, max(len(s.text) for s in samples))


def _read_samples(path: Path) -> tuple[list[LabelledCrop], list[LeftOut]]:
    """Reads all samples of a data set, whatever its form; split is empty where the data name none."""
    if path.is_dir():
        return _read_project(_Folder(path))
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file or folder; give a CSV, a Supervisely project folder or its zip")
    if path.suffix.lower() == ".csv":
        return _read_table(path)
    if zipfile.is_zipfile(path):
        return _read_project(_Zip(path))
    raise ValueError(f"{path}: neither a CSV, nor a folder, nor a zip of a Supervisely project")


def _keep_fitting(
    samples: list[LabelledCrop], left_out: list[LeftOut], alphabet: Alphabet | None, steps: int | None
) -> list[LabelledCrop]:
    """Keeps the samples a network can learn and be scored on; the others are added to left_out."""
    whys = [_tell_unfit(alphabet.spelling(s.standing) if alphabet else s.standing, alphabet, steps) for s in samples]
    left_out.extend(LeftOut(s.name, why) for s, why in zip(samples, whys, strict=True) if why)
    return [s for s, why in zip(samples, whys, strict=True) if not why]


def _tell_unfit(text: str, alphabet: Alphabet | None, steps: int | None) -> str:
    """Tells why a text cannot be learnt or scored; empty when it can."""
    if not text:
        return "empty text"
    outside = sorted(set(text) - set(alphabet.characters)) if alphabet else []
    if outside:
        return f"characters outside the alphabet: {' '.join(outside)}"
    if steps is not None and count_steps_needed(text) > steps:
        return f"text too long: needs {count_steps_needed(text)} steps, the network has {steps}"
    return ""


def _assign_splits(samples: list[LabelledCrop], seed: int) -> list[LabelledCrop]:
    """Gives a split to samples that have none: train where the data name their own val, else 95/5 at random."""
    open_names = sorted(s.name for s in samples if not s.split)
    if any(s.split == "val" for s in samples) or len(open_names) < 2:
        val: set[str] = set()
    else:
        val = set(random.Random(seed).sample(open_names, max(1, round(len(open_names) * VAL_SHARE))))
    return [s if s.split else replace(s, split="val" if s.name in val else "train") for s in samples]


def read_image(location: Location) -> np.ndarray:
    """Reads a picture file, uint8 BGR (H, W, 3); ValueError or OSError names a file that cannot be read."""
    content = np.frombuffer(_read_content(location), np.uint8)
    try:
        image = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except cv2.error:
        image = None
    if image is None:
        raise ValueError(f"{_format_location(location)}: not a picture (damaged, or of an unknown kind); replace it")
    return image


# CSV


def _read_table(path: Path) -> tuple[list[LabelledCrop], list[LeftOut]]:
    """Reads the samples of a CSV."""
    samples: list[LabelledCrop] = []
    left_out: list[LeftOut] = []
    table = read_table(path, plates=("plate_text",))
    missing = {"image_path", "plate_text"} - set(table.headings)
    if missing:
        raise ValueError(f"{path}: no column {' or '.join(sorted(missing))}; it has {', '.join(table.headings)}")
    for row in table.rows:
        sample = _read_row(path, row)
        if isinstance(sample.location, Path) and _is_file(sample.location):
            samples.append(sample)
        else:
            left_out.append(LeftOut(sample.name, "no such picture"))
    return samples, left_out


def normalize_label(text: str) -> str:
    """Spells a label as the network does, however people typed it: `ag-264 b` is AG264B; FIRST stays."""
    return normalize_text(text, keep=FIRST)


def _is_file(path: Path) -> bool:
    """Tells whether there is such a file; a name that no disk can hold (too long, a NUL in it) is no file."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read_row(path: Path, row: Row) -> LabelledCrop:
    """Reads one row of a CSV; ValueError names the line."""
    line = row.line
    name, text, region, source, split = (
        row.fields.get(key, "") for key in ("image_path", "plate_text", "plate_region", "source", "split")
    )
    if not name:
        raise ValueError(f"{path}, line {line}: image_path is empty")
    if split and split not in SPLITS:
        raise ValueError(f"{path}, line {line}: split {split!r} is none of {', '.join(SPLITS)}")
    return LabelledCrop(name, normalize_label(text), region, source, split, path.parent / name)


# Supervisely


class _Folder:
    """The files of a project folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[str]:
        return (p.relative_to(self.path).as_posix() for p in sorted(self.path.rglob("*")) if p.is_file())

    def locate(self, name: str) -> Location:
        return self.path / name


class _Zip:
    """The files of a zipped project; read in place, so a member's name can never lead out of a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> Iterator[str]:
        try:
            members = _read_archive(self.path, os.getpid()).infolist()
        except _ZIP_ERRORS as error:
            raise ValueError(f"{self.path}: not a zip that can be read ({error}); pack it again") from error
        return (info.filename for info in members if not info.filename.endswith("/"))  # is_dir() needs a name

    def locate(self, name: str) -> Location:
        return ZipMember(self.path, name)


def _read_project(files: _Folder | _Zip) -> tuple[list[LabelledCrop], list[LeftOut]]:
    """Reads the samples of a Supervisely project: every annotation with its picture."""
    pictures: dict[tuple[str, str], str] = {}
    annotations: list[PurePosixPath] = []
    for name in files.names():
        path = PurePosixPath(name)
        if path.parent.name == "ann" and path.suffix.lower() == ".json":
            annotations.append(path)
        elif path.parent.name == "img" and path.suffix.lower() in SUFFIXES:
            pictures[str(path.parent.parent), path.name] = name
            pictures[str(path.parent.parent), path.stem] = name
    if not annotations:
        raise ValueError(f"{files.path}: no annotation; a Supervisely project has */ann/*.json and */img/*.png|jpg")
    samples: list[LabelledCrop] = []
    left_out: list[LeftOut] = []
    for path in annotations:
        folder = path.parent.parent
        text, split = _read_annotation(files.locate(str(path)), folder.name)
        picture = pictures.get((str(folder), path.stem))
        if picture is None:
            left_out.append(LeftOut(str(path), "annotation without picture"))
        else:
            source = folder.name or files.path.stem
            samples.append(LabelledCrop(picture, normalize_label(text), "", source, split, files.locate(picture)))
    return samples, left_out + _list_unannotated(pictures.values(), samples)


def _list_unannotated(pictures: Iterable[str], samples: Sequence[LabelledCrop]) -> list[LeftOut]:
    """Lists the pictures that no annotation speaks of."""
    spare = set(pictures) - {s.name for s in samples}
    return [LeftOut(name, "picture without annotation") for name in sorted(spare)]


def _read_annotation(location: Location, folder: str) -> tuple[str, str]:
    """Reads (text, split) of an annotation file; the split is empty when nothing tells it."""
    try:
        values: Any = json.loads(_read_content(location))
        text, tags = values.get("description") or "", values.get("tags") or []
        # Newer projects write a tag as an object with a name, older ones as the bare name.
        names = [tag["name"] if isinstance(tag, dict) else tag for tag in tags]
        if not isinstance(text, str):
            raise TypeError("`description` is not a text")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{_format_location(location)}: not a Supervisely annotation ({error}); mend or remove it"
        ) from error
    ending = [s for s in ("val", "test") if folder == s or folder.endswith(("__" + s, "_" + s, "-" + s))]
    return text.strip(), next((s for s in [*names, *ending] if s in SPLITS), "")


# Files


#: What zipfile and the packers it uses raise for damaged archives, or such as nobody can unpack.
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, EOFError, KeyError,
               OSError, OverflowError, struct.error, UnicodeError)  # fmt: skip


@lru_cache(maxsize=4)
def _read_archive(path: Path, process: int) -> zipfile.ZipFile:
    """Opens an archive and keeps it, as its directory is long to read; one a process: forks share the offset."""
    return zipfile.ZipFile(path)


def _format_location(location: Location) -> str:
    """Tells how messages call a file."""
    return str(location) if isinstance(location, Path) else f"{location.archive}, {location.member}"


def _read_content(location: Location) -> bytes:
    """Reads the bytes of a file; ValueError or OSError names it."""
    if isinstance(location, Path):
        return location.read_bytes()
    try:
        archive = _read_archive(location.archive, os.getpid())
        size = archive.getinfo(location.member).file_size
        if size > LARGEST_MEMBER:
            raise ValueError(
                f"{_format_location(location)}: {size:,} bytes, more than the {LARGEST_MEMBER:,} a member may have"
            )
        with archive.open(location.member) as file:
            return file.read(size)  # no more than it says: read() would unpack all of a member that understates itself
    except _ZIP_ERRORS as error:
        raise ValueError(
            f"{_format_location(location)}: cannot be read from the zip ({error}); pack it again"
        ) from error
