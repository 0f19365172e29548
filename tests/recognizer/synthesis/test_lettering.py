import shutil
from pathlib import Path
from random import Random

import numpy as np
import pytest

from recognizer.formats import load_formats
from recognizer.patterns import Piece, TokenKind
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.layout import LineStyle, set_line
from recognizer.synthesis.lettering import CAP, CELL, MARGIN, OPEN_FONTS, Face, FontBook, FontError, Tail, add_tail


def test_every_open_font_has_all_characters_and_a_licence() -> None:
    book = FontBook()
    for face in book.faces:
        assert face.caption or face.families
        assert face.has("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), face.path.name
        stem = face.path.name.lower().split("-latin")[0].removesuffix(".ttf")
        assert (OPEN_FONTS / "licences" / f"{stem}.txt").is_file()
    files = {file.name for file in OPEN_FONTS.iterdir() if file.suffix in (".ttf", ".otf", ".woff2")}
    assert files == {face.path.name for face in book.faces}, "no font ships that fonts.toml does not name"
    assert sum((OPEN_FONTS / name).stat().st_size for name in files) < 1_000_000


def test_glyphs_of_a_font_are_told_apart() -> None:
    face = Face(OPEN_FONTS / "barlow-latin-600-normal.woff2", ("eu",))
    assert not face.has("\u4e2d"), "a character the font lacks is no glyph"
    assert face.glyph("W").shape[1] > face.glyph("I").shape[1]
    assert face.glyph("A", 3).sum() > face.glyph("A").sum() > face.glyph("A", -2).sum()


def test_no_glyph_leaves_its_cell_and_the_tallest_is_as_high_as_a_capital() -> None:
    for face in FontBook().faces:
        if not face.families:
            continue
        for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
            rows = np.flatnonzero(face.glyph(character).max(axis=1) > 128)
            assert rows[0] >= MARGIN - 3 and rows[-1] < CELL - 3, f"{face.path.name}: {character} is cut off"
        assert face.letters == pytest.approx(1.0, abs=0.06)


def test_tall_digits_of_a_font_are_kept_whole() -> None:
    fonts = Path(__file__).parents[4] / "shared" / "data" / "fonts"
    if not fonts.is_dir():
        pytest.skip(f"no lettering of real plates in {fonts}")
    (road,) = [face for face in FontBook(fonts).faces if face.path.name.startswith("ru_")]
    heights = {c: len(np.flatnonzero(road.glyph(c).max(axis=1) > 128)) for c in "017HKX"}
    assert all(heights[digit] == pytest.approx(CAP, abs=3) for digit in "017")
    assert all(heights[letter] == pytest.approx(CAP * road.letters, abs=3) for letter in "HKX")
    assert road.letters == pytest.approx(58 / 76, abs=0.02)


def test_russian_letters_are_lower_than_their_digits_and_stand_on_the_same_line() -> None:
    (plate,) = [plate for plate in load_formats() if plate.code == "RU"]
    face = next(face for face in FontBook().faces if "ru" in face.families)
    pieces = [Piece(TokenKind.CHARACTER, character) for character in "H1"]
    line = set_line(pieces, face, LineStyle(letters=plate.letter_height), 200)
    left, right = (
        np.flatnonzero(half.max(axis=1) > 128) for half in np.array_split(line.mask, [line.mask.shape[1] // 2], 1)
    )
    assert len(left) / len(right) == pytest.approx(58 / 76, abs=0.04)
    assert abs(int(left[-1]) - int(right[-1])) <= 1


@pytest.mark.parametrize("tail", [Tail((0.5, 0.8), (0.5, 1.0), 0.1), Tail((0.7, 0.7), (1.0, 1.05), 0.15)])
def test_a_tail_makes_a_q_of_an_o_and_changes_its_lower_edge_only(tail: Tail) -> None:
    ring = FontBook().faces[0].glyph("O")
    letter = add_tail(ring, tail)
    changed = np.argwhere(letter != ring)
    assert len(changed) > 20
    assert changed[:, 0].min() > MARGIN + 0.5 * CAP
    assert (letter >= ring).all()


def test_fonts_of_another_folder_are_used(tmp_path: Path) -> None:
    shutil.copy(OPEN_FONTS / "OSP-DIN.ttf", tmp_path / "gb_plates.ttf")
    book = FontBook(tmp_path)
    picked = [book.pick(["gb"], Random(seed), "AB12", anything=0).foreign for seed in range(40)]
    assert sum(picked) > 10
    assert PlateGenerator(["gb"], fonts=tmp_path).render()[1]


def test_bad_font_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(FontError, match=tmp_path.name):
        FontBook(tmp_path)
    (tmp_path / "us_broken.ttf").write_bytes(b"no font")
    with pytest.raises(FontError, match="us_broken"):
        FontBook(tmp_path)
