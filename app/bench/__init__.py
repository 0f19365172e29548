"""How fast the program is on this machine: `main.py bench`. Measures the application's own code, part by part."""

from app.bench.command import add_arguments, main

__all__ = ["add_arguments", "main"]
