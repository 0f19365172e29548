"""The list of runtimes. A runtime is one file: the test that adds one writes no other."""

import importlib
import sys
from importlib.machinery import ModuleSpec

import numpy as np
import pytest

from detector import PlateDetector
from inference import registry, runtimes
from inference.devices import has_nvidia_driver
from inference.types import DeviceError, Runtime
from recognizer import PlateReader

IMITATION = '''
"""A runtime of the test's own: it says zero to everything."""

import numpy as np

from inference.types import Device, Runner, Runtime

SHAPES = {"detector": (65, 21), "reader": (80, 40), "aligner": (8,)}


class Zeros(Runner):
    name = "imitation"

    def __init__(self, network):
        self.asked = []
        self._shape = SHAPES[network.name]

    def run(self, images):
        self.asked.append(images.shape)
        return np.zeros((len(images), *self._shape), np.float32)


class Imitation(Runtime):
    name, rank, names = "imitation", 99, ("imitation",)

    def target(self, device):
        return "everywhere" if device == "imitation" else None

    def obstacle(self, target):
        return ""

    def load(self, network, target, options):
        return Zeros(network)

    def devices(self):
        return [Device("imitation", "zeros")]


RUNTIME = Imitation()
'''


@pytest.fixture
def imitation(tmp_path, monkeypatch):
    (tmp_path / "imitation.py").write_text(IMITATION)
    monkeypatch.setattr(runtimes, "__path__", [*runtimes.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield
    sys.modules.pop("inference.runtimes.imitation", None)


@pytest.mark.usefixtures("imitation")
def test_a_file_among_the_runtimes_is_all_that_a_new_one_takes():
    assert PlateReader(device="imitation").backend == PlateDetector(device="imitation").backend == "imitation"
    corners = PlateReader(device="imitation").find_corners([np.zeros((20, 60, 3), np.uint8)])
    assert corners[0].shape == (4, 2)
    assert "imitation" in [device.name for device in registry.list_devices()]
    with pytest.raises(DeviceError, match="imitation"):
        registry.choose("nonsense")


def test_the_file_taken_away_the_runtime_is_gone():
    with pytest.raises(DeviceError, match="imitation"):
        registry.choose("imitation")
    assert "imitation" not in [runtime.name for runtime in registry.find_runtimes()]


class Made(Runtime):
    names = ("made",)

    def __init__(self, name, rank, obstacle=""):
        self.name, self.rank, self._obstacle = name, rank, obstacle

    def target(self, device):
        return self.name if device in {"auto", self.name} else None

    def obstacle(self, target):
        return self._obstacle

    def load(self, network, target, options):
        raise NotImplementedError


def have(monkeypatch, *made):
    """Only these runtimes are there, whatever order their files are found in."""
    for place, runtime in enumerate(made):
        module = importlib.util.module_from_spec(ModuleSpec(f"made{place}", None))
        vars(module)["RUNTIME"] = runtime
        monkeypatch.setitem(sys.modules, f"{runtimes.__name__}.made{place}", module)
    listed = [type("Found", (), {"name": f"made{place}"}) for place in range(len(made))]
    monkeypatch.setattr(registry.pkgutil, "iter_modules", lambda path: listed)


def test_the_lowest_rank_without_an_obstacle_is_taken(monkeypatch):
    have(monkeypatch, Made("slow", 3), Made("fast", 1, "the fast one is not here"), Made("middling", 2))
    assert registry.choose("auto")[0].name == "middling"
    assert registry.choose("slow")[0].name == "slow"
    with pytest.raises(DeviceError, match="device=fast: the fast one is not here"):
        registry.choose("fast")


@pytest.mark.parametrize("device", ["", "cuda0", "gpu:x", "GPU", "npu:1:2", "openvino:"])
def test_an_unknown_device_is_named_with_the_known_ones(device):
    with pytest.raises(DeviceError, match=r"is unknown: use auto, cpu, .*openvino"):
        registry.choose(device)


def test_cuda_without_a_gpu_says_what_to_do():
    if has_nvidia_driver():
        pytest.skip("this machine has an NVIDIA driver")
    for device in ("cuda", "cuda:1", "tensorrt"):
        with pytest.raises(DeviceError, match=f"device={device}: .*choose"):
            registry.choose(device)
    assert registry.choose("auto") == registry.choose("cpu")
