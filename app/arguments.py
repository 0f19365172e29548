"""Kinds of arguments that several commands take."""

import argparse
from pathlib import Path


def output_file(text: str) -> Path:
    """Read the name of a file to be written."""
    path = Path(text)
    if not path.name or path.name == ".." or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!a} names no file")
    return path


def positive(text: str) -> int:
    """Read a whole number from 1 up that a database takes."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!a} is no number from 1 up")
    return int(text)
