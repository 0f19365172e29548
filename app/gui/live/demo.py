"""The clip that comes with the program."""

from app.config.paths import DEMO_CLIP as DEMO_CLIP


def is_demo(source_id: str) -> bool:
    """Whether a source is that clip."""
    return source_id == str(DEMO_CLIP)
