import numpy as np
import torch

from inference import registry
from inference.types import Options


def test_it_gives_what_the_module_gives(tiny):
    images = np.random.default_rng(1).integers(0, 256, (2, 32, 64, 3), np.uint8)
    runner = registry.load(tiny.spec, "torch", Options(1))
    with torch.inference_mode():
        expected = tiny.spec.build()(torch.from_numpy(images)).numpy()
    assert runner.name == "torch" and np.allclose(runner.run(images), expected)
    assert np.allclose(runner.run(images[:, ::-1]), runner.run(images[:, ::-1].copy())), "any order of rows in memory"


def test_each_network_has_the_threads_it_asked_for(tiny):
    before = torch.get_num_threads()
    wide, narrow = (registry.load(tiny.spec, "torch", Options(count)) for count in (2, 1))
    try:
        for runner, count in ((wide, 2), (narrow, 1), (wide, 2)):
            runner.run(np.zeros((1, 32, 32, 3), np.uint8))
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(before)
