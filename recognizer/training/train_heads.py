"""python -m recognizer heads: teaches a reader whether a crop shows a plate, and which region issued it.

What the reader reads stays as it is: only the heads are trained, on its features.
"""

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.aligner import WHOLE, Quad
from recognizer.checkpoint import Checkpoint
from recognizer.config import UNKNOWN_REGION, NetworkConfig
from recognizer.formats import FREE, load_formats
from recognizer.images import Image
from recognizer.network import CRNN, build_network
from recognizer.reader import PlateReader
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_noise import TrainingStraightener, jitter_corners, photograph_plate
from recognizer.training.datasets import SUFFIXES, load, read_image
from recognizer.training.quick_camera import QuickCamera
from recognizer.training.trainer import has_bf16, pick_device

#: Regions that labels name by a group or by the signs of the European ellipse, as ISO codes.
SIGNS = {
    "A": "AT", "B": "BE", "D": "DE", "E": "ES", "F": "FR", "I": "IT", "N": "NO", "S": "SE", "L": "LU", "P": "PT",
    "H": "HU", "FIN": "FI", "IRL": "IE", "RUS": "RU", "MNE": "ME", "SLO": "SI", "SRB": "RS", "BIH": "BA", "EST": "EE",
}  # fmt: skip
#: Shares of a batch: crops that show no plate, and drawn plates; and how often each drawn plate is seen.
NO_PLATES, DRAWN, SEEN = 0.3, 0.15, 4
#: Share of plates among the crops that a detector hands over, of which the plate's probability is told.
PLATES = 0.93
FindCorners = Callable[[Sequence[Image]], list[Quad]]
_CALIBRATION = 0.1  # share of the samples on which the temperatures are fitted


class Labelled(NamedTuple):
    """A crop, where its plate is in it, whether there is one, and the regions it may be of."""

    crop: Image
    quad: Quad
    plate: bool
    allowed: np.ndarray


@dataclass(frozen=True, slots=True)
class HeadScores:
    """How well heads do. plates, others: shares of plates and of other crops told rightly; regions: of those told."""

    plates: float
    others: float
    regions: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `heads`."""
    add = parser.add_argument
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--data", type=Path, nargs="+", required=True, help="CSV of plates, with plate_region where it is known")
    add("--others", type=Path, nargs="+", required=True, help="folders of crops that show no plate")
    add("--fonts", type=Path, help="a folder with more lettering for the artificial plates")
    add("--out", type=Path, required=True, help="the same reader, with heads")
    add("--steps", type=int, default=1500)
    add("--batch", type=int, default=64)
    add("--rate", type=float, default=2e-3)
    add("--seed", type=int, default=0)
    add("--device", default="auto")


def main(args: argparse.Namespace) -> int:
    """Train heads and write the checkpoint."""
    cv2.setNumThreads(1)
    path = args.weights or shipped_weights("reader")
    checkpoint = checkpoints.load(path)
    names = [region_of(sample.region) for path in args.data for sample in load(path).samples]
    checkpoint = with_heads(checkpoint, checkpoint.config.regions or known_regions(names))
    regions = checkpoint.config.regions
    straightener = TrainingStraightener.from_checkpoint(checkpoint)
    find = PlateReader(path).find_corners
    samples = [*_plates(args.data, straightener.config, find, regions), *_others(args.others, find, regions)]
    rng = np.random.default_rng(args.seed)
    order = rng.permutation(len(samples))
    held_out = max(1, round(_CALIBRATION * len(samples)))
    kept, training = ([samples[i] for i in part] for part in (order[:held_out], order[held_out:]))
    artificial = list(_artificial(args, straightener.config.lines, regions))
    plan = _Plan(args.steps, args.batch, args.rate, pick_device(args.device))
    train(checkpoint, training, artificial, straightener, plan, rng)
    print(calibrate(checkpoint, kept, straightener))
    checkpoints.save(checkpoint, args.out)
    print(args.out)
    return 0


def region_of(label: str) -> str:
    """A label's region as a head tells it: US:va is US-VA, EU:d is DE, CA-ON is CA; empty for an unknown one."""
    group, _, part = label.strip().upper().replace(":", "-").partition("-")
    if group == "US":
        return f"US-{part}" if part else group
    if group == "EU":
        return SIGNS.get(part, part) or group
    return group


