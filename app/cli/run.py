"""Reads recordings, pictures and folders without a window: `main.py run`."""

import argparse

from app.cli.run_options import add_arguments

__all__ = ["add_arguments", "main"]


def main(args: argparse.Namespace) -> int:
    """Run and return the exit status: 0, 1 when something failed, 130 after Ctrl-C."""
    from app.cli.run_sources import main as read_sources  # cv2 and the log's libraries load here, not with --help

    return read_sources(args)
