"""Ways to run the networks: torch anywhere, OpenVINO on a CPU. Each maps pictures uint8 (N, H, W, C) to float32.

torch is imported only where it computes or converts: with OpenVINO and a network converted before, never.
"""

import ctypes.util
import importlib.util
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from recognizer import checkpoint as checkpoints
from recognizer.checkpoint import Checkpoint, Description

if TYPE_CHECKING:
    from torch import nn

Array = npt.NDArray[np.float32]
Pictures = npt.NDArray[np.uint8]
Backend = Callable[[Pictures], Array]

#: Pictures a call for which OpenVINO has a network of its own, a tenth faster and 20 MB more; ANY is for the others.
FULL, ANY = 8, -1


@dataclass(frozen=True, slots=True)
class Networks:
    """How the networks of a checkpoint are run. backend: its name. aligner: None where the checkpoint has none."""

    backend: str
    reader: Backend
    aligner: Backend | None


def choose(path: Path, known: Description, device: str, threads: int | None = None) -> Networks:
    """The fastest backend of a checkpoint, of which `known` is known, for a device ("auto", "cpu", "torch", "cuda:N").

    "torch" is torch on the CPU, for comparison. ValueError when a GPU is asked for and absent.
    """
    if device == "auto":
        device = "cuda:0" if _cuda_usable() else "cpu"
    if device.startswith("cuda"):
        if not _cuda_usable():
            raise ValueError(f"device {device!r}: no CUDA GPU is usable here; choose cpu or auto")
        return _in_torch(device, checkpoints.load(path), device)
    if device not in {"cpu", "torch"}:
        raise ValueError(f"device {device!r} is not known; choose auto, cpu or cuda:N")
    if device == "torch" or importlib.util.find_spec("openvino") is None:
        return _in_torch("torch", checkpoints.load(path), "cpu")
    aligner = openvino_backend(path, threads, aligner=True) if known.aligner else None
    return Networks("openvino", openvino_backend(path, threads), aligner)


def _in_torch(name: str, checkpoint: Checkpoint, device: str) -> Networks:
    aligner = torch_backend(checkpoint.aligner, device) if checkpoint.aligner is not None else None
    return Networks(name, torch_backend(checkpoint.network, device), aligner)


def _cuda_usable() -> bool:
    """Whether torch can use a GPU; torch, slow to import, is asked only where a driver is installed."""
    if not any(ctypes.util.find_library(name) for name in ("cuda", "nvcuda")):
        return False
    import torch

    return torch.cuda.is_available()


def torch_backend(network: "nn.Module", device: str) -> Backend:
    """A network in torch; in half precision on a GPU."""
    import torch

    kind = torch.device(device).type
    network = network.to(device).eval()
    half = kind == "cuda"

    def run(images: Pictures) -> Array:
        tensor = torch.from_numpy(images)
        if half:
            tensor = tensor.pin_memory()
        with torch.inference_mode(), torch.autocast(kind, torch.float16, enabled=half):
            pictures = tensor.to(device, non_blocking=True).permute(0, 3, 1, 2).float() / 255
            result = network(pictures.contiguous())
        return np.asarray(result.float().cpu().numpy(), dtype=np.float32)

    return run


