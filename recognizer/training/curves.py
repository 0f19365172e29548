"""Curves of training runs as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path

Row = Mapping[str, float]


def draw_curves(runs: Mapping[str, Sequence[Row]], path: Path, over: str = "step") -> None:
    """Draws the loss of runs, and how many validation plates they read wholly right.

    Args:
        runs: Rows of each run, by its name.
        path: The PNG file.
        over: The column that is the second drawing's x axis.
    """
    from matplotlib.figure import Figure  # slow to import, so only where a plot is drawn

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss, exact = figure.subplots(1, 2)
    for name, rows in runs.items():
        style = "o-" if len(rows) <= 30 else "-"
        loss.plot([row["step"] for row in rows], [row["loss"] for row in rows], style, label=name)
        exact.plot([row[over] for row in rows], [row["exact"] for row in rows], style, label=name)
    loss.set(xlabel="step", ylabel="CTC loss, mean of an epoch", yscale="log")
    exact.set(xlabel=over, ylabel="validation plates wholly right", ylim=(-0.03, 1.03))
    for panel in (loss, exact):
        panel.grid(alpha=0.3)
    if len(runs) > 1:
        exact.legend(loc="lower right")
    figure.savefig(path, dpi=120)
