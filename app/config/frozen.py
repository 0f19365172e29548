"""The program as one folder without a Python beside it, as PyInstaller makes it: its executable stands in for Python.

Some parts start a process of their own with `sys.executable`: the decoder of AV1, the doctor's look at Qt, the bench.
"""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from app.config.paths import ROOT


def is_frozen() -> bool:
    """Whether the program runs from such a folder."""
    return bool(getattr(sys, "frozen", False))


def run_as_python(words: Sequence[str]) -> bool:
    """Do what Python would do with these arguments: `-c CODE`, `-m MODULE`, or a file of the program's own.

    Returns:
        False, with nothing done, for all other arguments.
    """
    if len(words) > 1 and words[0] == "-c":
        sys.argv = ["-c", *words[2:]]
        exec(compile(words[1], "<string>", "exec"), {"__name__": "__main__"})
        return True
    if len(words) > 1 and words[0] == "-m" and words[1].startswith("app."):
        sys.argv = list(words[1:])
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        return True
    if words and words[0].endswith(".py") and Path(words[0]).resolve().is_relative_to(ROOT):
        sys.argv = list(words)
        runpy.run_path(words[0], run_name="__main__")
        return True
    return False
