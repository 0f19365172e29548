"""Annotated pictures from YOLO, VOC XML and OpenALPR benchmark folders; bad annotations are named and left out."""

import csv
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import yaml  # type: ignore[import-untyped]

from detector.types import Box

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
PLATE_NAMES = {"plate", "license", "licence", "number_plate", "license_plate", "licence_plate", "licenseplate",
               "license-plate", "number-plate", "numberplate", "lp"}  # fmt: skip
SLACK = 2.0  # pixels a box may reach outside before it counts as wrong: rounding of the tools that drew it


@dataclass(frozen=True, slots=True)
class AnnotatedImage:
    """A picture with the plates in it, in pixels, and the name of the set it came from."""

    picture: Path
    width: int
    height: int
    plates: tuple[Box, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An annotation that was left out: the file, what it said and why it cannot be right."""

    path: Path
    reason: str


@dataclass(slots=True)
class Collection:
    """Samples read, and what was left out."""

    samples: list[AnnotatedImage] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _measure_image(picture: Path) -> tuple[int, int] | None:
    """Measures an image as OpenCV opens it (turned by its EXIF tag): width and height, None when it cannot."""
    try:
        image = cv2.imread(str(picture)) if _is_file(picture) else None
    except cv2.error:
        return None
    return None if image is None else (image.shape[1], image.shape[0])


def clip_box(box: Box, width: int, height: int) -> Box | str:
    """Clamps an annotated box to its image.

    Args:
        box: In pixels of the image.
        width: Width of the image in pixels.
        height: Height of the image in pixels.

    Returns:
        The box, or the reason why it is wrong.
    """
    if not all(abs(v) < 1e7 for v in (box.x1, box.y1, box.x2, box.y2)):
        return "box is no number"
    if box.width <= 0 or box.height <= 0:
        return f"box has no area ({box.width:g}x{box.height:g})"
    if box.x1 < -SLACK or box.y1 < -SLACK or box.x2 > width + SLACK or box.y2 > height + SLACK:
        return f"box {box.x1:g},{box.y1:g},{box.x2:g},{box.y2:g} lies outside the picture of {width}x{height}"
    clamped = Box(max(0.0, box.x1), max(0.0, box.y1), min(float(width), box.x2), min(float(height), box.y2))
    return clamped if clamped.width >= 1 and clamped.height >= 1 else "box is smaller than a pixel"


def _collect_image(
    into: Collection, annotation: Path, picture: Path, source: str, boxes: Callable[[int, int], Iterator[Box | str]]
) -> None:
    """Adds one picture: its right boxes as a sample, its wrong ones as problems."""
    size = _measure_image(picture)
    if size is None:
        into.problems.append(Problem(annotation, f"picture {picture} is missing or cannot be opened"))
        return
    plates: list[Box] = []
    wrong = 0
    for box in boxes(*size):
        result = box if isinstance(box, str) else clip_box(box, *size)
        if isinstance(result, Box):
            plates.append(result)
        else:
            wrong += 1
            into.problems.append(Problem(annotation, result))
    if plates or not wrong:  # with nothing but wrong boxes it would pass for a picture without a plate
        into.samples.append(AnnotatedImage(picture, *size, tuple(plates), source))


def read_yolo(data: Path, split: str = "val") -> Collection:
    """Reads one split of a YOLO data set described by a data.yaml; sources come from a sources.csv beside it.

    Raises FileNotFoundError when the file or the split's folder is missing.
    """
    if not data.is_file():
        raise FileNotFoundError(f"Data set not found: {data}. Give the path of its data.yaml")
    described = describe_yolo(data)
    if split not in described:
        raise ValueError(f"{data} names no split {split!r}: it has {', '.join(sorted(map(str, described)))}")
    root = data.parent / described.get("path", "")
    folder = _find_split(root, described[split])
    if folder is None:
        raise FileNotFoundError(f"{data}: folder of split {split!r} not found: {root / described[split]}")
    classes, plates = _plate_classes(data, described.get("names", ["plate"]))
    sources = _read_sources(data.parent / "sources.csv")
    found = Collection()
    for picture in list_images(folder):
        relative = picture.relative_to(root).as_posix() if picture.is_relative_to(root) else picture.name
        boxes = partial(_read_yolo_boxes, _label_of(picture), classes, plates)
        _collect_image(found, _label_of(picture), picture, sources.get(relative, ""), boxes)
    return found


def _find_split(root: Path, named: str) -> Path | None:
    """Finds the folder of a split; Roboflow writes `../train/images` for one beside the data.yaml."""
    places = [root / named, root / named.removeprefix("../")]
    return next((place for place in places if _is_dir(place)), None)


def _plate_classes(data: Path, names: list[object] | dict[object, object]) -> tuple[frozenset[int], frozenset[int]]:
    """Returns every class of a data set, and those that are plates: the only one, or those that are called so."""
    try:
        numbered = {
            int(str(key)): str(name) for key, name in (names.items() if isinstance(names, dict) else enumerate(names))
        }
    except ValueError as error:
        raise ValueError(f"{data}: the keys of `names` are the numbers of the classes ({error})") from error
    if len(numbered) <= 1:
        return frozenset(numbered), frozenset(numbered)
    plates = frozenset(key for key, name in numbered.items() if _plain_name(name) in PLATE_NAMES)
    if not plates:
        raise ValueError(
            f"{data}: none of its classes {', '.join(numbered.values())} is called a plate; call it `plate` in `names`"
        )
    return frozenset(numbered), plates


def _plain_name(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _label_of(picture: Path) -> Path:
    """Returns the label file of a picture: below `labels` instead of the last folder `images`."""
    parts = list(picture.parts)
    if "images" in parts:
        parts[len(parts) - 1 - parts[::-1].index("images")] = "labels"
    return Path(*parts).with_suffix(".txt")


def describe_yolo(data: Path) -> dict[str, Any]:
    """Reads what a data.yaml says. Raises ValueError naming the file when it is none."""
    try:
        described = yaml.safe_load(data.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"{data} is no YAML in UTF-8: {error}") from error
    if not isinstance(described, dict) or not isinstance(described.get("names", []), list | dict):
        raise ValueError(f"{data} describes no data set: it needs the names of its splits' folders, and `names`")
    wrong = [key for key in ("path", "train", "val", "test") if not isinstance(described.get(key, ""), str)]
    if wrong:
        raise ValueError(f"{data}: {wrong[0]} must be the path of a folder")
    return described


def _is_file(path: Path) -> bool:
    """Tells whether there is such a file, under a name that OpenCV can take: it crashes where that is no UTF-8."""
    try:
        str(path).encode()
        return path.is_file()
    except (OSError, ValueError):
        return False


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def list_images(folder: Path) -> list[Path]:
    """Lists every picture below a folder, in order of name."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES)


def _read_sources(table: Path) -> dict[str, str]:
    if not table.is_file():
        return {}
    try:
        with table.open(newline="", encoding="utf-8") as stream:
            return {row["image_path"]: row["source"] or "" for row in csv.DictReader(stream)}
    except (csv.Error, ValueError, KeyError) as error:
        raise ValueError(f"{table} is no CSV in UTF-8 with image_path and source ({error})") from error


def _read_yolo_boxes(
    label: Path, classes: frozenset[int], plates: frozenset[int], width: int, height: int
) -> Iterator[Box | str]:
    """Reads boxes of the plates in a YOLO label file, as shares of the picture.

    A line is `class x y width height` with the box's centre, or `class x1 y1 x2 y2 x3 y3 …` with a polygon's corners.
    """
    for line in label.read_text(encoding="utf-8", errors="replace").splitlines() if _is_file(label) else []:
        parts = line.split()
        if not parts:
            continue
        try:
            number, values = int(parts[0]), [float(part) for part in parts[1:]]
        except ValueError:
            yield f"line {line!r} is not `class x y width height`"
            continue
        box = _yolo_box(values)
        if number not in classes:
            yield f"class {number} is unknown (there are {len(classes)})"
        elif box is None:
            yield f"line {line!r} is neither `class x y width height` nor the corners of a polygon"
        elif number in plates:
            yield Box(box[0] * width, box[1] * height, box[2] * width, box[3] * height)


def _yolo_box(values: list[float]) -> tuple[float, float, float, float] | None:
    """Returns left, top, right and bottom of a box, with or without a confidence, or of a polygon's corners."""
    if len(values) in (4, 5):
        x, y, w, h = values[:4]
        return x - w / 2, y - h / 2, x + w / 2, y + h / 2
    if len(values) < 6 or len(values) % 2:
        return None
    return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])


