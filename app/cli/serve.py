"""`serve`: reads the saved sources around the clock, without a window. Its options; the work is in serve_sources.py."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `serve`."""
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE", help="addresses to read in place of the sources saved in the window"
    )
    parser.add_argument("--log", metavar="FILE", help="another log than the user's own")
    parser.add_argument("--saved", type=Path, metavar="FILE", help="another file of saved sources")
    parser.add_argument("--http", metavar="[HOST:]PORT", help="offer the HTTP interface; HOST: 127.0.0.1")
    parser.add_argument("--device", metavar="D", help="auto, cpu, or a graphics card such as cuda:0")


def main(args: argparse.Namespace) -> int:
    """Serve until the process is told to end; the exit status is 0, or 1 with a message."""
    from app.cli.serve_sources import serve  # cv2, the log and the web server load here, not with --help

    return serve(args)
