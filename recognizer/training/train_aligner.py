"""python -m recognizer align: trains the aligner of a reader, on drawn plates and on photographs with plate boxes."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.optim import swa_utils

from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.config import AlignerConfig
from recognizer.network import AlignerNetwork
from recognizer.reader import PlateReader
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_examples import (
    AlignerExamples,
    cut_photographs,
    draw_plates,
    join_examples,
    photograph_again,
    read_boxes,
    straighten_samples,
)
from recognizer.training.datasets import load, read_image
from recognizer.training.trainer import has_bf16

DRAWN, PHOTOGRAPHED = 72, 56  # of a batch
#: Errors below these shares of the plate count quadratically; a box around a tilted plate is less exact than corners.
CORNER_BETA, EXTENT_BETA = 0.03, 0.05
_AVERAGED = 0.998  # how much of the averaged weights stays at a step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `align`."""
    add = parser.add_argument
    add(
        "--boxes",
        type=Path,
        required=True,
        help="CSV of photographs of one plate: image_path,x1,y1,x2,y2 in pixels",
    )
    add(
        "--crops",
        type=Path,
        nargs="*",
        default=[],
        help="labelled crops, as for `train`; their plates are tilted anew",
    )
    add("--weights", type=Path, help="the reader that gets the aligner; default: the shipped one")
    add("--afresh", action="store_true", help="start from nothing instead of the reader's present aligner")
    add("--out", type=Path, required=True, metavar="FILE.safetensors", help="file of the reader with its new aligner")
    add("--fonts", type=Path, help="folder of additional fonts for the artificial plates")
    add(
        "--backdrops",
        type=Path,
        help="folder of pictures to set half of the artificial plates into",
    )
    add("--drawn", type=int, default=38_000, help="number of artificial plates (default: %(default)s)")
    add("--anew", type=int, default=20_000, help="number of plates taken from --crops (default: %(default)s)")
    add("--cuts", type=int, default=24_000, help="number of cuts made of the photographs (default: %(default)s)")
    add("--steps", type=int, default=4000, help="training steps (default: %(default)s)")
    add("--rate", type=float, default=2e-3, help="peak learning rate (default: %(default)s)")
    add("--seed", type=int, default=0, help="the same seed gives the same aligner")


def main(args: argparse.Namespace) -> int:
    """Makes the examples, trains, and prints how far off the corners are."""
    console, config, rng = Console(), AlignerConfig(), np.random.default_rng(args.seed)
    start = checkpoints.load(args.weights or shipped_weights("reader"))
    pages = [read_image(path) for path in sorted(args.backdrops.iterdir())] if args.backdrops else []
    plates = draw_plates(PlateGenerator(None, args.fonts, args.seed), pages, args.drawn, config, rng)
    if args.crops:
        known = PlateReader(args.weights)
        samples = [sample for path in args.crops for sample in load(path, alphabet=known.alphabet).samples]
        if not (photographed := straighten_samples(known, samples)):
            raise ValueError("--crops: the reader reads none of these plates rightly and surely; leave the option out")
        plates = join_examples([plates, photograph_again(photographed, pages, args.anew, config, rng)])
    cuts = cut_photographs(read_boxes(args.boxes), args.cuts, config, rng)
    held = max(1, len(plates.known) // 20)
    begun = None if args.afresh or start.aligner_config != config else start.aligner
    network = train_aligner(_slice_examples(plates, held, None), cuts, config, args.steps, args.rate, args.seed, begun)
    off = measure_errors(network, _slice_examples(plates, 0, held))
    console.print(f"corners off by {off[0]:.1%} of the plate's width and {off[1]:.1%} of its height on average")
    checkpoints.save(replace(start, aligner=network, aligner_config=config), args.out)
    return 0


def train_aligner(
    plates: AlignerExamples,
    cuts: AlignerExamples,
    config: AlignerConfig,
    steps: int,
    rate: float,
    seed: int = 0,
    begun: nn.Module | None = None,
) -> AlignerNetwork:
    """Trains an aligner on plates whose corners are known and on boxes of photographed plates.

    Args:
        plates: Examples with corners.
        cuts: Examples with the extents of boxes only.
        config: The network.
        steps: Training steps.
        rate: Peak learning rate.
        seed: Of the order of the examples.
        begun: A network to go on with; None begins anew.

    Returns:
        The network, its weights averaged over the last steps.
    """
    torch.manual_seed(seed)
    network, rng = AlignerNetwork(config), np.random.default_rng(seed)
    if begun is not None:
        network.load_state_dict(begun.state_dict())
    network.train()
    average = swa_utils.AveragedModel(network, multi_avg_fn=_update_average, use_buffers=True)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.05)
    for drawn_part, cut_part in track(_draw_batches(plates, cuts, steps, rng), "training", total=steps):
        with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16()):
            found = network(torch.cat([_stack_images(drawn_part), _stack_images(cut_part)])).float()
        loss = _compute_loss(found, torch.from_numpy(drawn_part.known), torch.from_numpy(cut_part.known))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update_parameters(network)
    network.load_state_dict(average.module.state_dict())
    return network.eval()


