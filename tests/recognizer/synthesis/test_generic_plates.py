from random import Random

from recognizer.patterns import TokenKind
from recognizer.synthesis.generic_plates import draw_generic_plate


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