def known_regions(names: Sequence[str]) -> tuple[str, ...]:
    """The regions to tell apart: those of the labels and of the formats, groups left out."""
    drawn_too = {format_region(item.code) for item in load_formats()}
    return (UNKNOWN_REGION, *sorted((set(names) | drawn_too) - {"", "US", "EU", UNKNOWN_REGION}))


def format_region(code: str) -> str:
    """The region of a format's code: US-CA of US-CA, DE of DE-2, unknown of plates of no country."""
    if code == FREE:
        return UNKNOWN_REGION
    return code if code.startswith("US-") else code.partition("-")[0]


def allowed_regions(name: str, regions: Sequence[str]) -> np.ndarray:
    """Which regions (R,) a label leaves: one, all states for US, all European countries for EU, all for none."""
    if name == "US":
        return np.array([region.startswith("US-") for region in regions])
    if name == "EU":
        european = {format_region(item.code) for item in load_formats() if item.group == "EU"}
        return np.array([region in european for region in regions])
    if name not in regions:
        return np.ones(len(regions), bool)
    return np.array([region == name for region in regions])


def with_heads(checkpoint: Checkpoint, regions: tuple[str, ...]) -> Checkpoint:
    """The same reader with heads for these regions: its own ones where it has them, new ones otherwise."""
    config = replace(checkpoint.config, regions=regions)
    network = build_network(config)
    if not isinstance(network, CRNN):
        raise ValueError(f"heads need a network of the architecture crnn, not {config.architecture}")
    weights, same = checkpoint.network.state_dict(), checkpoint.config.regions == regions
    kept = {name: value for name, value in weights.items() if same or not name.startswith("heads.")}
    network.load_state_dict(kept, strict=same)
    return replace(checkpoint, network=network, config=config)


def _plates(
    paths: Sequence[Path], config: NetworkConfig, find: FindCorners, regions: tuple[str, ...]
) -> Iterator[Labelled]:
    for path in paths:
        samples = load(path, alphabet=config.alphabet, steps=config.steps).samples
        crops = [sample.image() for sample in samples]
        for sample, crop, quad in zip(samples, crops, find(crops), strict=True):
            yield Labelled(crop, quad, True, allowed_regions(region_of(sample.region), regions))


def _others(folders: Sequence[Path], find: FindCorners, regions: tuple[str, ...]) -> Iterator[Labelled]:
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]
    crops = [read_image(path) for path in files]
    for crop, quad in zip(crops, find(crops), strict=True):
        yield Labelled(crop, quad, False, allowed_regions(UNKNOWN_REGION, regions))


def _artificial(args: argparse.Namespace, lines: int, regions: tuple[str, ...]) -> Iterator[Labelled]:
    """Drawn plates, each of which is seen several times: to draw one takes ten times as long as to look at it."""
    generator, rng = PlateGenerator(None, args.fonts, args.seed, lines), np.random.default_rng(args.seed)
    camera = CameraModel(1.0, loose=0.2, tilt=1.4)
    for _ in range(round(DRAWN * args.steps * args.batch / SEEN)):
        plate, _, code = generator.render(rng)
        crop, quad = photograph_plate(plate, camera, rng)
        yield Labelled(crop, quad, True, allowed_regions(format_region(code), regions))


@dataclass(frozen=True, slots=True)
class _Plan:
    steps: int
    batch: int
    rate: float
    device: torch.device


def train(
    checkpoint: Checkpoint,
    samples: Sequence[Labelled],
    artificial: Sequence[Labelled],
    straightener: TrainingStraightener,
    plan: _Plan,
    rng: np.random.Generator,
) -> None:
    """Train the heads of a checkpoint; the rest of its network stays as it is."""
    network = checkpoint.network
    assert isinstance(network, CRNN) and network.heads is not None
    network.to(plan.device).eval()
    network.heads.train()
    optimizer = torch.optim.AdamW(network.heads.parameters(), lr=plan.rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, plan.steps)
    camera = QuickCamera(straightener.config.width, straightener.config.height)
    pools = [[s for s in samples if s.plate], [s for s in samples if not s.plate], artificial]
    if not all(pools[:2]):
        raise ValueError("heads need plates and crops that show none")
    for step in range(plan.steps):
        chosen = [_choose(pools, rng) for _ in range(plan.batch)]
        pictures = np.stack([camera(s.crop, jitter_corners(s.quad, rng), rng) for s in chosen])
        loss = _loss(_logits(network, pictures, plan.device), chosen)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        if step % 100 == 99:
            print(f"step {step + 1} of {plan.steps}: loss {float(loss.detach()):.4f}", flush=True)
    network.to("cpu").eval()


