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


def share(text: str) -> float:
    """Read a share from 0 to 1."""
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!a} is no number from 0 to 1, such as 0.8") from error
    if not 0 <= value <= 1:  # written as "not inside", so that nan fails too
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value
