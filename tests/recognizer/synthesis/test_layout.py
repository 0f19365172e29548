from recognizer.patterns import Piece, TokenKind
from recognizer.synthesis.layout import LineStyle, set_line
from recognizer.synthesis.lettering import FontBook, Tail, add_tail


def test_lettering_with_a_tail_has_it_in_every_q() -> None:
    face = next(face for face in FontBook().faces if "br" in face.families)
    tail = Tail((0.6, 0.75), (0.7, 1.0), 0.12)
    plain, tailed = (
        set_line([Piece(TokenKind.CHARACTER, "Q")], face, LineStyle(tail=how), 60).mask for how in (None, tail)
    )
    assert tailed.shape != plain.shape or (tailed != plain).any()
    own = add_tail(face.glyph("O"), tail)
    assert (tailed[:, 2 : 2 + own.shape[1]] == own).all()
