"""The plate generator: true labels, the same plates from the same seed, data sets that are read back."""

import argparse
import json
import shutil
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from recognizer.alphabet import write_in_order
from recognizer.formats import FREE, Colours, FormatError, PlateFormat, fits_region, load_formats
from recognizer.patterns import Piece, TokenKind
from recognizer.synthesis import generator as synth
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.generic_plates import draw_generic_plate
from recognizer.synthesis.layout import LineStyle, set_line
from recognizer.synthesis.lettering import CAP, CELL, MARGIN, OPEN_FONTS, Face, FontBook, FontError, Tail, add_tail
from recognizer.synthesis.render import PlateRenderer
from recognizer.training import datasets


@pytest.fixture(scope="module")
def generator() -> PlateGenerator:
    return PlateGenerator(seed=3)


@pytest.fixture(scope="module")
def renderer() -> PlateRenderer:
    return PlateRenderer(FontBook())


def test_plates_are_pictures_with_a_text_of_their_format(generator: PlateGenerator) -> None:
    codes = []
    for _ in range(400):
        image, standing, code = generator.render()
        text = write_in_order(standing)
        codes.append(code)
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
        assert 96 <= image.shape[0] <= 128 and 0.9 < image.shape[1] / image.shape[0] < 6
        assert image.std() > 8, f"{code} {text}: nothing is to be seen"
        assert 2 <= len(text) <= 10 and set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        assert code == FREE or fits_region(text, code)
    assert 0.18 < codes.count(FREE) / len(codes) < 0.33
    assert len(set(codes)) > 90


def test_the_same_seed_draws_the_same_plates() -> None:
    first, second, other = (PlateGenerator(seed=seed) for seed in (5, 5, 6))
    for _ in range(25):
        image, text, code = first.render()
        again, same_text, same_code = second.render()
        assert (text, code) == (same_text, same_code)
        assert np.array_equal(image, again)
    assert [other.render()[1] for _ in range(5)] != [first.render()[1] for _ in range(5)]


def test_a_source_of_randomness_decides_alone() -> None:
    fresh, used = PlateGenerator(seed=1), PlateGenerator(seed=2)
    for _ in range(60):
        used.render()
    for seed in range(30):
        one, two = (item.render(np.random.default_rng(seed)) for item in (fresh, used))
        assert one[1:] == two[1:]
        assert np.array_equal(one[0], two[0])


def test_only_the_formats_asked_for() -> None:
    codes = {PlateGenerator(["ru", "US-CA"], seed=seed).render()[2] for seed in range(40)}
    assert codes == {"RU", "RU-2", "US-CA"}
    assert {PlateGenerator(["free"], seed=seed).render()[2] for seed in range(5)} == {FREE}
    with pytest.raises(FormatError, match="ZZ"):
        PlateGenerator(["ZZ"])


def test_one_line_only_where_asked() -> None:
    drawn = PlateGenerator(["RU", "PL", "free"], seed=1, lines=1)
    assert {drawn.render()[2] for _ in range(80)} == {"RU", "PL", FREE}
    rng = Random(3)
    assert all(draw_generic_plate(rng, lines=1)[0].lines == 1 for _ in range(200))
    with pytest.raises(FormatError, match=r"IT-2.*1 line"):
        PlateGenerator(["IT-2"], lines=1)


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


def test_free_plates_have_three_to_nine_characters_on_one_line_or_two() -> None:
    rng = Random(0)
    texts, lines = [], []
    for _ in range(600):
        plate, pattern, _colours = draw_generic_plate(rng)
        pieces = pattern.sample(rng)
        texts.append(pattern.text_of(pieces))
        lines.append(1 + sum(piece.kind is TokenKind.LINE for piece in pieces))
        assert plate.lines == lines[-1]
    assert {len(text) for text in texts} == set(range(3, 10))
    assert set(lines) == {1, 2} and 0.15 < lines.count(2) / 600 < 0.4


def test_every_open_font_has_all_characters_and_a_licence() -> None:
    book = FontBook()
    for face in book.faces:
        assert face.caption or face.families
        assert face.has("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), face.path.name
        stem = face.path.name.lower().split("-latin")[0].removesuffix(".ttf")
        assert (OPEN_FONTS / "licences" / f"{stem}.txt").is_file()
    files = {file.name for file in OPEN_FONTS.iterdir() if file.suffix in (".ttf", ".otf", ".woff2")}
    assert files == {face.path.name for face in book.faces}, "no font ships that fonts.toml does not name"
    assert sum(file.stat().st_size for file in OPEN_FONTS.rglob("*")) < 2_000_000


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


def test_lettering_with_a_tail_has_it_in_every_q() -> None:
    face = next(face for face in FontBook().faces if "br" in face.families)
    tail = Tail((0.6, 0.75), (0.7, 1.0), 0.12)
    plain, tailed = (
        set_line([Piece(TokenKind.CHARACTER, "Q")], face, LineStyle(tail=how), 60).mask for how in (None, tail)
    )
    assert tailed.shape != plain.shape or (tailed != plain).any()
    own = add_tail(face.glyph("O"), tail)
    assert (tailed[:, 2 : 2 + own.shape[1]] == own).all()


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


def arguments(*spelled: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    synth.add_arguments(parser)
    return parser.parse_args(spelled)


def test_a_written_data_set_is_read_back_either_way(tmp_path: Path) -> None:
    args = arguments("--format", "ru", "--count", "40", "--out", str(tmp_path / "ru"), "--seed", "7")
    assert synth.main(args) == 0
    table = datasets.load(tmp_path / "ru" / "plates.csv")
    project = datasets.load(tmp_path / "ru")
    assert len(table.samples) == len(project.samples) == 40
    assert not project.left_out
    assert {s.split for s in project.samples} == {"train", "val"}
    assert sorted(s.text for s in table.samples) == sorted(s.text for s in project.samples)
    assert {s.region for s in table.samples} <= {"RU", "RU-2"}
    for sample in project.samples:
        assert fits_region(sample.text, "RU") and sample.image().ndim == 3


def test_an_annotation_tells_the_picture_s_size(tmp_path: Path) -> None:
    sample = synth.write_dataset(PlateGenerator(["de"], seed=1), tmp_path, 1)[0]
    note = json.loads((tmp_path / "ann" / f"{sample.name}.json").read_text(encoding="utf-8"))
    picture = cv2.imread(str(tmp_path / "img" / f"{sample.name}.png"))
    assert (note["size"]["height"], note["size"]["width"]) == picture.shape[:2]
    assert note["description"] == sample.text


def test_writing_twice_with_one_seed_writes_the_same(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        synth.main(arguments("--count", "6", "--seed", "9", "--out", str(tmp_path / folder)))
    names = [sorted(file.name for file in (tmp_path / folder / "img").iterdir()) for folder in ("one", "two")]
    assert names[0] == names[1]
    for name in names[0]:
        assert (tmp_path / "one" / "img" / name).read_bytes() == (tmp_path / "two" / "img" / name).read_bytes()


def test_the_benchmark_prints_two_rates(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert synth.main(arguments("--benchmark", "--count", "20", "--format", "de", "--out", str(tmp_path / "no"))) == 0
    assert "clean plates a second" in capsys.readouterr().out
    assert not (tmp_path / "no").exists()


def test_two_seeds_differ_in_looks(generator: PlateGenerator) -> None:
    shapes = {generator.render()[0].shape for _ in range(20)}
    assert len(shapes) > 10
