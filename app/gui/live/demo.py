"""The clip that comes with the program."""

from pathlib import Path

DEMO_CLIP = Path(__file__).resolve().parents[3] / "assets" / "demo" / "street.mp4"


def is_demo(source_id: str) -> bool:
    """Whether a source is that clip."""
    return source_id == str(DEMO_CLIP)
