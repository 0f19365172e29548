"""Plate formats: the table is well formed, texts match what they were drawn from, re-ranking invents nothing."""

import csv
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognizer.alphabet import write_in_order
from recognizer.formats import (
    FormatError,
    PlateFormat,
    contradicts_region,
    fits_region,
    list_regions,
    load_formats,
    rerank_alternatives,
    settle_lookalikes,
)
from recognizer.readings import Alternative
from recognizer.synthesis.colours import parse_colour

ASKED = ["RU", "DE", "GB", "FR", "IT", "ES", "PL", "NL", "RO", "UA", "UZ", "BR", "US", "IN", "VN", "AE"]
ALPHABET = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
FORMATS = load_formats()


def drawn(plate: PlateFormat, rng: Random) -> list[str]:
    return [write_in_order(item.text_of(item.sample(rng))) for item in (*plate.patterns, *plate.vanity)]


def test_all_asked_countries_and_a_dozen_states_are_there() -> None:
    assert set(ASKED) <= set(list_regions())
    assert len({plate.code for plate in FORMATS if plate.region == "US"}) >= 12
    assert len({plate.code for plate in FORMATS}) == len(FORMATS), "codes are unique"


@pytest.mark.parametrize("plate", FORMATS, ids=lambda plate: plate.code)
def test_every_format_is_well_formed(plate: PlateFormat) -> None:
    assert plate.weight > 0
    assert 1.0 <= plate.size_mm[0] / plate.size_mm[1] <= 6
    assert len({"/" in pattern.source for pattern in plate.patterns}) == 1, "one and two lines are two formats"
    for colours in plate.colours:
        assert parse_colour(colours.background) != parse_colour(colours.ink)
    for caption in plate.captions:
        assert caption.texts and all(ink == "ink" or parse_colour(ink) for ink in caption.inks)
    for band in plate.bands:
        assert band.at in ("left", "right", "top", "bottom", "corner", "right-corner")
        assert 0 < band.size < 0.3


@given(st.sampled_from(FORMATS), st.integers(0, 2**32))
def test_what_a_format_draws_matches_it(plate: PlateFormat, seed: int) -> None:
    for text in drawn(plate, Random(seed)):
        assert plate.matches(text) and fits_region(text, plate.code) and fits_region(text, plate.region)
        assert set(text) <= ALPHABET
        assert 2 <= len(text) <= 10


def test_two_line_plates_are_a_quarter_to_a_third() -> None:
    weights = Counter[int]()
    for plate in FORMATS:
        weights[plate.lines] += round(100 * plate.weight)
    assert 0.24 < weights[2] / weights.total() < 0.33


@pytest.mark.parametrize(
    ("text", "region", "fits"),
    [
        ("A123BC77", "RU", True),
        ("A123BC777", "ru", True),
        ("D123BC77", "RU", False),
        ("01A123BC", "UZ", True),
        ("ABC1D23", "BR", True),
        ("ABC1234", "BR", True),
        ("6MBV006", "US:ca", True),
        ("6MBV006", "US-CA", True),
        ("DW160N", "EU:pl", True),
        ("AB12CDE", "GB", True),
        ("AB12CD", "GB", False),
        ("B12ABC", "RO", True),
        ("51G37675", "VN", True),
        ("MH12AB1234", "IN", True),
        ("AB1234", "EU:by", False),
        ("1161BO7", "EU:by", True),
        ("HDNE8880", "DE", True),
        ("WOBVR142", "DE", True),
        ("HHSE457H", "DE", True),
        ("CIN78A6", "PL", True),
        ("GO6600H", "EU:slo", True),
        ("VI868807", "IT", True),
        ("OB1570EM", "BG", True),
    ],
)
def test_matches(text: str, region: str, fits: bool) -> None:
    assert fits_region(text, region) is fits


