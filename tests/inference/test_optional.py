import pytest

from inference import devices
from inference.optional import explain_missing


def test_a_missing_library_of_training_is_told_with_the_command_that_brings_it() -> None:
    told = explain_missing(ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn"))
    assert "torch, which is not installed" in told and "platescribe[train]" in told and "\n" not in told


def test_another_missing_module_is_a_fault_of_the_program() -> None:
    with pytest.raises(ModuleNotFoundError):
        explain_missing(ModuleNotFoundError("No module named 'app.nowhere'", name="app.nowhere"))


def test_a_gpu_without_torch_is_told_and_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "has_nvidia_driver", lambda: True)
    monkeypatch.setattr(devices, "has_torch", lambda: False)
    assert "torch is not" in devices.cuda_obstacle("cuda:0")
