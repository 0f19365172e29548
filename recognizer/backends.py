"""Ways to run the network: torch anywhere, OpenVINO on a CPU. Each maps (N, C, H, W) float32 to (N, T, K)."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from recognizer.checkpoint import Checkpoint

Array = npt.NDArray[np.float32]
Backend = Callable[[Array], Array]


def choose(checkpoint: Checkpoint, digest: str, device: str, threads: int | None = None) -> tuple[str, Backend]:
    """Name and function of the fastest backend for a device ("auto", "cpu", "torch", "cuda:N").

    "torch" is torch on the CPU, for comparison. ValueError when a GPU is asked for and absent.
    """
    if device == "auto":
        device = "cuda:0" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda"):
        if not torch.cuda.is_available():
            raise ValueError(f"device {device!r}: no CUDA GPU is usable here; choose cpu or auto")
        return device, torch_backend(checkpoint, torch.device(device))
    if device == "torch":
        return "torch", torch_backend(checkpoint, torch.device("cpu"))
    if device != "cpu":
        raise ValueError(f"device {device!r} is not known; choose auto, cpu or cuda:N")
    try:
        return "openvino", openvino_backend(checkpoint, digest, threads)
    except ImportError:
        return "torch", torch_backend(checkpoint, torch.device("cpu"))


def torch_backend(checkpoint: Checkpoint, device: torch.device) -> Backend:
    """The network in torch; in half precision on a GPU."""
    network = checkpoint.network.to(device).eval()
    half = device.type == "cuda"

    @torch.inference_mode()
    def run(images: Array) -> Array:
        tensor = torch.from_numpy(images)
        if half:
            tensor = tensor.pin_memory()
        with torch.autocast(device.type, torch.float16, enabled=half):
            result = network(tensor.to(device, non_blocking=True))
        return np.asarray(result.float().cpu().numpy(), dtype=np.float32)

    return run


def openvino_backend(checkpoint: Checkpoint, digest: str, threads: int | None = None) -> Backend:
    """The network compiled by OpenVINO for this CPU; the converted model is kept in the user's cache."""
    import openvino

    core = openvino.Core()
    options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = str(threads)
    request = core.compile_model(_converted(checkpoint, digest), "CPU", options).create_infer_request()

    def run(images: Array) -> Array:
        return np.array(request.infer([images], share_inputs=True)[0], dtype=np.float32)

    return run


def _converted(checkpoint: Checkpoint, digest: str) -> Path:
    """The network as OpenVINO's own file, converted once a checkpoint."""
    import openvino
    from platformdirs import user_cache_path

    folder = user_cache_path("platescribe") / "openvino" / str(openvino.__version__).split("-")[0]
    path = folder / f"reader-{digest[:16]}.xml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        config = checkpoint.config
        example = torch.rand(2, config.channels, config.height, config.width)
        shape = openvino.PartialShape([-1, config.channels, config.height, config.width])
        model = openvino.convert_model(checkpoint.network.eval(), example_input=example, input=[shape])
        # Another process may convert at the same moment: each writes files of its own, the last rename wins.
        unfinished = folder / f"{path.stem}.{id(model):x}.xml"
        openvino.save_model(model, unfinished, compress_to_fp16=False)
        unfinished.with_suffix(".bin").replace(path.with_suffix(".bin"))
        unfinished.replace(path)
    return path