def read_voc(folder: Path, source: str = "") -> Collection:
    """Reads every Pascal VOC .xml below a folder; the picture lies beside it, or in a folder images or JPEGImages."""
    found = Collection()
    for annotation in filter(_is_file, sorted(folder.rglob("*.xml"))):
        try:
            root = ET.parse(annotation).getroot()
        except (ET.ParseError, LookupError, ValueError) as error:  # an encoding nobody knows is no ParseError
            found.problems.append(Problem(annotation, f"is no XML ({error})"))
            continue
        picture = _find_beside(annotation, root.findtext("filename") or annotation.with_suffix(".jpg").name)
        _collect_image(found, annotation, picture, source or folder.name, partial(_read_voc_boxes, root))
    return found


def _find_beside(annotation: Path, name: str) -> Path:
    """Finds where an annotation's image lies; the path beside the annotation when it lies nowhere."""
    name = Path(name.replace("\\", "/")).name
    parent = annotation.parent
    places = [parent, parent / "images", parent.parent / "images", parent.parent / "JPEGImages"]
    return next((place / name for place in places if _is_file(place / name)), parent / name)


def _read_voc_boxes(root: ET.Element, _width: int, _height: int) -> Iterator[Box | str]:
    for item in root.iter("object"):
        name = _plain_name(item.findtext("name") or "")
        if name not in PLATE_NAMES:
            yield f"class {name!r} is unknown"
            continue
        try:
            x1, y1, x2, y2 = (float(item.findtext(f"bndbox/{side}") or "") for side in ("xmin", "ymin", "xmax", "ymax"))
        except ValueError:
            yield "bndbox lacks a number"
            continue
        yield Box(x1, y1, x2, y2)


def read_openalpr(folder: Path, source: str = "") -> Collection:
    """Reads every OpenALPR benchmark .txt below a folder: picture, x, y, width, height, text, separated by tabs."""
    found = Collection()
    for annotation in filter(_is_file, sorted(folder.rglob("*.txt"))):
        by_picture: dict[str, list[list[str]]] = {}
        for line in annotation.read_text(encoding="utf-8", errors="replace").splitlines():
            fields = line.split("\t") if "\t" in line else line.split()
            if fields:
                by_picture.setdefault(fields[0], []).append(fields)
        for name, rows in by_picture.items():
            picture = _find_beside(annotation, name)
            _collect_image(found, annotation, picture, source or folder.name, partial(_read_openalpr_boxes, rows))
    return found


def _read_openalpr_boxes(rows: Iterable[list[str]], _width: int, _height: int) -> Iterator[Box | str]:
    for row in rows:
        try:
            x, y, w, h = (float(part) for part in row[1:5])
        except ValueError:
            yield f"line {' '.join(row)!r} is not `picture x y width height text`"
            continue
        yield Box(x, y, x + w, y + h)
