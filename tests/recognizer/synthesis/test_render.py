from random import Random

import numpy as np
import pytest

from recognizer.formats import Colours, PlateFormat, load_formats
from recognizer.patterns import Piece
from recognizer.synthesis.lettering import FontBook
from recognizer.synthesis.render import PlateRenderer


@pytest.fixture(scope="module")
def renderer() -> PlateRenderer:
    return PlateRenderer(FontBook())


@pytest.mark.parametrize("plate", load_formats(), ids=lambda plate: plate.code)
def test_another_text_gives_another_picture(renderer: PlateRenderer, plate: PlateFormat) -> None:
    """Every format draws its lettering: replacing each character changes the plate across most of its width."""
    pieces = plate.patterns[0].sample(Random(1))
    others = tuple(Piece(p.kind, "H" if p.text == "8" else "8", p.small) if p.text else p for p in pieces)
    pictures = [renderer.draw(plate, text, plate.colours[0], Random(4)) for text in (pieces, others)]
    width = min(picture.shape[1] for picture in pictures)
    changed = np.abs(pictures[0][:, :width].astype(int) - pictures[1][:, :width]).max(axis=(0, 2)) > 60
    assert changed.mean() > 0.2


def test_no_plate_loses_a_character_at_its_edge(renderer: PlateRenderer) -> None:
    """Bars at both ends of the lettering stay inside the picture, in one line and two."""
    plates = [plate for plate in load_formats() if plate.code in ("DE", "DE-2", "RU", "US-NY", "VN-2", "GB")]
    for plate in plates:
        bare = PlateFormat("T", "T", plate.patterns, size_mm=plate.size_mm, border=0.0, end_bolts=0.0)
        for seed in range(10):
            pieces = plate.patterns[0].sample(Random(seed))
            image = renderer.draw(bare, pieces, Colours("white", "black"), Random(seed))
            edge = np.concatenate([image[:, :2].reshape(-1, 3), image[:, -2:].reshape(-1, 3)])
            assert edge.min() > 120, f"{plate.code}: lettering runs over the edge"


def test_bolts_at_both_ends_are_as_frequent_as_the_format_says(renderer: PlateRenderer) -> None:
    (uzbek,) = [plate for plate in load_formats() if plate.code == "UZ"]
    for often, least, most in ((0.0, 0, 0), (1.0, 32, 40)):
        bare = PlateFormat("T", "T", uzbek.patterns, height=0.3, border=0.0, end_bolts=often)
        bolted = 0
        for seed in range(40):
            image = renderer.draw(
                bare, uzbek.patterns[0].sample(Random(seed)), Colours("white", "#e0e0e0"), Random(seed)
            )
            middle = image[35:75].min(axis=(0, 2)).astype(int)
            bolted += all(abs(int(end.min()) - int(np.median(middle))) > 12 for end in (middle[2:30], middle[-30:-2]))
        assert least <= bolted <= most  # some are of nearly the plate's colour
