"""Starts the program from its source tree: `python main.py` does what the installed `platescribe` does."""

import sys

from app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
