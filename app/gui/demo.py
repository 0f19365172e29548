"""The clip that comes with the program."""

from pathlib import Path

DEMO_CLIP = Path(__file__).resolve().parents[2] / "assets" / "demo" / "street.mp4"