def openvino_backend(path: Path, threads: int | None = None, aligner: bool = False) -> Backend:
    """A checkpoint's reader or aligner compiled by OpenVINO for this CPU; kept, converted, in the user's cache.

    Batches go through it by eights, for which there is a network of its own.
    """
    import openvino

    # Where the processor has bfloat16 OpenVINO uses it: half the time for the same texts (docs/performance.md).
    # It leaves the aligner's corners exact to a pixel of the picture that is read, far within the aligner's own error.
    # Threads tied to cores would all be tied to the first ones, where the detector's are.
    options = {"PERFORMANCE_HINT": "LATENCY", "ENABLE_CPU_PINNING": "NO"}
    if threads:
        options["INFERENCE_NUM_THREADS"] = str(threads)
    core = openvino.Core()
    model = _converted(core, path, aligner)

    @cache
    def request(batch: int) -> Any:  # noqa: ANN401 - openvino has no types
        return core.compile_model(_of_pictures(model, batch), "CPU", options).create_infer_request()

    def infer(images: Pictures) -> Array:
        batch = FULL if len(images) == FULL else ANY
        return np.array(request(batch).infer([images], share_inputs=True)[0], dtype=np.float32)

    request(ANY)

    def run(images: Pictures) -> Array:
        parts = [infer(images[start : start + FULL]) for start in range(0, len(images), FULL)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    return run


def _of_pictures(model: Any, batch: int) -> Any:  # noqa: ANN401 - openvino has no types
    """A network of pictures in 0..1 (N, C, H, W) as one of uint8 pictures (N, H, W, C), for N = batch or for ANY."""
    from openvino import Layout, PartialShape, Type
    from openvino.preprocess import PrePostProcessor

    model = model.clone()
    model.reshape({model.inputs[0]: PartialShape([batch, *list(model.inputs[0].get_partial_shape())[1:]])})
    steps = PrePostProcessor(model)
    pictures = steps.input()
    pictures.tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    pictures.model().set_layout(Layout("NCHW"))
    pictures.preprocess().convert_element_type(Type.f32).scale(255.0)
    built = steps.build()
    if batch != ANY:
        _transpose_late(built)
    return built


def _transpose_late(model: Any) -> None:  # noqa: ANN401 - openvino has no types
    """Have the pictures' order changed right before the first convolution.

    It computes in their own order, so that where the number of pictures is known OpenVINO then leaves them in it.
    """
    transpose = next(op for op in model.get_ordered_ops() if op.get_type_name() == "Transpose")
    while (after := _scalar_operation(transpose)) is not None:
        users = after.output(0).get_target_inputs()
        after.input(0).replace_source_output(transpose.input_value(0))
        transpose.input(0).replace_source_output(after.output(0))
        for user in users:
            user.replace_source_output(transpose.output(0))
    model.validate_nodes_and_infer_types()


def _scalar_operation(node: Any) -> Any:  # noqa: ANN401 - openvino has no types
    """What alone takes a node's output, where it does the same to each value."""
    users = [user.get_node() for user in node.output(0).get_target_inputs()]
    if len(users) != 1 or users[0].get_type_name() not in {"Add", "Subtract", "Multiply", "Divide"}:
        return None
    other = users[0].input_value(1).get_node()
    return users[0] if other.get_type_name() == "Constant" and other.get_data().size == 1 else None


def _converted(core: Any, path: Path, aligner: bool) -> Any:  # noqa: ANN401 - openvino has no types
    """A checkpoint's network as an OpenVINO model, kept in the user's cache under the checkpoint's sha256."""
    import openvino
    from platformdirs import user_cache_path

    folder = user_cache_path("platescribe") / "openvino" / str(openvino.__version__).split("-")[0]
    kept = folder / f"{'aligner' if aligner else 'reader'}-{checkpoints.sha256(path)[:16]}.xml"
    if kept.is_file():
        with suppress(RuntimeError):  # cut short by a full disk or a power cut: convert it again
            return core.read_model(kept)
    model = _model(checkpoints.load(path), aligner)
    with suppress(OSError, RuntimeError):  # no room or no right to keep it: the next start converts it again
        _keep(model, kept)
    return model


def _keep(model: Any, kept: Path) -> None:  # noqa: ANN401 - openvino has no types
    """Save a converted network whole or not at all. OSError, RuntimeError: it cannot be saved."""
    import openvino

    kept.parent.mkdir(parents=True, exist_ok=True)
    # Another process may convert at the same moment: each writes files of its own, the last rename wins.
    unfinished = kept.with_name(f"{kept.stem}.{os.getpid()}.xml")
    parts = (unfinished.with_suffix(".bin"), unfinished)
    try:
        openvino.save_model(model, unfinished, compress_to_fp16=False)
        for part in parts:
            with part.open("rb") as file:
                os.fsync(file.fileno())  # else a power cut may leave a file of the right length, full of zeros
            part.replace(kept.with_suffix(part.suffix))
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _model(checkpoint: Checkpoint, aligner: bool) -> Any:  # noqa: ANN401
    """A checkpoint's reader or aligner as an OpenVINO model; ValueError when the checkpoint has no aligner."""
    config, own = checkpoint.config, checkpoint.aligner_config
    if not aligner:
        return to_openvino(checkpoint.network, (config.channels, config.height, config.width))
    if checkpoint.aligner is None or own is None:
        raise ValueError("this reader has no aligner: it reads crops as they are")
    return to_openvino(checkpoint.aligner, (3, own.height, own.width))


def to_openvino(network: "nn.Module", shape: tuple[int, int, int]) -> Any:  # noqa: ANN401 - openvino.Model: no types
    """A network of pictures (channels, height, width) as an OpenVINO model for batches of any size.

    Goes by OpenVINO's PyTorch front end, since its convert_model reports usage to its maker. The first start waits for
    it: so torch runs the example once and does not check itself, and in one thread, since two wait for each other on a
    busy machine.
    """
    import torch
    from openvino import PartialShape
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    example, once = torch.zeros(2, *shape), {"check_trace": False}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            decoder = TorchScriptPythonDecoder(network.eval(), example_input=example, trace_kwargs=once)
            frontend = FrontEndManager().load_by_framework("pytorch")
            model = frontend.convert(frontend.load(decoder))
    finally:
        torch.set_num_threads(threads)
    model.reshape({model.inputs[0]: PartialShape([-1, *shape])})
    return model
