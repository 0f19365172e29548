"""The explaining picture: its geometry, its colours and its command."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recognizer import checkpoint
from recognizer.__main__ import main
from recognizer.alphabet import Alphabet
from recognizer.config import NetworkConfig, Stage
from recognizer.ctc import search_beams
from recognizer.explain import MatrixColumns, explain, find_best_runs, shade_probabilities
from recognizer.network import build_network
from recognizer.page import NIGHT, FigurePage
from recognizer.readings import Alternative, Reading


class Paths:
    """A reader whose output follows given paths of classes."""

    def __init__(self, path, lines=1, alphabet=Alphabet("AB12"), peak=0.96):  # noqa: B008
        self.alphabet, self.lines = alphabet, lines
        probs = np.full((1, len(path), alphabet.classes), (1 - peak) / (alphabet.classes - 1), np.float32)
        probs[0, np.arange(len(path)), path] = peak
        self.output = np.log(probs)

    def straighten(self, crops):
        return list(crops)

    def compute_log_probs(self, crops):
        return self.output

    def read(self, crops):
        best, *others = search_beams(self.output, self.alphabet)[0]
        also = tuple(Alternative(d.text, float(np.exp(d.log_prob))) for d in others)
        return [Reading(best.text, float(np.exp(best.log_prob)), best.char_confidences, also)]


PLATE = np.full((34, 152, 3), 200, np.uint8)


def orange(picture):
    """Pixels of the colour that frames the best path."""
    return (picture == (20, 120, 240)).all(axis=2)


@pytest.mark.parametrize("width", [900, 1200, 1600])
@pytest.mark.parametrize(("path", "lines"), [([0, 1, 1, 0, 1, 2, 0, 3], 1), ([0, 1, 1, 0, 1, 2, 0, 3] * 4, 2)])
def test_the_picture_has_the_width_asked_for_and_frames_the_best_path(path, lines, width):
    picture = explain(PLATE, Paths(path, lines), width)
    assert picture.shape[1] == width and picture.dtype == np.uint8 and picture.flags.c_contiguous
    assert orange(picture).sum() > 200


@pytest.mark.parametrize("scale", [1.25, 2.0])
def test_a_dense_screen_gets_the_same_picture_larger(scale):
    once = explain(PLATE, Paths([0, 1, 1, 0, 1, 2, 0, 3]), 900)
    large = explain(PLATE, Paths([0, 1, 1, 0, 1, 2, 0, 3]), 900, scale=scale)
    assert large.shape[:2] == (round(once.shape[0] * scale), round(900 * scale))
    small = cv2.resize(large, once.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - once).mean() < 6


def test_on_dark_ground_the_plate_keeps_its_colours_and_the_ink_turns_light():
    blue = np.full_like(PLATE, (200, 60, 40))
    light, dark = (explain(blue, Paths([0, 1, 1, 0, 1, 2, 0, 3]), 900, dark=dark) for dark in (False, True))
    ground = np.array(NIGHT[::-1])
    assert (light[2, 2] == 255).all() and (dark[2, 2] == ground).all()
    plate = (light == (200, 60, 40)).all(axis=2)
    assert plate.sum() > 10_000 and (dark[plate] == (200, 60, 40)).all()
    around = ~plate
    assert light[around].mean() > 200 and dark[around].mean() < 80
    assert dark[around].max() > 200  # ink
    hot = dark.astype(int)
    assert ((hot[..., 2] > 200) & (hot[..., 0] < 90)).sum() > 200  # the best path is orange still


def test_an_output_of_blanks_only_frames_no_character():
    blank, read = explain(PLATE, Paths([0] * 12)), explain(PLATE, Paths([0, 1, 0, 2] * 3))
    assert orange(blank).sum() == 0 < orange(read).sum()


def test_a_longer_alphabet_gives_a_taller_picture():
    assert explain(PLATE, Paths([0, 1], alphabet=Alphabet())).shape[0] > explain(PLATE, Paths([0, 1])).shape[0] + 400


def test_a_text_that_stands_in_another_order_is_said_as_it_is_written(monkeypatch):
    said = []
    monkeypatch.setattr(FigurePage, "text", lambda page, at, text, *look, **more: said.append(text))
    reader = Paths([1, 0, 3, 0, 2], alphabet=Alphabet("A1<"))
    monkeypatch.setattr(reader, "read", lambda crops: [Reading("1A", 0.9, (0.9, 0.9))])
    explain(PLATE, reader)
    assert "The best path spells A<1, written 1A, and so do all paths together." in said


def test_the_plate_is_drawn_without_the_skipped_share():
    half = PLATE.copy()
    half[:, :76] = (0, 0, 255)

    def red(picture):
        return int((picture[190:282] == (0, 0, 255)).all(axis=2).sum())

    assert red(explain(half, Paths([0] * 8))) > 100 > red(explain(half, Paths([0] * 8), skipped=0.55))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=40).filter(lambda p: len(p) % 2 == 0), st.sampled_from([1, 2]))
def test_runs_spell_the_path_and_end_with_each_line(path, lines):
    probs = np.exp(Paths(path, lines).output[0])
    runs = find_best_runs(probs, lines)
    assert [label for run in runs for label in [run.label] * (run.last - run.first)] == path
    assert all(a.last == b.first for a, b in pairwise(runs))
    if lines == 2:
        assert any(run.last == len(path) // 2 for run in runs)
    else:
        assert all(a.label != b.label for a, b in pairwise(runs))


@given(st.integers(1, 60), st.sampled_from([1, 2]), st.integers(700, 2000))
def test_columns_stand_side_by_side_inside_the_page(per_line, lines, width):
    columns = MatrixColumns(per_line * lines, lines, width)
    edges = [(columns.x(t), columns.end(t)) for t in range(columns.steps)]
    assert all(0 < left < right <= width for left, right in edges)
    assert all(a[1] <= b[0] for a, b in pairwise(edges))
    assert columns.line(lines - 1)[1] == edges[-1][1]


def test_shades_darken_with_probability():
    brightness = shade_probabilities(np.linspace(0, 1, 50)).astype(int).sum(axis=1)
    assert (np.diff(brightness) < 0).all()
    assert shade_probabilities(np.array(0.0)).tolist() == [255, 255, 255]


def test_the_command_draws_all_pictures_into_one(tmp_path, capsys):
    torch.manual_seed(0)
    config = NetworkConfig(16, 32, 1, "AB12", (Stage(4, (2, 2)), Stage(8, (2, 1))), hidden=8)
    checkpoint.save(checkpoint.Checkpoint(build_network(config), config), tmp_path / "small.safetensors")
    cv2.imwrite(str(tmp_path / "a.png"), PLATE)
    weights = ["--weights", str(tmp_path / "small.safetensors"), "--device", "torch"]
    heights = []
    for names in (["a.png"], ["a.png", "a.png"]):
        out = tmp_path / "out" / "explained.png"
        assert main(["explain", *[str(tmp_path / n) for n in names], *weights, "--out", str(out)]) == 0
        heights.append(cv2.imread(str(out)).shape[0])
        assert capsys.readouterr().out.count("a.png:") == len(names)
    assert heights[1] == 2 * heights[0]
    (tmp_path / "b.png").write_bytes(b"")
    assert main(["explain", str(tmp_path / "b.png"), *weights]) == 1
    assert "b.png: not a picture" in capsys.readouterr().err
