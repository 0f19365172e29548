"""One part of the bench in a fresh process: `python -m app.bench.worker PART ...`; its last line is a Measured.

A fresh process so that memory and start are a single run's. It measures the tree it is started in.
"""

import argparse
import faulthandler
import sys
from pathlib import Path

from app.bench.figures import Measured
from app.config import bootstrap


def main(argv: list[str] | None = None) -> int:
    """Measure one part and print it."""
    args = _parser().parse_args(argv)
    faulthandler.enable()
    bootstrap.prepare()
    print(_measure(args).to_line(), flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.bench.worker", description=__doc__)
    parser.add_argument("part", choices=("stages", "recording", "stills", "start", "networks", "live", "window"))
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--frames", type=int, default=10**9, help="frames of the recording")
    parser.add_argument("--seconds", type=float, default=10.0, help="of the live source, or a batch size")
    parser.add_argument("--fps", type=float, default=30.0, help="frames a second of the live source")
    return parser


def _measure(args: argparse.Namespace) -> Measured:
    """Import what the part needs, and no more, since the start is timed too."""
    if args.part == "live":
        from app.bench.live import live

        return live(args.files[0], args.device, args.seconds, args.fps)
    if args.part == "window":
        from app.bench.window import measure_window

        return measure_window(args.files[0], args.device, args.seconds)
    if args.part == "networks":
        from app.bench.networks import networks

        return networks(args.files[0], args.device, args.seconds)
    from app.bench import recorded

    if args.part == "stills":
        return recorded.stills(args.files, args.device)
    if args.part == "start":
        return recorded.first_frame(args.files[0], args.device)
    measure = recorded.stages if args.part == "stages" else recorded.recording
    return measure(args.files[0], args.device, args.frames)


if __name__ == "__main__":
    sys.exit(main())
