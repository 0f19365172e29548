import cv2
import numpy as np
import torch

from recognizer.__main__ import main
from recognizer.checkpoint import describe
from recognizer.config import AlignerConfig
from recognizer.synthesis.generator import PlateGenerator
from recognizer.training.aligner_examples import (
    AlignerExamples,
)
from recognizer.training.train_aligner import measure_errors, measure_extents, train_aligner

SMALL = AlignerConfig(32, 64, (8, 16, 16))


def white_plates(count, rng):
    """White upright rectangles on black, with their corners."""
    pictures = np.zeros((count, SMALL.height, SMALL.width, 3), np.uint8)
    corners = np.empty((count, 8), np.float32)
    for i in range(count):
        x1, x2 = sorted(rng.choice(SMALL.width, 2, replace=False))
        y1, y2 = sorted(rng.choice(SMALL.height, 2, replace=False))
        x2, y2 = max(x2, x1 + 20), max(y2, y1 + 8)
        pictures[i, y1:y2, x1:x2] = 255
        corners[i] = np.array([x1, y1, x2, y1, x2, y2, x1, y2]) / np.tile([SMALL.width, SMALL.height], 4)
    return AlignerExamples(pictures, corners)


def test_training_learns_where_plates_are():
    rng = np.random.default_rng(1)
    plates, unseen = white_plates(600, rng), white_plates(64, rng)
    cuts = AlignerExamples(plates.pictures, measure_extents(torch.from_numpy(plates.known)).numpy())
    before = measure_errors(train_aligner(plates, cuts, SMALL, 1, 1e-5), unseen)
    after = measure_errors(train_aligner(plates, cuts, SMALL, 80, 5e-3), unseen)
    assert after[0] < before[0] / 2 and after[1] < before[1] / 2


def test_training_goes_on_from_an_aligner():
    rng = np.random.default_rng(1)
    plates = white_plates(200, rng)
    cuts = AlignerExamples(plates.pictures, measure_extents(torch.from_numpy(plates.known)).numpy())
    begun = train_aligner(plates, cuts, SMALL, 40, 5e-3)
    fresh, on = (measure_errors(train_aligner(plates, cuts, SMALL, 1, 1e-6, begun=b), plates) for b in (None, begun))
    assert on[0] < fresh[0] / 2


def test_the_command_gives_a_reader_an_aligner(boxes, tmp_path, capsys):
    out = tmp_path / "aligned.safetensors"
    plate, text, _ = PlateGenerator(["de"], seed=1).render(np.random.default_rng(4))
    crop = cv2.copyMakeBorder(plate, 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=(90, 90, 90))
    cv2.imwrite(str(tmp_path / "crop.png"), crop)
    sizes = ["--drawn", "24", "--cuts", "8", "--steps", "2", "--anew", "4"]
    words = ["align", "--boxes", str(boxes), "--out", str(out), *sizes, "--crops", str(tmp_path / "crops.csv")]
    (tmp_path / "crops.csv").write_text("image_path,plate_text\ncrop.png,NOTTHIS\n")
    assert main(words) == 1
    assert "--crops" in capsys.readouterr().err
    (tmp_path / "crops.csv").write_text(f"image_path,plate_text\ncrop.png,{text}\n")
    assert main(words) == 0
    assert describe(out).aligner == AlignerConfig()
    assert "corners off by" in capsys.readouterr().out
