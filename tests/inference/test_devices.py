import pytest

from inference import devices


@pytest.mark.parametrize(
    ("device", "target"),
    [("cuda", "cuda:0"), ("cuda:3", "cuda:3"), ("cuda3", None), ("cuda:", None), ("cuda:-1", None), ("gpu", None)],
)
def test_names_of_cuda_devices(device, target):
    assert devices.cuda_target(device) == target


def test_a_number_beyond_the_devices_is_told(monkeypatch):
    import torch

    monkeypatch.setattr(devices, "has_nvidia_driver", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert devices.cuda_obstacle("cuda:1") == ""
    assert "2 CUDA devices" in devices.cuda_obstacle("cuda:2")


def test_a_driver_that_torch_cannot_use_is_told(monkeypatch):
    import torch

    monkeypatch.setattr(devices, "has_nvidia_driver", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert "check the driver" in devices.cuda_obstacle("cuda:0")
