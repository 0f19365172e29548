"""The command `main.py bench`: its options, what it prints, and its last line, one JSON object."""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.bench.parts import Plan
    from app.bench.report import Figure


_PARTS = "stages, recording, stills, networks, live, window, start"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench`."""
    parser.add_argument("source", nargs="?", metavar="SOURCE", help="a video, or pictures (else: the demo clip)")
    devices = "auto, cpu, torch, cuda:0 (NVIDIA), gpu or npu (Intel)"
    parser.add_argument("--device", default="auto", metavar="D", help=devices)
    parser.add_argument("--against", metavar="REV", help="compare with a git revision, in turns")
    parser.add_argument("--pairs", type=_count, default=5, metavar="N", help="turns of --against (5)")
    parser.add_argument("--json", type=Path, metavar="F", help="write the figures to a file, too")
    parser.add_argument("--frames", type=_count, default=10**9, metavar="N", help="frames of the video, at most")
    parser.add_argument("--seconds", type=_time, default=20.0, metavar="S", help="of the live source (20)")
    parser.add_argument("--budget", type=_time, default=2.0, metavar="S", help="for each backend and batch size (2)")
    parser.add_argument("--part", action="append", metavar="P", help=_PARTS)


def main(args: argparse.Namespace) -> int:
    """Measure and print; 0, 1 when something failed, 2 for a part that is none."""
    from app.bench.compare import RevisionError
    from app.bench.material import prepare
    from app.bench.parts import PARTS, PartError, Plan
    from app.bench.report import settings
    from app.config.paths import ROOT
    from app.sources.source import SourceError

    parts = tuple(part for part in PARTS if part in (args.part or PARTS))
    if unknown := set(args.part or ()) - set(PARTS):
        print(f"--part {', '.join(sorted(unknown))}: none of {', '.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix="platescribe-bench-") as folder:
            plan = Plan(prepare(args.source, Path(folder)), args.device, args.frames, args.seconds, args.budget, parts)
            figures = _against(plan, ROOT, args) if args.against else _alone(plan, ROOT)
    except (SourceError, PartError, RevisionError) as error:
        print(error, file=sys.stderr)
        return 1
    line = json.dumps({**figures, **settings(plan)})
    if args.json:
        args.json.parent.mkdir(parents=True, exist_ok=True)
        args.json.write_text(line + "\n", encoding="utf-8")
    print(line)
    return 0


def _alone(plan: "Plan", root: Path) -> dict[str, "Figure"]:
    """Measure this tree part by part."""
    from rich.console import Console

    from app.bench.parts import measure
    from app.bench.report import headlines, show

    results = {}
    for part in plan.parts:
        _tell(part)
        results[part] = measure(plan, part, root)
    show(results, Console())
    return headlines(results)


def _against(plan: "Plan", root: Path, args: argparse.Namespace) -> dict[str, "Figure"]:
    """Measure this tree and another revision in turns."""
    from rich.console import Console

    from app.bench.compare import compare, worktree
    from app.bench.report import of_ratios, show_ratios

    with worktree(root, args.against) as tree:
        ratios = compare(plan, root, tree, args.pairs, _tell)
    show_ratios(ratios, args.against, Console())
    return of_ratios(ratios, args.against)


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr, flush=True)


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _time(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value