def test_a_region_nobody_knows_is_named() -> None:
    with pytest.raises(FormatError, match=r"'XX'.*DE"):
        fits_region("AB123", "XX")


@pytest.mark.data
def test_real_labels_fit_their_country(shared_data: Path) -> None:
    table = shared_data / "crops" / "train.csv"
    fits: dict[str, list[bool]] = {}
    with table.open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            region = row["plate_region"]
            if region.split(":")[0] in ("UZ", "BR", "VN", "US", "EU"):
                known = region if not region.startswith("EU") else "EU"
                fits.setdefault(known.split(":")[0], []).append(fits_region(row["plate_text"], known))
    share = {region: sum(found) / len(found) for region, found in fits.items()}
    assert share["UZ"] == share["BR"] == 1.0
    assert share["VN"] > 0.98 and share["EU"] > 0.85 and share["US"] > 0.85


alternatives = st.lists(
    st.builds(Alternative, st.text(alphabet="ABO01238", max_size=8), st.floats(0, 1)),
    max_size=6,
    unique_by=lambda a: a.text,
)


@given(alternatives, st.sampled_from(["DE", "US", "BR", "UZ", "EU"]))
def test_rerank_never_invents(given_: list[Alternative], region: str) -> None:
    ranked = rerank_alternatives(given_, region)
    assert Counter(a.text for a in ranked) == Counter(a.text for a in given_)
    assert [a.confidence for a in ranked] == sorted((a.confidence for a in ranked), reverse=True)
    assert all(0 <= a.confidence <= 1 for a in ranked)
    assert sum(a.confidence for a in ranked) <= sum(a.confidence for a in given_) + 1e-9


def test_rerank_prefers_what_fits() -> None:
    ranked = rerank_alternatives([Alternative("ABCI234", 0.5), Alternative("ABC1234", 0.3)], "BR")
    assert [a.text for a in ranked] == ["ABC1234", "ABCI234"]
    assert sum(a.confidence for a in ranked) == pytest.approx(0.8)
    sure = rerank_alternatives([Alternative("XYZ", 0.99), Alternative("ABC1234", 0.005)], "BR")
    assert sure[0].text == "XYZ", "a sure reading stays, whatever the country"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('[[format]]\ncode = "Q1"\npatterns = ["A?"]\n', "Q1.*means nothing"),
        ('[[format]]\ncode = "Q2"\npatterns = ["A"]\ncolor = 1\n', "Q2.*unknown keys color"),
        ('[[format]]\ncode = "Q3"\npatterns = ["A"]\ncolours = ["white"]\n', "Q3.*background/ink"),
        ('[[format]]\ncode = "Q4"\nbase = "none"\npatterns = ["A"]\n', "Q4"),
        ("[[format]\n", "bad.toml"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, table: str, message: str) -> None:
    (tmp_path / "bad.toml").write_text(table, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        load_formats(tmp_path)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no plate formats"):
        load_formats(tmp_path)


@pytest.mark.parametrize(
    ("text", "region", "settled"),
    [
        ("00010O154", "RU", "O001OO154"),
        ("KAO5AB1234", "IN", "KA05AB1234"),
        ("O001OO154", "RU", "O001OO154"),
        ("W00DFEST", "US-VA", "W00DFEST"),
        ("ABC", "RU", "ABC"),
        ("0O1I0", "RU", "0O1I0"),
        ("AO1", "XX", "AO1"),
    ],
)
def test_formats_settle_which_of_two_look_alikes_a_character_is(text, region, settled):
    assert settle_lookalikes(text, region) == settled


@pytest.mark.parametrize(
    ("text", "region", "contradicts"),
    [
        ("A123BC77", "RU", False),
        ("DP0000SS", "PL", True),
        ("LOVEME", "US-CA", False),
        ("AB1", "", False),
        ("AB1", "XX", False),
    ],
)
def test_a_text_may_contradict_a_region(text, region, contradicts):
    assert contradicts_region(text, region) is contradicts
