import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from detector.training.convert import convert_datasets
from detector.training.datasets import clip_box, read_openalpr, read_voc, read_yolo
from detector.types import Box


def picture(path, width=200, height=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))
    return path


def corners(boxes):
    return [side for b in boxes for side in (b.x1, b.y1, b.x2, b.y2)]


@pytest.fixture
def yolo(tmp_path):
    root = tmp_path / "yolo"
    for name in ("a", "b", "c", "empty"):
        picture(root / "images" / "val" / f"{name}.jpg")
    (root / "labels" / "val").mkdir(parents=True)
    labels = root / "labels" / "val"
    (labels / "a.txt").write_text("0 0.5 0.5 0.2 0.1\n0 1.4 0.5 0.2 0.1\n3 0.5 0.5 0.1 0.1\n0 0.5 0.5 0 0.1\n0 half\n")
    (labels / "b.txt").write_text("7 0.5 0.5 0.2 0.1\n")
    (labels / "c.txt").write_text("0 0.05 0.5 0.1 0.2\n")
    (root / "data.yaml").write_text("val: images/val\nnames: {0: plate}\n")
    (root / "sources.csv").write_text("image_path,split,source\nimages/val/a.jpg,val,alpha\n")
    return root / "data.yaml"


def test_yolo_boxes_are_read_and_bad_ones_named(yolo):
    found = read_yolo(yolo)
    by_name = {s.picture.name: s for s in found.samples}
    assert corners(by_name["a.jpg"].plates) == pytest.approx([80, 45, 120, 55])
    assert by_name["a.jpg"].source == "alpha"
    assert corners(by_name["c.jpg"].plates) == pytest.approx([0, 40, 20, 60])
    assert by_name["empty.jpg"].plates == ()
    assert "b.jpg" not in by_name  # it holds a plate that is not known: it must not pass for an empty picture
    reasons = [p.reason for p in found.problems]
    assert len(reasons) == 5
    for expected in ("outside the picture", "class 3", "no area", "is not `class", "class 7"):
        assert any(expected in reason for reason in reasons)


def test_missing_sets_are_named(tmp_path, yolo):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.yaml"):
        read_yolo(tmp_path / "nowhere.yaml")
    with pytest.raises(ValueError, match="no split 'test'"):
        read_yolo(yolo, "test")


VOC = """<annotation><filename>{name}</filename><object><name>{label}</name>
<bndbox><xmin>{x1}</xmin><ymin>10</ymin><xmax>{x2}</xmax><ymax>40</ymax></bndbox></object></annotation>"""


def test_voc(tmp_path):
    folder = tmp_path / "annotations"
    folder.mkdir()
    picture(tmp_path / "images" / "one.png")
    picture(folder / "two.png")
    for file, values in {
        "one": ("one.png", "licence", 10, 60),
        "two": ("C:\\pictures\\two.png", "number_plate", 20, 90),
        "gone": ("gone.png", "licence", 10, 60),
        "dog": ("two.png", "dog", 10, 60),
        "turned": ("two.png", "licence", 60, 10),
    }.items():
        name, label, x1, x2 = values
        (folder / f"{file}.xml").write_text(VOC.format(name=name, label=label, x1=x1, x2=x2))
    (folder / "broken.xml").write_text("<annotation>")
    found = read_voc(folder)
    assert sorted((s.picture.name, s.plates) for s in found.samples) == [
        ("one.png", (Box(10, 10, 60, 40),)),
        ("two.png", (Box(20, 10, 90, 40),)),
    ]
    reasons = {p.path.stem: p.reason for p in found.problems}
    assert set(reasons) == {"gone", "dog", "turned", "broken"}
    assert "missing" in reasons["gone"] and "'dog'" in reasons["dog"] and "no area" in reasons["turned"]


def test_openalpr(tmp_path):
    picture(tmp_path / "car.jpg")
    (tmp_path / "car.txt").write_text("car.jpg\t10\t20\t50\t15\tABC123\ncar.jpg\t190\t20\t50\t15\tXYZ\n")
    (tmp_path / "lost.txt").write_text("lost.jpg\t1\t2\t3\t4\tA\n")
    found = read_openalpr(tmp_path, "br")
    assert [(s.plates, s.source) for s in found.samples] == [((Box(10, 20, 60, 35),), "br")]
    assert len(found.problems) == 2


def test_a_box_a_little_outside_is_clamped():
    assert clip_box(Box(-1, 0, 50, 20), 200, 100) == Box(0, 0, 50, 20)
    assert "no number" in clip_box(Box(float("nan"), 0, 50, 20), 200, 100)


