import re
from itertools import product
from pathlib import Path

import pytest
from PyQt5.QtGui import QColor, QPalette
from PyQt5.QtWidgets import QApplication, QPushButton

from app.gui.reads.shading import contrast
from app.gui.widgets import icons, theme

THEMES = (theme.LIGHT, theme.DARK)
SOURCES = Path(theme.__file__).parents[1]
TEXT_ON = [
    *product(("text", "muted"), ("window", "surface", "raised", "sunken")),
    *product(("accent",), ("window", "surface", "raised", "accent_soft")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("on_accent_soft", "accent_soft"),
    ("notice", "notice_soft"),
    ("notice", "surface"),
    ("notice", "window"),
    ("good", "surface"),
    ("on_hit", "hit"),
    ("surface", "text"),  # tool tips
]
EDGES = [*product(("outline", "hit", "accent"), ("surface", "window"))]


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize(("ink", "paper"), TEXT_ON)
def test_text_has_the_contrast_of_wcag_aa(look: theme.Theme, ink: str, paper: str) -> None:
    assert contrast(QColor(getattr(look, ink)), QColor(getattr(look, paper))) >= 4.5


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize(("edge", "paper"), EDGES)
def test_edges_of_controls_and_focus_have_the_contrast_of_wcag_aa(look: theme.Theme, edge: str, paper: str) -> None:
    assert contrast(QColor(getattr(look, edge)), QColor(getattr(look, paper))) >= 3.0


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
def test_red_is_the_hit_and_nothing_else(look: theme.Theme) -> None:
    for name in (field for field in look.__slots__ if field not in ("name", "hit")):
        colour = QColor(getattr(look, name))
        reddish = colour.hsvSaturationF() > 0.35 and (colour.hsvHueF() < 0.04 or colour.hsvHueF() > 0.93)
        assert not reddish, name
    assert QColor(look.hit).hsvHueF() > 0.93 or QColor(look.hit).hsvHueF() < 0.04


def test_the_hit_colour_is_used_where_hits_are_shown_only() -> None:
    users = {path.name for path in SOURCES.rglob("*.py") if re.search(r'"hit"|on_hit|\$hit', path.read_text())}
    assert users <= {
        "theme.py", "style.py", "hits.py", "video_view.py", "player.py", "delegates.py", "rail.py",
    }  # fmt: skip


@pytest.mark.parametrize("look", THEMES, ids=lambda look: look.name)
def test_the_palette_and_the_style_sheet_are_the_themes(qapp: QApplication, look: theme.Theme) -> None:
    theme.apply(qapp, look)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == look.window
    assert "$" not in qapp.styleSheet()
    for picture in re.findall(r'url\("([^"]+)"\)', qapp.styleSheet()):
        assert Path(picture).is_file()
    theme.apply(qapp, theme.LIGHT)


@pytest.mark.parametrize(
    ("choice", "dark", "name"),
    [("system", True, "dark"), ("system", False, "light"), ("dark", False, "dark"), ("light", True, "light")],
)
def test_the_setting_chooses_the_theme(choice: str, dark: bool, name: str) -> None:
    assert theme.choose_theme(choice, dark).name == name


def test_every_icon_named_in_the_code_is_kept_with_its_licence() -> None:
    kept = {path.stem for path in icons.FOLDER.glob("*.svg")}
    text = "\n".join(path.read_text() for path in SOURCES.rglob("*.py"))
    makers = "load_icon|IconLabel|show_icon|make_tool_button|_say|EmptyState|ShownState"
    named = set(re.findall(rf'(?:{makers})\(\s*(?:tr\([^)]*\), )?"([a-z0-9-]+)"', text))
    assert named and named <= kept, named - kept
    assert "ISC License" in (icons.FOLDER / "LICENSE").read_text()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_icons_take_the_themes_colour_at_the_screens_resolution(qapp: QApplication, ratio: float) -> None:
    for look in THEMES:
        theme.apply(qapp, look)
        picture = icons.render_icon("square", 24, "accent", ratio)
        assert picture.width() == 24 * ratio
        image = picture.toImage()
        solid = [
            image.pixelColor(x, y)
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        ]
        assert solid and {colour.name() for colour in solid} == {look.accent}
    theme.apply(qapp, theme.LIGHT)


def test_an_icon_follows_a_change_of_theme(qapp: QApplication) -> None:
    button = QPushButton(icons.load_icon("square"), "")
    pictures = []
    for look in THEMES:
        theme.apply(qapp, look)
        pictures.append(button.icon().pixmap(24, 24).toImage())
    assert pictures[0] != pictures[1]
    theme.apply(qapp, theme.LIGHT)
