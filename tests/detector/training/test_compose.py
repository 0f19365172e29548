import cv2
import numpy as np
import pytest

from detector.training.augment import degrade_image
from detector.training.compose import compose_dataset, compose_image, draw_corners, replace_plates
from detector.training.datasets import read_yolo
from detector.types import Box


def scene(value=60, height=240, width=320):
    rng = np.random.default_rng(2)
    return (np.full((height, width, 3), value) + rng.integers(0, 12, (height, width, 3))).astype(np.uint8)


def plate(width=120, height=30):
    image = np.full((height, width, 3), 240, np.uint8)
    cv2.putText(image, "AB 123", (6, height - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    return image


def test_the_same_seed_gives_the_same_picture():
    image = scene()
    first = [degrade_image(image, np.random.default_rng(4)) for _ in range(2)]
    assert (first[0] == first[1]).all()


def test_corners_go_round_clockwise_about_the_middle():
    for seed in range(40):
        place = draw_corners(100, 25, np.random.default_rng(seed))
        assert cv2.isContourConvex(place.reshape(-1, 1, 2))
        assert cv2.pointPolygonTest(place.reshape(-1, 1, 2), (0, 0), False) > 0
        assert place[0, 0] < place[1, 0] and place[0, 1] < place[3, 1]


def test_boxes_hold_the_brighter_pixels_of_the_plates_set_in():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        made = compose_image(scene(), [plate(), plate(60, 45)], rng)
        assert made.boxes and made.image.shape == (240, 320, 3)
        for box in made.boxes:
            assert 0 <= box.x1 < box.x2 <= 320 and 0 <= box.y1 < box.y2 <= 240
        if len(made.boxes) == 2:
            assert made.boxes[0].iou(made.boxes[1]) == 0


def test_a_plate_is_replaced_in_its_place(monkeypatch):
    monkeypatch.setattr("detector.training.compose.degrade_image", lambda image, rng: image)
    ground = scene(60)
    old = Box(100, 100, 200, 125)
    ground[100:125, 100:200] = (0, 0, 255)
    made = replace_plates(ground, [old], [plate(60, 45)], np.random.default_rng(0))
    assert len(made.boxes) == 1
    assert made.boxes[0].center[0] == pytest.approx(150, abs=8)
    left_of_it = made.image[105:120, 102 : int(made.boxes[0].x1) - 4]
    assert left_of_it.size == 0 or not ((left_of_it[..., 2] > 200) & (left_of_it[..., 0] < 30)).any()


def test_composed_pictures_are_a_yolo_set(tmp_path):
    for folder, image in (("plates", plate()), ("scenes", scene())):
        (tmp_path / folder).mkdir()
        cv2.imwrite(str(tmp_path / folder / "one.png"), image)
    data = compose_dataset(tmp_path / "plates", tmp_path / "out", 4, backgrounds=tmp_path / "scenes", seed=3)
    found = read_yolo(data, "train")
    assert len(found.samples) == 4 and not found.problems
    assert any(s.plates for s in found.samples) and {s.source for s in found.samples} == {"composed"}
    again = compose_dataset(tmp_path / "plates", tmp_path / "swapped", 2, onto=data, seed=3)
    assert len(read_yolo(again, "train").samples) == 2


def test_what_is_missing_is_named(tmp_path):
    (tmp_path / "plates").mkdir()
    with pytest.raises(ValueError, match="plates"):
        compose_dataset(tmp_path / "plates", tmp_path / "out", 1, backgrounds=tmp_path)
    cv2.imwrite(str(tmp_path / "plates" / "one.png"), plate())
    (tmp_path / "nothing").mkdir()
    with pytest.raises(ValueError, match="nothing"):
        compose_dataset(tmp_path / "plates", tmp_path / "out", 1, backgrounds=tmp_path / "nothing")
