"""Finds number plates in pictures. `PlateDetector` is imported on first use, so that importing this costs nothing."""

from typing import TYPE_CHECKING, Any

from detector.types import Box, Detection

if TYPE_CHECKING:
    from detector.detector import PlateDetector

__all__ = ["Box", "Detection", "PlateDetector"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Imports the detector when it is asked for."""
    if name == "PlateDetector":
        from detector.detector import PlateDetector

        return PlateDetector
    raise AttributeError(f"module 'detector' has no attribute {name!r}")