def test_convert_makes_one_set_that_reads_back_the_same(tmp_path, yolo):
    alpr = tmp_path / "alpr"
    picture(alpr / "car.jpg")
    (alpr / "car.txt").write_text("car.jpg\t10\t20\t50\t15\tABC123\n")
    result = convert_datasets([yolo], [], [alpr], tmp_path / "out", val_share=0.5)
    assert len(result.samples) == 4 and len(result.problems) == 5
    again = [s for split in ("train", "val") for s in read_yolo(tmp_path / "out" / "data.yaml", split).samples]
    before = sorted((b.x1, b.y1, b.x2, b.y2) for s in result.samples for b in s.plates)
    after = sorted((b.x1, b.y1, b.x2, b.y2) for s in again for b in s.plates)
    assert np.allclose(before, after, atol=0.01)
    assert {s.source for s in again} == {"alpha", "", "alpr"}
    with (tmp_path / "out" / "sources.csv").open() as stream:
        assert len(list(csv.DictReader(stream))) == 4


def test_convert_without_a_set_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="--yolo"):
        convert_datasets([], [], [], tmp_path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        convert_datasets([], [tmp_path / "nowhere"], [], tmp_path)


@pytest.mark.parametrize("source", ["../../../../climbed", "{here}/climbed", "a/../../../../../b", "x" * 500])
def test_a_source_that_climbs_out_stays_in_the_folder(tmp_path, yolo, source):
    text = source.format(here=tmp_path)
    (yolo.parent / "sources.csv").write_text(f"image_path,source\nimages/val/a.jpg,{text}\n")
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    out = tmp_path / "one" / "two" / "out"
    convert_datasets([yolo], [], [], out)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert len(new) == 8 and all(path.is_relative_to(out) for path in new)


@pytest.mark.parametrize("name", ["../../private.png", "{here}/private.png", "..\\..\\private.png"])
@pytest.mark.parametrize("read", [read_voc, read_openalpr])
def test_an_annotation_takes_no_picture_from_elsewhere(tmp_path, read, name):
    picture(tmp_path / "private.png")
    folder = tmp_path / "sets" / "one"
    folder.mkdir(parents=True)
    name = name.format(here=tmp_path)
    (folder / "a.xml").write_text(VOC.format(name=name, label="plate", x1=10, x2=60))
    (folder / "a.txt").write_text(f"{name}\t10\t20\t50\t15\tABC123\n")
    found = read(folder)
    assert not found.samples and "missing" in found.problems[0].reason


@pytest.mark.parametrize("text", ["[1, 2]", "val: [a]", "val: images/val\nnames: 3", "{", "\x00", "val: " + "[" * 2000])
def test_a_yaml_that_describes_no_data_set_is_named(tmp_path, text):
    path = tmp_path / "data.yaml"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"data\.yaml"):
        read_yolo(path)


def test_folders_named_like_annotations_are_passed_by(tmp_path):
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "a.xml").mkdir()
    assert read_openalpr(tmp_path).problems == read_voc(tmp_path).problems == []


def roboflow(folder: Path, names: str, *lines: str) -> Path:
    """A set as Roboflow exports it: `../train/images` for a folder that lies beside the data.yaml."""
    for part in ("images", "labels"):
        (folder / "train" / part).mkdir(parents=True)
    cv2.imwrite(str(folder / "train" / "images" / "a.jpg"), np.zeros((100, 200, 3), np.uint8))
    (folder / "train" / "labels" / "a.txt").write_text("\n".join(lines) + "\n")
    (folder / "data.yaml").write_text(f"train: ../train/images\nval: ../valid/images\nnc: 2\nnames: {names}\n")
    return folder / "data.yaml"


def boxes(data: Path) -> list[tuple[float, ...]]:
    found = read_yolo(data, "train")
    assert not found.problems
    return [tuple(round(v) for v in (b.x1, b.y1, b.x2, b.y2)) for b in found.samples[0].plates]


def test_of_several_classes_the_plates_are_taken_and_of_polygons_their_boxes(tmp_path):
    vehicle, box = "1 0.5 0.5 0.9 0.9", "0 0.5 0.5 0.2 0.1"
    polygon = "0 0.1 0.2 0.3 0.2 0.3 0.4 0.1 0.35"
    assert boxes(roboflow(tmp_path, "['License-Plate', 'vehicle']", vehicle, box, polygon)) == [
        (80, 45, 120, 55),
        (20, 20, 60, 40),
    ]


def test_a_polygon_of_three_corners_is_a_box_too(tmp_path):
    assert boxes(roboflow(tmp_path, "['plate']", "0 0.1 0.2 0.3 0.2 0.2 0.4")) == [(20, 20, 60, 40)]


def test_classes_of_which_none_is_a_plate_are_refused(tmp_path):
    with pytest.raises(ValueError, match="none of its classes car, truck is called a plate"):
        read_yolo(roboflow(tmp_path, "['car', 'truck']", "0 0.5 0.5 0.2 0.1"), "train")


def test_a_line_that_is_neither_box_nor_polygon_is_named(tmp_path):
    found = read_yolo(roboflow(tmp_path, "['plate']", "0 0.1 0.2 0.3", "0 0.1 0.2 0.3 0.2 0.3 0.4 0.1"), "train")
    assert len(found.problems) == 2 and all("nor the corners of a polygon" in item.reason for item in found.problems)
