from pathlib import Path

import pytest
import torch

from detector import _ultralytics
from detector.weights import save_weights


@pytest.fixture(scope="session")
def random_weights(tmp_path_factory) -> Path:
    """A YOLOv8n with random but lively weights: its logits vary, so that backends can be compared."""
    _ultralytics.load()
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(5)
    net = DetectionModel("yolov8n.yaml", nc=1, verbose=False)
    for module in net.train().modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0  # they take over the scale of what passes them
    with torch.no_grad():
        net(torch.rand(4, 3, 160, 160))
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_weights(path, net.state_dict(), "yolov8n.yaml", 160, 0.01)
    return path


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Converted networks go to a folder of this run, not to the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", str(folder))
    yield folder
    patch.undo()
