import pytest

from inference.devices import has_nvidia_driver
from inference.runtimes import tensorrt_runtime
from inference.runtimes.tensorrt_runtime import RUNTIME, _plan_file


def test_it_is_taken_only_when_asked_for():
    assert RUNTIME.target("auto") is None and RUNTIME.target("cuda") is None
    assert RUNTIME.target("tensorrt") == "cuda:0"


def test_without_tensorrt_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tensorrt_runtime.importlib.util, "find_spec", lambda name: None)
    assert "install tensorrt" in RUNTIME.obstacle("cuda:0")


def test_an_engine_is_kept_for_one_gpu_and_one_release(tiny):
    names = {_plan_file(tiny.spec, *of).name for of in (("10.1", "H200"), ("10.2", "H200"), ("10.1", "RTX 4090/x"))}
    assert len(names) == 3 and not any("/" in name or " " in name for name in names)


def test_an_engine_gives_what_torch_gives(tiny):
    pytest.importorskip("tensorrt")
    if not has_nvidia_driver():
        pytest.skip("TensorRT needs an NVIDIA GPU, and this machine has none")
    from dataclasses import replace

    import numpy as np

    from inference import registry

    spec = replace(tiny.spec, limits=((1, 32, 32, 3), (1, 64, 64, 3), (4, 128, 128, 3)))
    images = np.random.default_rng(1).integers(0, 256, (2, 64, 96, 3), np.uint8)
    expected = registry.load(spec, "torch").run(images)
    assert np.abs(registry.load(spec, "tensorrt").run(images) - expected).max() < 0.02
