"""python -m recognizer train: the command around recognizer.training.trainer."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import nn

from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Checkpoint
from recognizer.config import PRESETS, NetworkConfig
from recognizer.images import Image
from recognizer.network import count_trainable
from recognizer.synthesis.camera import CameraModel
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training import trainer as train
from recognizer.training.aligner_noise import Recapture, TrainingStraightener, jitter_corners, photograph_plate
from recognizer.training.datasets import Dataset, LabelledCrop, load, read_image
from recognizer.training.fine_tuning import DRAWN, blend, held_out_plates, reads_all_plates
from recognizer.training.quick_camera import QuickCamera
from recognizer.training.sampling import SampleSource

#: Share of the photographed plates that the quick camera shows, and not the full one, which takes five times as long.
QUICK = 0.85
#: Peak learning rates that suit the presets.
RATES = {"tutorial": 6e-3, "tutorial-2017": 1e-3, "plates": 1.5e-3}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `train`."""
    add = parser.add_argument
    add("--preset", choices=sorted(PRESETS), default="plates", help="the network to train; `plates` is for real plates")
    add("--data", type=Path, nargs="*", default=[], help="training data: a CSV, or a Supervisely folder or zip")
    add("--val", type=Path, nargs="*", default=[], help="validation data; default: the val split of --data")
    add("--out", type=Path, required=True, help="folder for checkpoints, metrics and curves")
    add("--weights", type=Path, help="checkpoint to start from; `shipped` is the program's own")
    add("--resume", action="store_true", help="continue the run in --out from where it stopped")
    add(
        "--synth",
        type=float,
        metavar="SHARE",
        help="share of artificial plates, 0 to 1; default: 0.4 with --weights of a reader of all plates, else 0",
    )
    add("--format", nargs="*", dest="formats", help="plate formats to render; default: all")
    add("--fonts", type=Path, help="folder of additional fonts for the artificial plates")
    add(
        "--backdrops",
        type=Path,
        help="folder of pictures to set half of the artificial plates into",
    )
    add("--augment", type=float, help="strength of the camera model; default: 1, or 0 for the tutorial's networks")
    add("--epochs", type=float, help="passes over --data; default: 20, or 3 for the tutorial's networks")
    add("--steps", type=int, help="number of training steps; replaces --epochs")
    add("--batch", type=int, default=64, help="samples in a batch (default: %(default)s)")
    add("--average", type=float, help="decay of the average of the weights; default: 0.998 with --weights, else 0")
    add("--rate", type=float, help="peak learning rate")
    add("--seed", type=int, default=0, help="the same seed gives the same run")
    add("--device", default="auto", help="auto, cpu or cuda:N (default: %(default)s)")
    add("--workers", type=int, default=1, help="processes that make training images (default: %(default)s)")


def main(args: argparse.Namespace) -> int:
    """Trains as the arguments say; prints what was left out, progress, and the figures before and after."""
    console = Console()
    cv2.setNumThreads(1)  # else OpenCV's threads are held when the process that makes pictures is forked, and it hangs
    if args.augment is None:
        args.augment = 0.0 if args.preset.startswith("tutorial") else 1.0
    weights = shipped_weights("reader") if args.weights and str(args.weights) == "shipped" else args.weights
    start = checkpoints.load(weights) if weights else None
    config = start.config if start else PRESETS[args.preset]
    tunes = start is not None and args.data and reads_all_plates(config)
    if args.synth is None:
        args.synth = DRAWN if tunes else 0.0
    if args.average is None:
        args.average = 0.998 if start else 0.0
    training, validation = _load_samples(args, config if start or args.synth else None, console)
    if not start and not args.synth:
        config = config.with_alphabet(training[0].alphabet)
    straightener = TrainingStraightener.from_checkpoint(start) if start else TrainingStraightener(config, None)
    trainer = train.Trainer(
        config,
        _make_plan(args, sum(len(data.samples) for data in training)),
        _make_sources(args, training, straightener, start),
        _straighten_samples([sample for data in validation for sample in data.samples], straightener),
        args.out,
        notes={"data": [str(path.name) for path in args.data], "synth": args.synth, "formats": args.formats},
        known=held_out_plates(straightener, args.fonts) if tunes else (),
    )
    if weights:
        trainer.start_from(weights)
        _print_scores("before", trainer, console)
    if args.resume and trainer.resume():
        console.print(f"resumed at step {trainer.step}")
    console.print(
        f"{count_trainable(trainer.network):,} weights, {config.steps} steps, {config.alphabet.classes} classes"
    )
    with _make_bar(console) as bar:
        task = bar.add_task("training", total=trainer.plan.steps, completed=trainer.step, figures="")

        def report(now: train.TrainingProgress) -> None:
            bar.update(task, completed=now.step, figures=_format_figures(now))
            if trainer.history and trainer.history[-1]["step"] == now.step:
                console.print(_format_epoch(trainer.history[-1]), highlight=False)

        trainer.run(report)
    best = args.out / "best.safetensors"
    if start is not None and tunes:
        _blend(start, best, trainer, console)
    _print_scores("after", trainer, console)
    console.print(str(best), soft_wrap=True)
    return 0


