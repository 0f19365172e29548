"""TensorRT, when asked for and installed: an engine built from ONNX, kept in the user's cache for this very GPU."""

import importlib.util
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from inference.devices import cuda_obstacle
from inference.files import cache_folder, write_whole
from inference.onnx import INPUT
from inference.types import DeviceError, Images, NetworkSpec, Options, Outputs, Runner, Runtime

OUTPUT = "output"


class TensorRtRunner(Runner):
    """A network as a TensorRT engine in half precision; torch holds the memory on the GPU."""

    name = "tensorrt"

    def __init__(self, network: NetworkSpec) -> None:
        import tensorrt
        import torch

        self._torch = torch
        logger = tensorrt.Logger(tensorrt.Logger.WARNING)
        plan = _plan_file(network, tensorrt.__version__, torch.cuda.get_device_name())
        if not plan.is_file():
            engine = _build_engine(tensorrt, logger, network)
            write_whole(plan, lambda unfinished: unfinished.write_bytes(engine))
        self._engine = tensorrt.Runtime(logger).deserialize_cuda_engine(plan.read_bytes())
        if self._engine is None:
            plan.unlink()
            raise RuntimeError(f"{plan} could not be loaded and was removed: start again to build it anew")
        self._context = self._engine.create_execution_context()

    def allocate(self, shape: tuple[int, ...]) -> Images:
        """Allocates page-locked memory for a batch."""
        room: Images = self._torch.empty(shape, dtype=self._torch.uint8, pin_memory=True).numpy()
        return room

    def run(self, images: Images) -> Outputs:
        """Runs the network on uint8 images (N, H, W, C); its output comes in float32."""
        torch = self._torch
        sent = torch.from_numpy(np.ascontiguousarray(images)).to("cuda", non_blocking=True)
        self._context.set_input_shape(INPUT, tuple(sent.shape))
        output = torch.empty(tuple(self._context.get_tensor_shape(OUTPUT)), dtype=torch.float32, device="cuda")
        self._context.set_tensor_address(INPUT, sent.data_ptr())
        self._context.set_tensor_address(OUTPUT, output.data_ptr())
        stream = torch.cuda.current_stream()
        self._context.execute_async_v3(stream.cuda_stream)
        stream.synchronize()
        return np.asarray(output.cpu().numpy())


def _plan_file(network: NetworkSpec, version: str, gpu: str) -> Path:
    """Tells where the engine of a network lies: engines fit one GPU and one version of TensorRT only."""
    device = re.sub(r"\W+", "-", gpu)
    name = f"{network.name}-{network.revision}-{network.sha256}-{version}-{device}.plan"
    return cache_folder() / "tensorrt" / name


def _build_engine(tensorrt: Any, logger: Any, network: NetworkSpec) -> bytes:  # noqa: ANN401 - it has no types
    """Builds the engine, which takes minutes."""
    import torch

    from inference.modules import build_for_images
    from inference.onnx import export_onnx

    if network.limits is None:
        raise DeviceError(f"device=tensorrt: the {network.name} is not made for TensorRT; choose device=cuda")
    builder = tensorrt.Builder(logger)
    definition = builder.create_network(0)
    parser = tensorrt.OnnxParser(definition, logger)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.onnx"
        example = torch.zeros(network.limits[0], dtype=torch.uint8)
        export_onnx(network, build_for_images(network), example, file, OUTPUT)
        if not parser.parse(file.read_bytes()):
            raise RuntimeError(f"TensorRT cannot read the network: {parser.get_error(0)}; choose device=cuda")
    config = builder.create_builder_config()
    if hasattr(tensorrt.BuilderFlag, "FP16"):
        config.set_flag(tensorrt.BuilderFlag.FP16)
    profile = builder.create_optimization_profile()
    profile.set_shape(INPUT, *network.limits)
    config.add_optimization_profile(profile)
    engine = builder.build_serialized_network(definition, config)
    if engine is None:
        raise RuntimeError("TensorRT could not build the engine; choose device=cuda")
    return bytes(engine)


class TensorRtRuntime(Runtime):
    """TensorRT on the first NVIDIA GPU."""

    name = "tensorrt"
    rank = 40
    names = ("tensorrt",)

    def target(self, device: str) -> str | None:
        """Returns the first GPU."""
        return "cuda:0" if device == "tensorrt" else None

    def obstacle(self, target: str) -> str:
        """Tells why TensorRT or a GPU cannot be used."""
        if any(importlib.util.find_spec(name) is None for name in ("tensorrt", "torch")):
            return "TensorRT is not installed; install tensorrt or choose device=cuda"
        return cuda_obstacle(target)

    def load(self, network: NetworkSpec, target: str, options: Options) -> Runner:
        """Loads the network as an engine, built on first use."""
        return TensorRtRunner(network)


RUNTIME = TensorRtRuntime()
