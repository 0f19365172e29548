"""TensorRT, when asked for and installed: an engine built from ONNX, kept in the user's cache for this very GPU."""

import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector._ultralytics import cache_folder
from detector.backends import LogitsBackend
from detector.export import to_onnx
from detector.weights import Weights

LARGEST = 1280  # pixels a side the engine is built for
LARGEST_BATCH = 8


class TensorRtBackend(LogitsBackend):
    """The network as a TensorRT engine in half precision; torch holds the memory on the GPU."""

    name = "tensorrt"
    streams = 1

    def __init__(self, weights: Weights) -> None:
        try:
            import tensorrt
            import torch
        except ImportError as error:
            raise RuntimeError("device=tensorrt: TensorRT is not installed; install tensorrt or choose cuda") from error
        if not torch.cuda.is_available():
            raise RuntimeError("device=tensorrt: torch finds no CUDA device; check the driver or choose device=cpu")
        self._torch = torch
        logger = tensorrt.Logger(tensorrt.Logger.WARNING)
        plan = _plan_file(weights, tensorrt.__version__, torch.cuda.get_device_name())
        if not plan.is_file():
            _keep(_build(tensorrt, logger, weights), plan)
        self._engine = tensorrt.Runtime(logger).deserialize_cuda_engine(plan.read_bytes())
        if self._engine is None:
            plan.unlink()
            raise RuntimeError(f"{plan} could not be loaded and was removed: start again to build it anew")
        self._context = self._engine.create_execution_context()

    def room(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Memory for a batch, page-locked so that it goes to the card without another copy."""
        room: NDArray[np.uint8] = self._torch.empty(shape, dtype=self._torch.uint8, pin_memory=True).numpy()
        return room

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The network's logits (N, 4 * bins + 1, anchors) in float32."""
        torch = self._torch
        images = torch.from_numpy(np.ascontiguousarray(batch)).to("cuda", non_blocking=True)
        self._context.set_input_shape("images", tuple(images.shape))
        logits = torch.empty(tuple(self._context.get_tensor_shape("logits")), dtype=torch.float32, device="cuda")
        self._context.set_tensor_address("images", images.data_ptr())
        self._context.set_tensor_address("logits", logits.data_ptr())
        stream = torch.cuda.current_stream()
        self._context.execute_async_v3(stream.cuda_stream)
        stream.synchronize()
        return np.asarray(logits.cpu().numpy())


def _plan_file(weights: Weights, version: str, gpu: str) -> Path:
    """Where the engine of these weights lies: engines fit one GPU and one version of TensorRT only."""
    device = re.sub(r"\W+", "-", gpu)
    return cache_folder() / "tensorrt" / f"{weights.sha256}-{version}-{device}.plan"


def _build(tensorrt: Any, logger: Any, weights: Weights) -> bytes:  # noqa: ANN401
    """Build the engine, which takes minutes."""
    builder = tensorrt.Builder(logger)
    network = builder.create_network(0)
    parser = tensorrt.OnnxParser(network, logger)
    with tempfile.TemporaryDirectory() as folder:
        onnx = to_onnx(weights.path, Path(folder) / "detector.onnx")
        if not parser.parse(onnx.read_bytes()):
            raise RuntimeError(f"TensorRT cannot read the network: {parser.get_error(0)}; choose device=cuda")
    config = builder.create_builder_config()
    if hasattr(tensorrt.BuilderFlag, "FP16"):
        config.set_flag(tensorrt.BuilderFlag.FP16)
    profile = builder.create_optimization_profile()
    largest = (LARGEST_BATCH, LARGEST, LARGEST, 3)
    profile.set_shape("images", (1, 32, 32, 3), (1, 384, 640, 3), largest)
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        raise RuntimeError("TensorRT could not build the engine; choose device=cuda")
    return bytes(engine)


def _keep(engine: bytes, plan: Path) -> None:
    """Write the engine so that another process sees all of it or nothing."""
    plan.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=plan.parent, delete=False) as partial:
        partial.write(engine)
    Path(partial.name).replace(plan)
