"""python -m recognizer align: trains the aligner of a reader, on drawn plates and on photographs with plate boxes."""

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.optim import swa_utils

from recognizer import checkpoint as checkpoints
from recognizer import reader
from recognizer.augment import Camera
from recognizer.config import AlignerConfig
from recognizer.datasets import read_image
from recognizer.images import Image, stretched
from recognizer.network import Aligner
from recognizer.optics import Optics
from recognizer.placing import drawn
from recognizer.synth import PlateGenerator
from recognizer.train import bf16_cpu

DRAWN, PHOTOGRAPHED = 72, 56  # of a batch
#: Errors below these shares of the plate count quadratically; a box around a tilted plate is less exact than corners.
CORNER_BETA, EXTENT_BETA = 0.03, 0.05
_AVERAGED = 0.998  # how much of the averaged weights stays at a step
_LEAST = 8  # pixels


@dataclass(frozen=True, slots=True)
class Boxed:
    """A photograph, and its plate's upright box x1, y1, x2, y2 in pixels."""

    path: Path
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Examples:
    """Pictures uint8 (N, H, W, 3) and what is known of their plates: corners (N, 8), or extents x1, y1, x2, y2 (N, 4).

    Both as shares of the picture.
    """

    pictures: NDArray[np.uint8]
    known: NDArray[np.float32]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `align`."""
    add = parser.add_argument
    add("--boxes", type=Path, required=True, help="CSV of photographs with a plate: image_path,x1,y1,x2,y2 in pixels")
    add("--weights", type=Path, help="the reader that gets the aligner; default: the shipped one")
    add("--out", type=Path, required=True, metavar="FILE.safetensors", help="that reader with its new aligner")
    add("--fonts", type=Path, help="folder with more lettering for the drawn plates")
    add("--backdrops", type=Path, help="a folder of pictures without plates, seen around half of the drawn plates")
    add("--drawn", type=int, default=38_000, help="how many plates to draw (default: %(default)s)")
    add("--cuts", type=int, default=24_000, help="how many cuts to make of the photographs (default: %(default)s)")
    add("--steps", type=int, default=4000)
    add("--rate", type=float, default=2e-3, help="peak learning rate (default: %(default)s)")
    add("--seed", type=int, default=0)


def main(args: argparse.Namespace) -> int:
    """Makes the examples, trains, and prints how far off the corners are."""
    console, config, rng = Console(), AlignerConfig(), np.random.default_rng(args.seed)
    start = checkpoints.load(args.weights or reader.shipped_weights())
    pages = [read_image(path) for path in sorted(args.backdrops.iterdir())] if args.backdrops else []
    plates = draw_plates(PlateGenerator(None, args.fonts, args.seed), pages, args.drawn, config, rng)
    cuts = cut_photographs(read_boxes(args.boxes), args.cuts, config, rng)
    held = max(1, len(plates.known) // 20)
    network = train(_part(plates, held, None), cuts, config, args.steps, args.rate, args.seed)
    off = errors(network, _part(plates, 0, held))
    console.print(f"corners off by {off[0]:.1%} of the plate's width and {off[1]:.1%} of its height on average")
    checkpoints.save(replace(start, aligner=network, aligner_config=config), args.out)
    return 0


def read_boxes(path: Path) -> list[Boxed]:
    """The rows of a CSV of boxes; ValueError names the file and the row that is none."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    boxed: list[Boxed] = []
    for number, row in enumerate(rows, 2):
        try:
            x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
            picture = path.parent / row["image_path"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}, line {number}: needs image_path, x1, y1, x2 and y2 in pixels") from error
        if not (x2 - x1 >= _LEAST and y2 - y1 >= _LEAST):
            raise ValueError(f"{path}, line {number}: the box is less than {_LEAST} pixels wide or high")
        boxed.append(Boxed(picture, (x1, y1, x2, y2)))
    if not boxed:
        raise ValueError(f"{path}: no rows")
    return boxed


def draw_plates(
    generator: PlateGenerator, backdrops: Sequence[Image], count: int, config: AlignerConfig, rng: np.random.Generator
) -> Examples:
    """Drawn plates with their corners, many of them tilted, and many small in their crop."""
    camera = Camera(1.0, loose=0.4, tilt=1.5, backdrops=backdrops)
    pictures = np.empty((count, config.height, config.width, 3), np.uint8)
    corners = np.empty((count, 8), np.float32)
    for i in track(range(count), "drawing plates"):
        crop, quad = drawn(generator.render(rng)[0], camera, rng)
        pictures[i], corners[i] = stretched(crop, config.width, config.height), quad.ravel()
    return Examples(pictures, corners)


def cut_photographs(boxed: Sequence[Boxed], count: int, config: AlignerConfig, rng: np.random.Generator) -> Examples:
    """Cuts around photographed plates, close, loose and mirrored, with the extents of their boxes."""
    draw, optics = Random(int(rng.integers(1 << 62))), Optics(0.6, real=True)
    opened = {one.path: read_image(one.path) for one in track(boxed, "reading photographs")}
    pictures = np.empty((count, config.height, config.width, 3), np.uint8)
    extents = np.empty((count, 4), np.float32)
    for i in track(range(count), "cutting photographs"):
        one = draw.choice(boxed)
        crop, extent = _cut(opened[one.path], one.box, draw)
        crop = optics(crop, draw, max(6.0, 0.5 * crop.shape[0]))
        pictures[i], extents[i] = stretched(crop, config.width, config.height), extent
    return Examples(pictures, extents)


