"""Tables for people and the figures of the last line for programs."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.bench.compare import Ratio
from app.bench.figures import Measured, Timing
from app.bench.parts import Plan
from app.config.bootstrap import usable_cpus

Figure = float | str | None | dict[str, object]
#: The figures that every run without --against names in its last line, null where their part was left out.
HEADLINES = {
    "fps": "recording",
    "detect_ms": "stages",
    "read_ms_per_plate": "networks",
    "other_ms": "stages",
    "still_ms": "stills",
    "live_latency_p95_ms": "live",
    "live_dropped": "live",
    "window_late_p95_ms": "window",
    "start_s": "start",
    "peak_mb": "recording",
}


def show(results: Mapping[str, Measured], console: Console) -> None:
    """Print the timings of every part, then its single figures."""
    for part, measured in results.items():
        if measured.timings:
            console.print(_timings(part, measured.timings))
    table = Table(title="figures", title_justify="left")
    for column in ("part", "figure", "value"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for part, measured in results.items():
        for name, value in measured.values.items():
            table.add_row(part, name, f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}")
    console.print(table)


def show_ratios(ratios: Iterable[Ratio], revision: str, console: Console) -> None:
    """Print what each figure is here and there, and the ratios of the pairs."""
    table = Table(title=f"here against {revision}", title_justify="left")
    for column in ("figure", "here", "there", "ratio", "least", "most", "pairs"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for one in ratios:
        spread = (one.median, min(one.ratios), max(one.ratios))
        table.add_row(
            one.name, f"{one.here:.3g}", f"{one.there:.3g}", *(f"{value:.3f}" for value in spread), str(len(one.ratios))
        )
    console.print(table)


def headlines(results: Mapping[str, Measured]) -> dict[str, Figure]:
    """The figures of the last line, and under `parts` everything else."""
    figures: dict[str, Figure] = {}
    for name, part in HEADLINES.items():
        value = results[part].values[name] if part in results else None
        figures[name] = round(value, 4) if value is not None else None
    figures["parts"] = {part: _all_of(measured) for part, measured in results.items()}
    return figures


def of_ratios(ratios: Iterable[Ratio], revision: str) -> dict[str, Figure]:
    """The last line of a comparison."""
    pairs = {
        one.name: {
            "here": round(one.here, 4),
            "there": round(one.there, 4),
            "ratio": round(one.median, 4),
            "ratios": [round(ratio, 4) for ratio in one.ratios],
        }
        for one in ratios
    }
    return {"against": revision, "ratios": dict(pairs)}


def settings(plan: Plan) -> dict[str, Figure]:
    """What was measured with."""
    return {
        "clip": plan.material.described,
        "device": plan.device,
        "cpus": usable_cpus(),
        "machine": _processor(),
        "python": platform.python_version(),
    }


def _timings(part: str, timings: Sequence[Timing]) -> Table:
    table = Table(title=part, title_justify="left")
    for column in ("", "median ms", "p95 ms", "count"):
        table.add_column(column, justify="right" if column else "left")
    for timing in timings:
        table.add_row(timing.name, f"{timing.median_ms:.2f}", f"{timing.p95_ms:.2f}", str(timing.count))
    return table


def _all_of(measured: Measured) -> dict[str, object]:
    figures: dict[str, object] = {name: round(value, 4) for name, value in measured.values.items()}
    for timing in measured.timings:
        figures[timing.name] = [round(timing.median_ms, 4), round(timing.p95_ms, 4), timing.count]
    return {**figures, **measured.notes}


def _processor() -> str:
    """The processor's name as the system has it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