def _print_scores(when: str, trainer: train.Trainer, console: Console) -> None:
    """What the network reads of the validation pictures, and of the drawn ones that tell what it knew."""
    console.print(f"{when}: {trainer.validate().line()}", soft_wrap=True)
    if trainer.known:
        console.print(f"{when}, drawn plates of all formats: {trainer.validate(trainer.known).line()}", soft_wrap=True)


def _blend(start: Checkpoint, best: Path, trainer: train.Trainer, console: Console) -> None:
    """Put in place of the best checkpoint its best mean with the one before, and have the trainer show that."""

    def merit(network: nn.Module) -> float:
        trainer.show(network)
        return trainer.merit(trainer.validate(), trainer.validate(trainer.known))

    blended, share = blend(start, checkpoints.load(best), merit)
    trainer.show(blended.network)
    checkpoints.save(blended, best)
    console.print(f"weights: {share:.0%} of the tuned ones, the rest of those before", highlight=False)


def _format_figures(now: train.TrainingProgress) -> str:
    accuracy = "" if now.accuracy is None else f"accuracy {now.accuracy:.1%}  "
    return f"loss {now.loss:.3f}  {accuracy}{now.samples_per_second:.0f} samples/s"


def _format_epoch(row: dict[str, float]) -> str:
    """Formats a line that stays, and that a log file gets too."""
    figures = f"loss {row['loss']:.4f}  exact {row['exact']:.2%}  CER {row['cer']:.2%}"
    return f"step {row['step']:6.0f}  {figures}  {row['samples_per_second']:.0f} samples/s"


def _make_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}  {task.fields[figures]}"),
        TimeRemainingColumn(),
        console=console,
    )


def _load_samples(
    args: argparse.Namespace, config: NetworkConfig | None, console: Console
) -> tuple[list[Dataset], list[Dataset]]:
    """Loads the training and validation sets; with a config its alphabet and steps say what is left out."""
    alphabet, steps = (config.alphabet, config.steps) if config else (None, PRESETS[args.preset].steps)

    told: set[Path] = set()

    def read(paths: Sequence[Path], split: str | None) -> list[Dataset]:
        found = [load(path, split=split, alphabet=alphabet, steps=steps, seed=args.seed) for path in paths]
        for path, data in zip(paths, found, strict=True):
            console.print(f"{path.name}: {len(data.samples)} {split or 'labelled'} pictures", highlight=False)
            if data.left_out and path not in told:
                console.print(data.report(), highlight=False, markup=False, soft_wrap=True)
            told.add(path)
        return found

    if not args.data and not args.synth:
        raise ValueError("nothing to train on: give --data, or --synth 1 for artificial plates only")
    training = read(args.data, None if args.val else "train")
    validation = read(args.val, None) if args.val else read(args.data, "val")
    return training, validation


