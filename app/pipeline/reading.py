"""Reads the crops of a batch of frames; a source whose crops cannot be read costs no other one."""

from collections.abc import Sequence
from typing import Protocol

from app.pipeline.detection import describe
from app.pipeline.types import Image, PlateCrop, SourceFault
from recognizer.readings import Reading


class Reader(Protocol):
    """Reads plates; `recognizer.PlateReader` is one."""

    def prefer_region(self, region: str | None) -> None:
        """Prefer the plates of one region among the alternatives from now on; None prefers nothing."""
        ...

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        """Return one reading a crop; thorough: try further variants where one is unsure."""
        ...


def read_crops(
    reader: Reader, crops: Sequence[PlateCrop]
) -> tuple[list[tuple[PlateCrop, Reading]], tuple[SourceFault, ...]]:
    """Read crops as one batch, or source by source where the batch fails.

    Returns:
        The crops that were read, each with its reading, and the sources whose crops could not be read.
    """
    try:
        return list(zip(crops, _read(reader, crops), strict=True)), ()
    except Exception as error:
        names = list(dict.fromkeys(crop.frame.source_id for crop in crops))
        if len(names) == 1:
            return [], (SourceFault(names[0], describe(error)),)
    parts = [read_crops(reader, [crop for crop in crops if crop.frame.source_id == name]) for name in names]
    return [pair for pairs, _ in parts for pair in pairs], tuple(fault for _, faults in parts for fault in faults)


def _read(reader: Reader, crops: Sequence[PlateCrop]) -> list[Reading]:
    """Read all crops as one batch; in still pictures, which have no second frame, thoroughly."""
    still = [crop.frame.is_still for crop in crops]
    if not crops:
        return []
    if not any(still) or all(still):
        return reader.read([crop.image for crop in crops], thorough=all(still))
    parts = {kind: iter(_read(reader, [c for c in crops if c.frame.is_still is kind])) for kind in (False, True)}
    return [next(parts[kind]) for kind in still]
