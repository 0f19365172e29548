"""The plate generator: true labels, the same plates from the same seed, data sets that are read back."""

import argparse
import json
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from recognizer.alphabet import write_in_order
from recognizer.formats import FREE, FormatError, fits_region
from recognizer.synthesis import generator as synth
from recognizer.synthesis.generator import PlateGenerator
from recognizer.synthesis.generic_plates import draw_generic_plate
from recognizer.training import datasets


@pytest.fixture(scope="module")
def generator() -> PlateGenerator:
    return PlateGenerator(seed=3)


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
