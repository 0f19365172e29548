from dataclasses import replace

import numpy as np
import pytest

from inference import registry
from inference.devices import has_nvidia_driver
from inference.runtimes.cuda_runtime import CudaRunner
from inference.types import Options


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (3, 32, 64, 3), np.uint8)


def test_on_another_device_of_torch_it_gives_what_torch_gives(tiny, floats, images):
    for counted, of_it in ((tiny, images), (floats, images[:, :16, :32])):
        expected = registry.load(counted.spec, "torch", Options(1)).run(of_it)
        runner = CudaRunner(counted.spec, "cpu")
        assert np.allclose(runner.run(of_it), expected, atol=1e-5) and not runner.fused
        assert runner.allocate((2, 8, 8, 3)).shape == (2, 8, 8, 3)


def test_it_runs_the_network_with_its_postprocessing_where_there_is_one(tiny, images):
    import torch

    class Largest(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = tiny.spec.build()

        def forward(self, images):
            return self.network(images).amax(2)

    runner = CudaRunner(replace(tiny.spec, build_fused=Largest), "cpu")
    expected = registry.load(tiny.spec, "torch", Options(1)).run(images).max(axis=2)
    assert runner.fused and np.allclose(runner.run(images), expected, atol=1e-5)


def test_graphs_give_what_plain_calls_give(tiny, floats, images, caplog):
    if not has_nvidia_driver():
        pytest.skip("CUDA graphs need an NVIDIA GPU, and this machine has none")
    for counted, of_it in ((tiny, images), (floats, images[:, :16, :32])):
        with_graphs, plain = (CudaRunner(counted.spec, "cuda:0", graphs=graphs) for graphs in (True, False))
        expected = registry.load(counted.spec, "torch", Options(1)).run(of_it)
        for _ in range(3):  # the second call of a shape captures
            found = with_graphs.run(of_it)
        assert with_graphs._recorded and not caplog.records
        assert np.abs(found - plain.run(of_it)).max() < 0.02
        assert np.abs(found - expected).max() < 0.02
        assert np.abs(with_graphs.run(of_it[::-1]) - expected[::-1]).max() < 0.02