def _make_plan(args: argparse.Namespace, samples: int) -> train.TrainingPlan:
    per_epoch = max(1, samples // args.batch)
    tutorial = args.preset.startswith("tutorial")
    steps = args.steps or round((args.epochs or (3 if tutorial else 20)) * per_epoch)
    rate = args.rate or (3e-4 if args.weights else RATES[args.preset])
    shape = {"warmup": 0.3, "decay": 0.7} if tutorial else {"warmup": 0.05, "decay": 0.3}
    return train.TrainingPlan(
        steps,
        args.batch,
        min(per_epoch, 1000),
        rate,
        seed=args.seed,
        device=args.device,
        workers=args.workers,
        average=args.average,
        **shape,
    )


def _straighten_samples(samples: Sequence[LabelledCrop], straightener: TrainingStraightener) -> list[tuple[Image, str]]:
    """Sets validation crops upright as the reader will see them, with their texts."""
    crops = [sample.image() for sample in samples]
    quads = straightener.find_corners(crops)
    return [(straightener.straighten(c, q), sample.text) for c, q, sample in zip(crops, quads, samples, strict=True)]


def _make_sources(
    args: argparse.Namespace, training: Sequence[Dataset], straightener: TrainingStraightener, start: Checkpoint | None
) -> list[SampleSource]:
    """Makes one source per origin in the data, each seen by the square root of its size, and the artificial plates."""
    samples: dict[str, list[LabelledCrop]] = {}
    for data in training:
        for sample in data.samples:
            samples.setdefault(sample.source if args.synth or args.val else "", []).append(sample)
    revisit = Recapture(args.augment) if args.augment else None
    sources = [_make_real_source(name, found, revisit, straightener, start) for name, found in samples.items()]
    if args.synth:
        total = sum(source.weight for source in sources) or 1.0
        share = min(args.synth, 0.999)
        sources.append(_make_artificial_source(args, total * share / (1 - share), straightener))
    return sources


def _make_real_source(
    name: str,
    samples: Sequence[LabelledCrop],
    revisit: Recapture | None,
    straightener: TrainingStraightener,
    start: Checkpoint | None,
) -> SampleSource:
    crops = [sample.image() for sample in samples]
    spelled = [straightener.config.alphabet.spelling(sample.standing) for sample in samples]
    if start is None:
        quads = straightener.find_corners(crops)
    else:
        quads = straightener.find_trusted_corners(start.network, crops, spelled)
    config = straightener.config
    quick = QuickCamera(config.width, config.height) if straightener.aligns and revisit else None

    def draw(index: int, rng: np.random.Generator) -> tuple[Image, str]:
        crop, quad = crops[index], quads[index]
        if quick and rng.random() < QUICK:
            return quick(crop, jitter_corners(quad, rng), rng), spelled[index]
        if revisit:
            crop, quad = revisit(crop, quad, rng)
        return straightener.straighten(crop, jitter_corners(quad, rng)), spelled[index]

    return SampleSource(name, draw, len(samples), len(samples) ** 0.5)


def _make_artificial_source(
    args: argparse.Namespace, weight: float, straightener: TrainingStraightener
) -> SampleSource:
    generator = PlateGenerator(args.formats or None, args.fonts, args.seed, straightener.config.lines)
    backdrops = [read_image(path) for path in sorted(args.backdrops.iterdir())] if args.backdrops else []
    # An aligner is given loose crops too, and sets tilted plates upright: what it leaves of both is blur.
    loose, tilt = (0.2, 1.4) if straightener.aligns else (0.0, 1.0)
    camera = CameraModel(args.augment or 1.0, loose=loose, tilt=tilt, backdrops=backdrops)
    alphabet = straightener.config.alphabet

    def draw(_index: int, rng: np.random.Generator) -> tuple[Image, str]:
        plate, standing, _region = generator.render(rng)
        crop, quad = photograph_plate(plate, camera, rng)
        return straightener.straighten(crop, jitter_corners(quad, rng)), alphabet.spelling(standing)

    return SampleSource("artificial", draw, None, weight)
