import copy
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch

from recognizer import checkpoint as checkpoints
from recognizer.__main__ import main
from recognizer.checkpoint import Calibration, Checkpoint
from recognizer.config import PRESETS, Stage
from recognizer.network import build_network
from recognizer.training import fine_tuning
from recognizer.training.aligner_noise import TrainingStraightener
from recognizer.training.fine_tuning import blend, held_out_plates, reads_all_plates

CONFIG = replace(PRESETS["plates"], hidden=8, stages=(Stage(4, (4, 2)), Stage(8, (4, 2))))


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def shifted(network, by):
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.head.bias += by
    return other


@pytest.mark.parametrize(("wanted", "share"), [(4.0, 1.0), (2.0, 0.5), (0.0, 0.25)])
def test_of_the_means_with_the_weights_before_the_best_is_taken(wanted, share):
    before = Checkpoint(build_network(CONFIG).eval(), CONFIG, Calibration(0.7, 0.1))
    tuned = Checkpoint(shifted(before.network, 4.0), CONFIG, notes={"data": "mine"})
    zero = before.network.head.bias.detach().clone()

    def merit(network):
        return -abs(float((network.head.bias.detach() - zero).mean()) - wanted)

    best, taken = blend(before, tuned, merit)
    assert taken == share
    assert float((best.network.head.bias - zero).mean()) == pytest.approx(4 * share, abs=1e-4)
    assert best.calibration == before.calibration
    assert best.notes == {"data": "mine", "share": share}
    assert torch.allclose(before.network.head.bias, zero), "the one before must stay as it was"


def test_what_is_held_out_is_always_the_same():
    straightener = TrainingStraightener(CONFIG, None)
    first, again = (held_out_plates(straightener, None, 3) for _ in range(2))
    assert [text for _, text in first] == [text for _, text in again]
    assert all(np.array_equal(one, other) for (one, _), (other, _) in zip(first, again, strict=True))
    assert first[0][0].shape == (CONFIG.height, CONFIG.width, 3)


def test_only_a_reader_of_all_plates_is_held_to_drawn_ones():
    assert reads_all_plates(CONFIG)
    assert not reads_all_plates(PRESETS["tutorial"])


def test_a_reader_is_tuned_with_drawn_plates_beside_and_keeps_its_calibration(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("recognizer.training.command.held_out_plates", lambda p, f: held_out_plates(p, f, 4))
    checkpoints.save(
        Checkpoint(build_network(CONFIG).eval(), CONFIG, Calibration(0.6, 0.2)), tmp_path / "reader.safetensors"
    )
    rows = ["image_path,plate_text,split"]
    for i in range(8):
        plate = np.full((32, 100, 3), 230, np.uint8)
        cv2.putText(plate, f"AB{i}", (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 1, (0, 0, 0), 2)
        cv2.imwrite(str(tmp_path / f"{i}.png"), plate)
        rows.append(f"{i}.png,AB{i},{'val' if i > 5 else 'train'}")
    (tmp_path / "mine.csv").write_text("\n".join(rows))
    arguments = ["--weights", str(tmp_path / "reader.safetensors"), "--data", str(tmp_path / "mine.csv")]
    made = ["--out", str(tmp_path / "out"), "--steps", "2", "--batch", "4", "--workers", "0"]
    assert main(["train", *arguments, *made]) == 0
    said = capsys.readouterr().out
    for line in ("before: exact", "before, drawn plates of all formats", "after: exact", "after, drawn plates"):
        assert line in said
    tuned = checkpoints.load(tmp_path / "out" / "best.safetensors")
    assert tuned.calibration == Calibration(0.6, 0.2)
    assert tuned.notes["synth"] == fine_tuning.DRAWN