@torch.no_grad()
def _update_average(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
    """Averages weights and the norms' statistics, over few steps first; counters are taken as they are."""
    kept = min(_AVERAGED, (1 + int(count)) / (10 + int(count)))
    for mean, new in zip(averaged, current, strict=True):
        if mean.is_floating_point():
            mean.lerp_(new, 1 - kept)
        else:
            mean.copy_(new)


def _draw_batches(
    plates: AlignerExamples, cuts: AlignerExamples, steps: int, rng: np.random.Generator
) -> Iterator[tuple[AlignerExamples, AlignerExamples]]:
    for _ in range(steps):
        chosen = rng.integers(len(plates.known), size=DRAWN), rng.integers(len(cuts.known), size=PHOTOGRAPHED)
        yield tuple(AlignerExamples(e.pictures[i], e.known[i]) for e, i in zip((plates, cuts), chosen, strict=True))  # type: ignore[misc]


def _compute_loss(found: Tensor, corners: Tensor, extents: Tensor) -> Tensor:
    """Computes the loss of corners (N, 8): of the first ones the corners are known, of the others the extents."""
    count = len(corners)
    size, other = _measure_sizes(measure_extents(corners)), _measure_sizes(extents)
    exact = nn.functional.smooth_l1_loss(
        found[:count] / size.repeat(1, 4), corners / size.repeat(1, 4), beta=CORNER_BETA
    )
    rough = nn.functional.smooth_l1_loss(
        measure_extents(found[count:]) / other.repeat(1, 2), extents / other.repeat(1, 2), beta=EXTENT_BETA
    )
    return exact + 0.5 * rough


def measure_extents(corners: Tensor) -> Tensor:
    """Measures the upright boxes x1, y1, x2, y2 (N, 4) around corners (N, 8)."""
    points = corners.view(-1, 4, 2)
    return torch.cat([points.amin(1), points.amax(1)], 1)


def _measure_sizes(extents: Tensor) -> Tensor:
    return (extents[:, 2:] - extents[:, :2]).clamp_min(0.05)


@torch.inference_mode()
def measure_errors(network: AlignerNetwork, plates: AlignerExamples) -> tuple[float, float]:
    """Measures how far off the corners of drawn plates are on average, as shares of the plates' width and height."""
    network.eval()
    pieces = [_slice_examples(plates, start, start + 128) for start in range(0, len(plates.known), 128)]
    found = torch.cat([network(_stack_images(piece)) for piece in pieces])
    corners = torch.from_numpy(plates.known)
    off = ((found - corners).view(-1, 4, 2) / _measure_sizes(measure_extents(corners))[:, None]).abs().mean((0, 1))
    return float(off[0]), float(off[1])


def _slice_examples(examples: AlignerExamples, start: int, end: int | None) -> AlignerExamples:
    return AlignerExamples(examples.pictures[start:end], examples.known[start:end])


def _stack_images(examples: AlignerExamples) -> Tensor:
    """Maps (N, H, W, 3) uint8 to (N, 3, H, W) float in 0..1; the memory stays channels-last."""
    return torch.from_numpy(examples.pictures).permute(0, 3, 1, 2).float() / 255
