"""The desktop window: draws what the pipeline and the log say, and decides nothing itself."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the window's arguments."""
    parser.add_argument("sources", nargs="*", metavar="FILE", help="recordings, pictures, folders, addresses to open")
    parser.add_argument("--log", metavar="FILE", help="another log than the user's own")
    parser.add_argument("--no-pictures", action="store_true", help="keep the text of the reads only in the log")
    parser.add_argument("--read-only", action="store_true", help="look at the log, write nothing")


def main(args: argparse.Namespace) -> int:
    """Open the window and return the exit status when it is closed."""
    from app.gui.startup import main as open_window  # Qt, cv2 and the networks' libraries load here, not with --help

    return open_window(args)
