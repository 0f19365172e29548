from collections.abc import Sequence

from app.pipeline.reading import read_crops
from app.pipeline.types import Image, PlateCrop
from detector.types import Box
from recognizer.readings import Reading
from tests.app.pipeline.made import frame, says


class Reader:
    """Reads the brightness of each crop, and fails at black ones."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, bool]] = []

    def prefer_region(self, region: str | None) -> None: ...

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        self.calls.append((len(crops), thorough))
        if any(crop.max() == 0 for crop in crops):
            raise ValueError("a black crop")
        return [says(f"AB{crop[0, 0, 0]}") for crop in crops]


def crop(level: int, source: str, still: bool = False) -> PlateCrop:
    made = frame(level, 0.0, source, still=still)
    image = made.image[:20, :60].copy()
    image[:] = level
    return PlateCrop(made, 1, image, Box(0, 0, 60, 20), 0.9, 1.0)


def test_crops_of_all_sources_are_read_as_one_batch() -> None:
    reader, crops = Reader(), [crop(11, "a"), crop(22, "b")]
    read, faults = read_crops(reader, crops)
    assert reader.calls == [(2, False)] and not faults
    assert [(one, reading.text) for one, reading in read] == [(crops[0], "AB11"), (crops[1], "AB22")]


def test_pictures_are_read_thoroughly_beside_frames_of_video_and_each_reading_finds_its_crop() -> None:
    reader = Reader()
    crops = [crop(11, "a.jpg", still=True), crop(22, "clip"), crop(33, "b.jpg", still=True)]
    read, _ = read_crops(reader, crops)
    assert reader.calls == [(1, False), (2, True)]
    assert [reading.text for _, reading in read] == ["AB11", "AB22", "AB33"]


def test_a_crop_that_cannot_be_read_costs_no_other_source() -> None:
    read, faults = read_crops(Reader(), [crop(11, "a"), crop(0, "bad"), crop(22, "bad"), crop(33, "c")])
    assert [(one.frame.source_id, reading.text) for one, reading in read] == [("a", "AB11"), ("c", "AB33")]
    assert [(fault.source_id, fault.error) for fault in faults] == [("bad", "a black crop")]


def test_without_crops_the_reader_is_not_asked() -> None:
    reader = Reader()
    assert read_crops(reader, []) == ([], ()) and reader.calls == []
