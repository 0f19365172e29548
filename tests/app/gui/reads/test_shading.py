"""The ink of a character: legible at every confidence, never fainter when surer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtGui import QColor

from app.gui.reads.shading import LEGIBLE, contrast, mix, shade
from app.gui.widgets.theme import DARK, LIGHT, Theme

shares = st.floats(0, 1)
BACKGROUNDS = (("text", "surface"), ("on_accent_soft", "accent_soft"))


@given(shares, st.sampled_from((LIGHT, DARK)), st.sampled_from(BACKGROUNDS))
def test_a_character_is_legible_however_unsure(confidence: float, theme: Theme, pair: tuple[str, str]) -> None:
    ink, paper = (QColor(getattr(theme, name)) for name in pair)
    assert contrast(shade(ink, paper, confidence), paper) >= LEGIBLE


@given(shares, shares, st.sampled_from((LIGHT, DARK)))
def test_surer_is_never_fainter(first: float, second: float, theme: Theme) -> None:
    ink, paper = QColor(theme.text), QColor(theme.surface)
    low, high = sorted((first, second))
    assert contrast(shade(ink, paper, low), paper) <= contrast(shade(ink, paper, high), paper)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_sure_and_unsure_can_be_told_apart(theme: Theme) -> None:
    ink, paper = QColor(theme.text), QColor(theme.surface)
    assert shade(ink, paper, 1.0) == ink
    assert contrast(shade(ink, paper, 0.1), paper) < 0.7 * contrast(ink, paper)


@given(st.floats(allow_nan=False))
def test_any_share_mixes_to_a_colour(share: float) -> None:
    mixed = mix(QColor("black"), QColor("white"), share)
    assert mixed.isValid() and 1 <= contrast(mixed, QColor("white")) <= 21.01
