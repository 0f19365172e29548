"""Training pictures of our own making: plates set into pictures that hold none, in perspective, light and blur."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import yaml  # type: ignore[import-untyped]
from numpy.typing import NDArray

from detector.preprocess import Image
from detector.training.augment import degrade_image
from detector.training.datasets import list_images, read_yolo
from detector.types import Box

MAX_PLATES = 4  # in one image; photographs of traffic seldom show more
MIN_WIDTH, MAX_SHARE = 26, 0.55  # a plate's width: pixels at least, share of the picture at most
Corners = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Composition:
    """A picture with plates set into it, and the upright boxes around them."""

    image: Image
    boxes: tuple[Box, ...]


def draw_corners(width: float, height: float, rng: np.random.Generator) -> Corners:
    """Draws the corners of a plate turned in space and seen from near.

    Args:
        width: Width of the plate in pixels, before it is turned.
        height: Its height.
        rng: Source of chance.

    Returns:
        Corners (4, 2) around (0, 0).
    """
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * (width / 2, height / 2)
    yaw, pitch, roll = rng.normal(0, (0.35, 0.2, 0.07))
    yaw, pitch = np.clip([yaw, pitch], -1.0, 0.6)
    x, y = flat[:, 0] * np.cos(yaw), flat[:, 1] * np.cos(pitch)
    depth = 1 + (flat[:, 0] * np.sin(yaw) + flat[:, 1] * np.sin(pitch)) / (width * rng.uniform(2.0, 8.0))
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    return np.asarray(np.stack([x / depth, y / depth], axis=1) @ turn, np.float32)


def insert_plate(scene: Image, plate: Image, place: Corners, rng: np.random.Generator) -> Image:
    """Warps a plate onto four corners of a scene, in the light of its surroundings and with soft edges.

    Args:
        scene: uint8 BGR (H, W, 3); it stays as it is.
        plate: uint8 BGR, cut to the plate.
        place: Corners (4, 2) in pixels of the scene.
        rng: Source of chance.

    Returns:
        A new scene with the plate.
    """
    height, width = plate.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    wide = float(np.linalg.norm(place[1] - place[0]))
    if wide < width:  # keep fine lines from aliasing
        plate = cv2.GaussianBlur(plate, (0, 0), 0.4 * width / max(wide, 1)).astype(np.uint8)
    matrix = cv2.getPerspectiveTransform(source, place)
    size = (scene.shape[1], scene.shape[0])
    warped = cv2.warpPerspective(match_lighting(plate, scene, place, rng), matrix, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size, flags=cv2.INTER_LINEAR)
    blurred = float(rng.uniform(0.4, 1.3))
    mask = cv2.GaussianBlur(mask, (0, 0), blurred)[..., None]
    warped = cv2.GaussianBlur(warped, (0, 0), blurred) if rng.random() < 0.5 else warped
    return (scene * (1 - mask) + warped * mask).astype(np.uint8)


def match_lighting(plate: Image, scene: Image, place: Corners, rng: np.random.Generator) -> Image:
    """Makes a plate as bright as its surroundings would have it, within reason.

    Args:
        plate: uint8 BGR.
        scene: What the plate goes into.
        place: Corners (4, 2) of the plate in the scene.
        rng: Source of chance.
    """
    left, top = np.clip(place.min(axis=0), 0, None).astype(int)
    right, bottom = np.ceil(place.max(axis=0)).astype(int)
    around = scene[max(0, top - 20) : bottom + 20, max(0, left - 20) : right + 20]
    light = around.reshape(-1, 3).mean(axis=0) if around.size else np.full(3, 110.0)
    if np.ptp(scene[::16, ::16].astype(int), axis=2).max() < 12:  # a grey scene shows grey plates
        plate = cv2.cvtColor(cv2.cvtColor(plate, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8)
    tint = np.clip((0.7 * light.mean() + 0.3 * light + 60) / 170, 0.35, 1.15) * rng.uniform(0.8, 1.2)
    return np.asarray(np.clip(plate * tint, 0, 255), np.uint8)


def compose_image(scene: Image, plates: Sequence[Image], rng: np.random.Generator) -> Composition:
    """Sets plates into a scene where they do not touch each other, then lets a poor camera see it.

    Args:
        scene: uint8 BGR without a plate.
        plates: uint8 BGR, each cut to the plate.
        rng: Source of chance.
    """
    height, width = scene.shape[:2]
    boxes: list[Box] = []
    for plate in plates:
        largest = min(MAX_SHARE * width, 2.5 * plate.shape[1])
        target = float(np.exp(rng.uniform(np.log(MIN_WIDTH), np.log(max(largest, MIN_WIDTH + 1)))))
        stretch = float(rng.uniform(0.92, 1.08))
        shape = draw_corners(target, target * plate.shape[0] / plate.shape[1] * stretch, rng)
        reach = (shape.max(axis=0) - shape.min(axis=0)) / 2
        if reach[0] * 2 >= width - 4 or reach[1] * 2 >= height - 4:
            continue
        place = shape + rng.uniform(reach + 1, np.array([width, height]) - reach - 1).astype(np.float32)
        (x1, y1), (x2, y2) = place.min(axis=0), place.max(axis=0)
        box = Box(max(0.0, float(x1)), max(0.0, float(y1)), min(width, float(x2)), min(height, float(y2)))
        if any(box.iou(other) > 0 for other in boxes):
            continue
        scene = insert_plate(scene, plate, place, rng)
        boxes.append(box)
    return Composition(degrade_image(scene, rng), tuple(boxes))


def replace_plates(scene: Image, old: Sequence[Box], plates: Sequence[Image], rng: np.random.Generator) -> Composition:
    """Paints over the plates of a scene and sets others of about their width in the same places.

    Args:
        scene: uint8 BGR with plates.
        old: Their boxes in pixels.
        plates: What takes their places, one for each box.
        rng: Source of chance.
    """
    height, width = scene.shape[:2]
    boxes: list[Box] = []
    for box, plate in zip(old, plates, strict=True):
        scene = paint_over(scene, box)
        aspect = plate.shape[0] / plate.shape[1]
        wide = box.width * float(rng.uniform(0.85, 1.1)) * min(1.0, 0.25 + 0.25 / aspect)
        shape = draw_corners(wide, wide * aspect, rng)
        reach = (shape.max(axis=0) - shape.min(axis=0)) / 2
        if (np.array([width, height]) <= 2 * reach + 3).any():
            continue
        place = shape + np.clip(box.center, reach + 1, np.array([width, height]) - reach - 1).astype(np.float32)
        scene = insert_plate(scene, plate, place, rng)
        (x1, y1), (x2, y2) = place.min(axis=0), place.max(axis=0)
        boxes.append(Box(float(x1), float(y1), float(x2), float(y2)))
    return Composition(degrade_image(scene, rng), tuple(boxes))


def paint_over(scene: Image, box: Box) -> Image:
    """Fills a box of a scene from its surroundings."""
    margin = 0.06 * box.width
    x1, y1 = max(0, int(box.x1 - margin)), max(0, int(box.y1 - margin))
    x2, y2 = int(box.x2 + margin) + 1, int(box.y2 + margin) + 1
    pad = int(0.3 * box.height) + 4
    window = (slice(max(0, y1 - pad), y2 + pad), slice(max(0, x1 - pad), x2 + pad))
    mask = np.zeros(scene.shape[:2], np.uint8)
    mask[y1:y2, x1:x2] = 255
    filled = scene.copy()
    filled[window] = cv2.inpaint(scene[window], mask[window], 3, cv2.INPAINT_TELEA)
    return filled


def _open_image(path: Path) -> Image:
    image = cv2.imread(str(path))
    if image is None:
        raise ValueError(f"{path} cannot be opened as a picture: take it out of the folder")
    return image.astype(np.uint8)


def compose_dataset(plates: Path, out: Path, count: int, backgrounds: Path | None = None, onto: Path | None = None,
            seed: int = 0) -> Path:  # fmt: skip
    """Writes training images of one's own making as a YOLO data set.

    Args:
        plates: A folder of images cut to the plate.
        out: The folder of the new data set.
        count: Images to write.
        backgrounds: A folder of images without a plate, into which plates are set.
        onto: Instead, a data.yaml; plates take the place of those annotated in its train split.
        seed: The same seed writes the same data set.

    Returns:
        The data.yaml of the data set.

    Raises:
        ValueError: A folder is empty, a file is no image, or neither place is given.
    """
    rng = np.random.default_rng(seed)
    crops = list_images(plates)
    if not crops:
        raise ValueError(f"No pictures in {plates}")
    made = _replace_in_dataset(onto, crops, rng) if onto else _compose_scenes(backgrounds, crops, rng)
    tag = hashlib.sha256(f"{plates}{backgrounds}{onto}{seed}".encode()).hexdigest()[:6]
    for part in ("images/train", "images/val", "labels/train"):
        (out / part).mkdir(parents=True, exist_ok=True)
    rows = [("image_path", "split", "source")]
    for number in range(count):
        composition = next(made)
        name = f"composed_{tag}_{number:05d}"
        quality = [cv2.IMWRITE_JPEG_QUALITY, 92]
        cv2.imwrite(str(out / "images" / "train" / f"{name}.jpg"), composition.image, quality)
        (out / "labels" / "train" / f"{name}.txt").write_text(_format_labels(composition), encoding="utf-8")
        rows.append((f"images/train/{name}.jpg", "train", "composed"))
    with (out / "sources.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    described = {"train": "images/train", "val": "images/val", "names": {0: "plate"}}
    (out / "data.yaml").write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    return out / "data.yaml"


def _compose_scenes(backgrounds: Path | None, crops: Sequence[Path], rng: np.random.Generator) -> Iterator[Composition]:
    """Endless compositions of crops in pictures without a plate."""
    scenes = list_images(backgrounds) if backgrounds else []
    if not scenes:
        raise ValueError(f"No pictures in {backgrounds}: give backgrounds, or a data set for its places")
    while True:
        chosen = rng.choice(len(crops), size=int(rng.integers(1, MAX_PLATES + 1)))
        yield compose_image(
            _open_image(scenes[int(rng.integers(len(scenes)))]), [_open_image(crops[int(i)]) for i in chosen], rng
        )


def _replace_in_dataset(data: Path, crops: Sequence[Path], rng: np.random.Generator) -> Iterator[Composition]:
    """Endless compositions in the places of annotated plates, those pictures first whose plates are large enough."""
    samples = [s for s in read_yolo(data, "train").samples if s.plates and min(p.width for p in s.plates) >= MIN_WIDTH]
    if not samples:
        raise ValueError(f"{data} annotates no plate of at least {MIN_WIDTH} pixels in its train split")
    while True:
        sample = samples[int(rng.integers(len(samples)))]
        chosen = rng.choice(len(crops), size=len(sample.plates))
        yield replace_plates(
            _open_image(sample.picture), sample.plates, [_open_image(crops[int(i)]) for i in chosen], rng
        )


def _format_labels(made: Composition) -> str:
    """Formats YOLO label lines of a composition."""
    h, w = made.image.shape[:2]
    return "".join(
        f"0 {box.center[0] / w:.6f} {box.center[1] / h:.6f} {box.width / w:.6f} {box.height / h:.6f}\n"
        for box in made.boxes
    )
