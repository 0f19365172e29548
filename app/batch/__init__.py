"""Reads recordings, pictures and folders without a window: `main.py run`."""

from app.batch.command import add_arguments, main
from app.batch.runner import Item, Outputs, Progress, Report, items_of, run

__all__ = ["Item", "Outputs", "Progress", "Report", "add_arguments", "items_of", "main", "run"]
