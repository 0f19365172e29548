import numpy as np
import pytest
import torch

from detector import _ultralytics
from detector.network import PlateNetwork
from detector.postprocess import decode_candidates
from detector.weights import open_weights, save_weights

HEIGHT, WIDTH = 96, 160


@pytest.mark.parametrize("architecture", ["yolov8n.yaml", "yolo11n.yaml", "yolo26n.yaml"])
def test_our_decoding_gives_the_boxes_of_ultralytics_own(architecture, tmp_path):
    _ultralytics.load()
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(1)
    net = DetectionModel(architecture, nc=1, verbose=False)
    for module in net.train().modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        net(torch.rand(4, 3, HEIGHT, WIDTH))
    path = tmp_path / "net.safetensors"
    save_weights(path, net.state_dict(), architecture, 160, 0.3)
    net.load_state_dict({k: v.float() for k, v in open_weights(path).state().items()})

    picture = np.random.default_rng(2).integers(0, 256, (1, HEIGHT, WIDTH, 3), dtype=np.uint8)
    logits = PlateNetwork(open_weights(path))(torch.from_numpy(picture))[0].numpy()
    boxes, scores = decode_candidates(logits, HEIGHT, WIDTH, 1e-9)

    net.eval()
    if hasattr(net.model[-1], "one2one_cv2"):
        net.model[-1].max_det = 10_000
    rgb = torch.from_numpy(picture[..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        theirs = net(rgb)[0][0].numpy()
    if theirs.shape[0] == 5:  # centre, size, score by anchor
        theirs = theirs.T
        theirs = np.concatenate(
            [theirs[:, :2] - theirs[:, 2:4] / 2, theirs[:, :2] + theirs[:, 2:4] / 2, theirs[:, 4:]], 1
        )
    theirs = theirs[np.argsort(-theirs[:, 4], kind="stable")][: len(scores)]
    assert np.allclose(scores, theirs[:, 4], atol=0.01)  # fusing batch norms costs digits
    found = {tuple(np.round(box).astype(int)) for box in boxes[:50]}
    expected = {tuple(np.round(box).astype(int)) for box in theirs[:60, :4]}
    assert len(found & expected) >= 0.8 * len(found)
