"""One YOLO data set out of several of different kinds."""

import csv
import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from detector.training.datasets import AnnotatedImage, Collection, describe_yolo, read_openalpr, read_voc, read_yolo
from detector.types import Box


def convert_datasets(
    yolo: Sequence[Path], voc: Sequence[Path], openalpr: Sequence[Path], out: Path, val_share: float = 0.1
) -> Collection:
    """Reads data sets of several kinds and writes one YOLO data set.

    Args:
        yolo: data.yaml files.
        voc: Folders with Pascal VOC annotations (.xml).
        openalpr: Folders with OpenALPR annotations (.txt).
        out: The folder of the new data set.
        val_share: Share of the images that go to validation, 0 to 1.

    Returns:
        What was read, and what was left out and why.

    Raises:
        FileNotFoundError: A folder is missing.
        ValueError: No data set is given.
    """
    for folder in [*voc, *openalpr]:
        if not folder.is_dir():
            raise FileNotFoundError(f"Folder not found: {folder}")
    parts = [part for data in yolo for part in _read_splits(data)]
    parts += [read_voc(folder) for folder in voc] + [read_openalpr(folder) for folder in openalpr]
    if not parts:
        raise ValueError("No data set given: use --yolo, --voc or --openalpr")
    whole = Collection([s for part in parts for s in part.samples], [p for part in parts for p in part.problems])
    write_yolo(whole, out, val_share)
    return whole


def _read_splits(data: Path) -> list[Collection]:
    """Reads the train, val and test splits a data.yaml names."""
    if not data.is_file():
        raise FileNotFoundError(f"Data set not found: {data}. Give the path of its data.yaml")
    described = describe_yolo(data)
    splits = [split for split in ("train", "val", "test") if described.get(split)]
    if not splits:
        raise ValueError(f"{data} names no split: it needs train, val or test with the path of a folder")
    return [read_yolo(data, split) for split in splits]


def write_yolo(collection: Collection, out: Path, val_share: float = 0.1) -> Path:
    """Writes samples as one YOLO data set; images are linked where the disk allows.

    Args:
        collection: The samples.
        out: The folder of the data set.
        val_share: Share that goes to validation. An image's split follows from its file name alone, so that it stays
            when sets are added.

    Returns:
        The data.yaml of the data set.
    """
    rows = []
    for sample in collection.samples:
        digest = hashlib.sha256(f"{sample.source}/{sample.picture.name}".encode()).hexdigest()
        split = "val" if int(digest[:8], 16) / 0xFFFFFFFF < val_share else "train"
        name = f"{_make_file_safe(sample.source) or 'set'}_{digest[:12]}"
        _copy_image(sample.picture, out / "images" / split / f"{name}{sample.picture.suffix.lower()}")
        label = out / "labels" / split / f"{name}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("".join(_format_yolo_line(box, sample) for box in sample.plates), encoding="utf-8")
        rows.append((f"images/{split}/{name}{sample.picture.suffix.lower()}", split, sample.source))
    with (out / "sources.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("image_path", "split", "source"), *rows])
    for split in ("train", "val"):
        (out / "images" / split).mkdir(parents=True, exist_ok=True)
    described = {"train": "images/train", "val": "images/val", "names": {0: "plate"}}
    (out / "data.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    return out / "data.yaml"


def _make_file_safe(source: str) -> str:
    """Makes part of a file name of a source's name: no separator stays in it, so that it leads nowhere."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in source)[:64]


def _format_yolo_line(box: Box, sample: AnnotatedImage) -> str:
    x, y = box.center
    w, h = sample.width, sample.height
    return f"0 {x / w:.6f} {y / h:.6f} {box.width / w:.6f} {box.height / h:.6f}\n"


def _copy_image(picture: Path, target: Path) -> None:
    """Links an image to its place, or copies it where links cannot be made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(picture, target)
    except OSError:
        shutil.copyfile(picture, target)