def _cut(image: Image, box: tuple[float, float, float, float], draw: Random) -> tuple[Image, NDArray[np.float32]]:
    """A cut around a box, half of them mirrored: the crop, and the box as shares of it."""
    x1, y1, x2, y2 = box
    kind = draw.random()
    if kind < 0.5:
        margin = [draw.gauss(0.03, 0.05) for _ in range(4)]
    elif kind < 0.8:
        margin = [draw.uniform(-0.03, 0.35) for _ in range(4)]
    else:
        margin = [draw.uniform(0, 0.9) for _ in range(4)]
    left, right, above, below = (max(-0.06, share) for share in margin)
    low = np.array([x1 - left * (x2 - x1), y1 - above * 1.3 * (y2 - y1)])
    high = np.array([x2 + right * (x2 - x1), y2 + below * 1.3 * (y2 - y1)])
    limit = np.array([image.shape[1], image.shape[0]])
    low = np.clip(np.floor(low), 0, limit - _LEAST).astype(int)
    high = np.clip(np.ceil(high), low + _LEAST, limit).astype(int)
    crop = image[low[1] : high[1], low[0] : high[0]]
    extent = ((np.array(box).reshape(2, 2) - low) / (high - low)).astype(np.float32)
    if draw.random() < 0.5:
        crop = np.asarray(cv2.flip(crop, 1), np.uint8)
        extent[:, 0] = 1 - extent[::-1, 0]
    return crop, extent.ravel()


def train(plates: Examples, cuts: Examples, config: AlignerConfig, steps: int, rate: float, seed: int = 0) -> Aligner:
    """An aligner trained on both; the average of its weights over the last steps."""
    torch.manual_seed(seed)
    network, rng = Aligner(config), np.random.default_rng(seed)
    average = swa_utils.AveragedModel(network, multi_avg_fn=_averaged, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.05)
    for drawn_part, cut_part in track(_batches(plates, cuts, steps, rng), "training", total=steps):
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16_cpu()):
            found = network(torch.cat([_pictures(drawn_part), _pictures(cut_part)])).float()
        loss = _loss(found, torch.from_numpy(drawn_part.known), torch.from_numpy(cut_part.known))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    network.load_state_dict(average.module.state_dict())
    return network.eval()


@torch.no_grad()
def _averaged(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
    """The running mean of weights, and of the norms' statistics, over few steps first; counters are taken as is."""
    kept = min(_AVERAGED, (1 + int(count)) / (10 + int(count)))
    for mean, new in zip(averaged, current, strict=True):
        if mean.is_floating_point():
            mean.lerp_(new, 1 - kept)
        else:
            mean.copy_(new)


def _batches(
    plates: Examples, cuts: Examples, steps: int, rng: np.random.Generator
) -> Iterator[tuple[Examples, Examples]]:
    for _ in range(steps):
        chosen = rng.integers(len(plates.known), size=DRAWN), rng.integers(len(cuts.known), size=PHOTOGRAPHED)
        yield tuple(Examples(e.pictures[i], e.known[i]) for e, i in zip((plates, cuts), chosen, strict=True))  # type: ignore[misc]


def _loss(found: Tensor, corners: Tensor, extents: Tensor) -> Tensor:
    """Of corners (N, 8): the first were drawn and their corners are known, of the others the extents are."""
    count = len(corners)
    size, other = _size(extent_of(corners)), _size(extents)
    exact = nn.functional.smooth_l1_loss(
        found[:count] / size.repeat(1, 4), corners / size.repeat(1, 4), beta=CORNER_BETA
    )
    rough = nn.functional.smooth_l1_loss(
        extent_of(found[count:]) / other.repeat(1, 2), extents / other.repeat(1, 2), beta=EXTENT_BETA
    )
    return exact + 0.5 * rough


def extent_of(corners: Tensor) -> Tensor:
    """The upright boxes x1, y1, x2, y2 (N, 4) around corners (N, 8)."""
    points = corners.view(-1, 4, 2)
    return torch.cat([points.amin(1), points.amax(1)], 1)


def _size(extents: Tensor) -> Tensor:
    return (extents[:, 2:] - extents[:, :2]).clamp_min(0.05)


@torch.inference_mode()
def errors(network: Aligner, plates: Examples) -> tuple[float, float]:
    """How far off the corners of drawn plates are on average, as shares of the plates' width and height."""
    network.eval()
    pieces = [_part(plates, start, start + 128) for start in range(0, len(plates.known), 128)]
    found = torch.cat([network(_pictures(piece)) for piece in pieces])
    corners = torch.from_numpy(plates.known)
    off = ((found - corners).view(-1, 4, 2) / _size(extent_of(corners))[:, None]).abs().mean((0, 1))
    return float(off[0]), float(off[1])


def _part(examples: Examples, start: int, end: int | None) -> Examples:
    return Examples(examples.pictures[start:end], examples.known[start:end])


def _pictures(examples: Examples) -> Tensor:
    """(N, H, W, 3) uint8 -> (N, 3, H, W) float in 0..1; the memory stays channels-last."""
    return torch.from_numpy(examples.pictures).permute(0, 3, 1, 2).float() / 255
