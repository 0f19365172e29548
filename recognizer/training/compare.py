"""python -m recognizer compare: trains networks on the same data in turn, and sets their figures side by side."""

import argparse
import csv
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from recognizer import checkpoint as checkpoints
from recognizer.config import PRESETS
from recognizer.network import build_network, count_trainable
from recognizer.training import curves


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """One network's figures. seconds: of `train` from its start to its end, loading, validating and saving included.

    seen: plates trained on, repeats included. plates, exact, cer: of the test. read_ms: to read one of them.
    """

    preset: str
    weights: int
    seconds: float
    seen: int
    plates: int
    exact: float
    cer: float
    read_ms: float

    def row(self) -> str:
        """Formats a line of the table."""
        right = f"{round(self.exact * self.plates)} of {self.plates} ({self.exact:.1%})"
        figures = (
            f"{self.weights:,} | {self.seen:,} | {self.seconds:.1f} | {right} | {self.cer:.2%} | {self.read_ms:.2f}"
        )
        return f"| {self.preset} | {figures} |"


HEAD = """\
| network | weights | plates seen | seconds to train | plates read | character errors | ms to read one |
|---|---|---|---|---|---|---|"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `compare`."""
    add = parser.add_argument
    add(
        "--preset",
        nargs="+",
        choices=sorted(PRESETS),
        default=["tutorial", "tutorial-2017"],
        help="the networks to train",
    )
    add("--data", type=Path, required=True, help="CSV, or Supervisely folder or zip, with a test split")
    add("--out", type=Path, required=True, help="folder for the runs (one folder a network) and comparison.png")
    add("--split", default="test", help="split to measure on (default: test)")
    add("--epochs", type=float, default=3, help="passes over the training plates (default: 3)")
    add("--batch", type=int, default=64, help="samples in a batch (default: %(default)s)")
    add("--seed", type=int, default=0, help="the same seed gives the same runs")
    add("--device", default="auto", help="auto, cpu or cuda:N (default: %(default)s)")


def main(args: argparse.Namespace) -> int:
    """Trains and measures the networks; prints a table (Markdown), and as its last line one JSON object."""
    results = [measure_preset(preset, args) for preset in args.preset]
    runs = {preset: read_history(args.out / preset, args.batch) for preset in args.preset}
    curves.draw_curves(runs, args.out / "comparison.png", over="seconds")
    print("\n".join(["", HEAD, *(result.row() for result in results)]))
    print(f"curves: {args.out / 'comparison.png'}")
    print(json.dumps({result.preset: asdict(result) for result in results}))
    return 0


def measure_preset(preset: str, args: argparse.Namespace) -> ComparisonResult:
    """Trains and evaluates by the commands a user would type, in processes of their own: none helps another."""
    out = args.out / preset
    data = ["--data", str(args.data), "--seed", str(args.seed), "--device", args.device]
    plan = ["--preset", preset, "--epochs", str(args.epochs), "--batch", str(args.batch), "--out", str(out)]
    started = time.perf_counter()
    _run_recognizer("train", *plan, *data)
    seconds = time.perf_counter() - started
    best = out / "best.safetensors"
    found = json.loads(
        _run_recognizer("evaluate", "--split", args.split, "--weights", str(best), *data).splitlines()[-1]
    )
    weights = count_trainable(build_network(checkpoints.describe(best).config))
    seen = round(read_history(out, args.batch)[-1]["step"]) * args.batch
    return ComparisonResult(
        preset, weights, seconds, seen, found["count"], found["exact"], found["cer"], found["milliseconds"]
    )


def _run_recognizer(command: str, *arguments: str) -> str:
    """Runs a command of this package and returns what it printed; ValueError when it failed."""
    line = [sys.executable, "-m", "recognizer", command, *arguments]
    print("$", "python", *line[1:], flush=True)
    shown = None if command == "train" else subprocess.PIPE  # the progress bar needs the terminal
    done = subprocess.run(line, stdout=shown, text=True, check=False)
    if done.returncode == 130:
        raise KeyboardInterrupt
    if done.returncode:
        raise ValueError(f"`{command}` failed, see above")
    return done.stdout or ""


def read_history(run: Path, batch: int) -> list[dict[str, float]]:
    """Reads the rows of a run's metrics.csv, each with its seconds since the start; ValueError for none."""
    with (run / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    if not rows:
        raise ValueError(f"{run / 'metrics.csv'}: no epoch was trained")
    return [{**row, "seconds": row["step"] * batch / row["samples_per_second"]} for row in rows]
