from dataclasses import dataclass

import pytest
import torch
from torch import nn

from inference.types import NetworkSpec


class TinyNetwork(nn.Module):
    """Two convolutions over uint8 BGR images (N, H, W, 3), whose output depends on every pixel."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 5, 3, 2, 1))

    def forward(self, images):
        pixels = images.permute(0, 3, 1, 2).to(self.layers[0].weight.dtype) / 255
        return self.layers(pixels).flatten(2)


@dataclass
class Counted:
    """A spec, and how often its module was built."""

    spec: NetworkSpec
    builds: int = 0


def spec_of(tmp_path, name, make, **options):
    """A spec of a module over a file of weights made up for it."""
    weights = tmp_path / f"{name}.safetensors"
    weights.write_bytes(b"weights")
    counted = Counted(None)

    def build():
        counted.builds += 1
        return make()

    counted.spec = NetworkSpec(name, weights, "0123456789abcdef" * 4, build, **options)
    return counted


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Converted networks go to a folder of this test, not to the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "platescribe"


@pytest.fixture
def tiny(tmp_path, cache):
    """A network of images of any size, as the detector's."""
    options = {"free_sizes": (0, 1, 2), "output_free": (0, 2)}
    return spec_of(tmp_path, "tiny", TinyNetwork, example=(1, 64, 96, 3), **options)


@pytest.fixture
def floats(tmp_path, cache):
    """A network of float images of one size, in pieces of four, as the reader's."""

    class Floats(TinyNetwork):
        def forward(self, images):
            return self.layers((images - 0.5) * 4.0).flatten(1)

    return spec_of(tmp_path, "floats", Floats, example=(2, 3, 16, 32), unit_floats=True, batch=4)