def _choose(pools: Sequence[Sequence[Labelled]], rng: np.random.Generator) -> Labelled:
    """A sample of the plates, the other crops or the drawn plates; at times as if no corners had been found."""
    share = rng.random()
    pool = pools[1] if share < NO_PLATES else pools[2] if pools[2] and share < NO_PLATES + DRAWN else pools[0]
    sample = pool[int(rng.integers(len(pool)))]
    return sample._replace(quad=WHOLE) if rng.random() < 0.05 else sample


def _logits(network: CRNN, pictures: np.ndarray, device: torch.device) -> Tensor:
    """The heads' logits (N, 1 + R) for pictures uint8 (N, H, W, 3); only the heads get gradients."""
    assert network.heads is not None
    images = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda" or has_bf16()):
        features, sequence = network.features(images)
    logits: Tensor = network.heads(features.float(), sequence.float())
    return logits


def _loss(logits: Tensor, samples: Sequence[Labelled], sharpness: tuple[float, float] = (1.0, 1.0)) -> Tensor:
    """Of plate or not, and of the regions that each label allows; sharpness scales the logits of either."""
    plates = torch.tensor([float(s.plate) for s in samples], device=logits.device)
    allowed = torch.from_numpy(np.stack([s.allowed for s in samples])).to(logits.device)
    regions = logits[:, 1:] * sharpness[1]
    told = regions.masked_fill(~allowed, -1e9).logsumexp(1)
    is_plate = nn.functional.binary_cross_entropy_with_logits(logits[:, 0] * sharpness[0], plates)
    return is_plate + (regions.logsumexp(1) - told).mean()


def calibrate(checkpoint: Checkpoint, samples: Sequence[Labelled], straightener: TrainingStraightener) -> HeadScores:
    """Scale the heads' logits so that their probabilities hold on samples they were not trained on.

    After Guo et al., "On Calibration of Modern Neural Networks" (2017); the scales go into the last layer's weights.
    What a detector hands over shows plates more often than these samples do: the logit is moved by the odds between.
    """
    network = checkpoint.network
    assert isinstance(network, CRNN) and network.heads is not None
    parts: list[Tensor] = []
    with torch.no_grad():
        for start in range(0, len(samples), 64):
            pictures = np.stack([straightener.straighten(s.crop, s.quad) for s in samples[start : start + 64]])
            parts.append(_logits(network, pictures, torch.device("cpu")))
        logits = torch.cat(parts)
        scales = [float(scale) for scale in np.geomspace(0.25, 4.0, 33)]
        plate = min(scales, key=lambda scale: float(_loss(logits, samples, (scale, 1.0))))
        region = min(scales, key=lambda scale: float(_loss(logits, samples, (1.0, scale))))
        factors = torch.cat([torch.tensor([plate]), torch.full((logits.shape[1] - 1,), region)])
        network.heads.out.weight.mul_(factors[:, None])
        network.heads.out.bias.mul_(factors)
        share = min(0.95, max(0.05, sum(s.plate for s in samples) / len(samples)))
        network.heads.out.bias[0] += math.log(PLATES / (1 - PLATES)) - math.log(share / (1 - share))
    return _scores(logits, samples)


def _scores(logits: Tensor, samples: Sequence[Labelled]) -> HeadScores:
    told = (logits[:, 0] > 0).numpy()
    plate = np.array([s.plate for s in samples])
    best = logits[:, 1:].argmax(1).tolist()
    known = [(s, region) for s, region in zip(samples, best, strict=True) if s.plate and not s.allowed.all()]
    right = [bool(s.allowed[region]) for s, region in known]
    mean = [float(np.mean(part)) if len(part) else 0.0 for part in (told[plate], ~told[~plate], np.array(right))]
    return HeadScores(*mean)
