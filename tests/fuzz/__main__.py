"""`python -m tests.fuzz [TARGET ...] --cases 10000`: one line a target; ends with 1 if one could not stand a file."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from app.config import bootstrap

bootstrap.prepare()

from tests.fuzz.fuzzing import CASES, fuzz  # noqa: E402
from tests.fuzz.targets import TARGETS  # noqa: E402


def main() -> int:
    """Run the targets one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(t.name for t in TARGETS)} (all)")
    parser.add_argument("--cases", type=int, default=CASES, help=f"damaged files a target ({CASES})")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--keep", type=Path, help="folder for files that were not stood (a new one)")
    args = parser.parse_args()
    folder = args.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    status = 0
    for target in TARGETS:
        if args.targets and target.name not in args.targets:
            continue
        own = folder / target.name
        own.mkdir(exist_ok=True)
        try:
            print(fuzz(target, own, args.cases, args.seed), flush=True)
        except AssertionError as error:
            print(error, flush=True)
            status = 1
    return status


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    raise SystemExit(main())
