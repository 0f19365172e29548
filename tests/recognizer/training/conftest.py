import csv

import cv2
import numpy as np
import pytest


@pytest.fixture
def boxes(tmp_path):
    """One photograph: a white plate in a grey picture, and its box."""
    image = np.full((200, 300, 3), 90, np.uint8)
    image[80:120, 100:220] = 250
    cv2.imwrite(str(tmp_path / "car.png"), image)
    path = tmp_path / "boxes.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["image_path", "x1", "y1", "x2", "y2"], ["car.png", 100, 80, 220, 120]])
    return path
