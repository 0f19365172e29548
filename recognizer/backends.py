"""Ways to run the network: torch anywhere, OpenVINO on a CPU. Each maps (N, C, H, W) float32 to (N, T, K).

torch is imported only where it computes or converts: with OpenVINO and a network converted before, never.
"""

import ctypes.util
import importlib.util
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Checkpoint
from recognizer.config import NetworkConfig

Array = npt.NDArray[np.float32]
Backend = Callable[[Array], Array]


def choose(path: Path, config: NetworkConfig, device: str, threads: int | None = None) -> tuple[str, Backend]:
    """Name and function of the fastest backend of a checkpoint for a device ("auto", "cpu", "torch", "cuda:N").

    "torch" is torch on the CPU, for comparison. ValueError when a GPU is asked for and absent.
    """
    if device == "auto":
        device = "cuda:0" if _cuda_usable() else "cpu"
    if device.startswith("cuda"):
        if not _cuda_usable():
            raise ValueError(f"device {device!r}: no CUDA GPU is usable here; choose cpu or auto")
        return device, torch_backend(checkpoints.load(path), device)
    if device not in {"cpu", "torch"}:
        raise ValueError(f"device {device!r} is not known; choose auto, cpu or cuda:N")
    if device == "torch" or importlib.util.find_spec("openvino") is None:
        return "torch", torch_backend(checkpoints.load(path), "cpu")
    return "openvino", openvino_backend(path, config, threads)


def _cuda_usable() -> bool:
    """Whether torch can use a GPU; torch, slow to import, is asked only where a driver is installed."""
    if not any(ctypes.util.find_library(name) for name in ("cuda", "nvcuda")):
        return False
    import torch

    return torch.cuda.is_available()


def torch_backend(checkpoint: Checkpoint, device: str) -> Backend:
    """The network in torch; in half precision on a GPU."""
    import torch

    kind = torch.device(device).type
    network = checkpoint.network.to(device).eval()
    half = kind == "cuda"

    def run(images: Array) -> Array:
        tensor = torch.from_numpy(images)
        if half:
            tensor = tensor.pin_memory()
        with torch.inference_mode(), torch.autocast(kind, torch.float16, enabled=half):
            result = network(tensor.to(device, non_blocking=True))
        return np.asarray(result.float().cpu().numpy(), dtype=np.float32)

    return run


def openvino_backend(path: Path, config: NetworkConfig, threads: int | None = None) -> Backend:
    """The network compiled by OpenVINO for this CPU; the converted model is kept in the user's cache."""
    import openvino

    # Where the processor has bfloat16 OpenVINO uses it: half the time for the same texts (docs/performance.md).
    options = {"PERFORMANCE_HINT": "LATENCY"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = str(threads)
    request = openvino.Core().compile_model(_kept(path), "CPU", options).create_infer_request()

    def run(images: Array) -> Array:
        return np.array(request.infer([images], share_inputs=True)[0], dtype=np.float32)

    return run


def _kept(path: Path) -> Path:
    """The checkpoint as OpenVINO's own file, converted once and kept under the checkpoint's sha256."""
    import openvino
    from platformdirs import user_cache_path

    folder = user_cache_path("platescribe") / "openvino" / str(openvino.__version__).split("-")[0]
    kept = folder / f"reader-{checkpoints.sha256(path)[:16]}.xml"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # Another process may convert at the same moment: each writes files of its own, the last rename wins.
        unfinished = folder / f"{kept.stem}.{os.getpid()}.xml"
        openvino.save_model(to_openvino(checkpoints.load(path)), unfinished, compress_to_fp16=False)
        unfinished.with_suffix(".bin").replace(kept.with_suffix(".bin"))
        unfinished.replace(kept)
    return kept


def to_openvino(checkpoint: Checkpoint) -> Any:  # noqa: ANN401 - openvino.Model, which has no types
    """The network as an OpenVINO model for batches of any size.

    Goes by OpenVINO's PyTorch front end, since its convert_model reports usage to its maker.
    """
    import torch
    from openvino import PartialShape
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    config = checkpoint.config
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        example = torch.zeros(2, config.channels, config.height, config.width)
        decoder = TorchScriptPythonDecoder(checkpoint.network.eval(), example_input=example)
        frontend = FrontEndManager().load_by_framework("pytorch")
        model = frontend.convert(frontend.load(decoder))
    model.reshape({model.inputs[0]: PartialShape([-1, config.channels, config.height, config.width])})
    return model
