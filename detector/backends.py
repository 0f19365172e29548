"""What runs the network: torch or OpenVINO on a processor, a card, TensorRT. One interface for all."""

import ctypes.util
import importlib.util
import os
import shutil
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from detector import quantized
from detector._ultralytics import cache_folder
from detector.postprocess import Boxes, Scores, decode
from detector.weights import Weights

Precision = Literal["auto", "int8", "float", "f32"]
Logits = NDArray[np.float32]
_ALONE = 3  # calls in a row that met no other: in a run over pictures there are gaps between calls that are not alone
_OWN_SHAPES = 2  # input shapes with a network of their own: each takes 45 MB with two streams


class Backend(Protocol):
    """Runs a batch of uint8 BGR pictures (N, H, W, 3) whose sides are multiples of 32.

    `streams` threads may be in it at once.
    """

    name: str
    streams: int

    def room(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Memory for a batch, from which infer() takes it with the fewest copies."""
        ...

    def infer(self, batch: NDArray[np.uint8]) -> Logits:
        """The network's logits (N, 4 * bins + 1, anchors) in float32."""
        ...

    def candidates(self, batch: NDArray[np.uint8], threshold: float) -> list[tuple[Boxes, Scores]]:
        """Of each picture boxes (C, 4) in pixels of the input and scores (C,) from the threshold on, best first."""
        ...


class LogitsBackend(ABC):
    """What brings logits to the processor, where candidates are found among them."""

    @abstractmethod
    def infer(self, batch: NDArray[np.uint8]) -> Logits:
        """The network's logits (N, 4 * bins + 1, anchors) in float32."""

    def candidates(self, batch: NDArray[np.uint8], threshold: float) -> list[tuple[Boxes, Scores]]:
        """Of each picture boxes (C, 4) in pixels of the input and scores (C,) from the threshold on, best first."""
        height, width = batch.shape[1:3]
        return [decode(output, height, width, threshold) for output in self.infer(batch)]


class TorchBackend(LogitsBackend):
    """torch on a processor, in float32."""

    name = "torch"
    streams = 1

    def __init__(self, weights: Weights, threads: int | None = None) -> None:
        import torch

        from detector.network import PlateNetwork

        self._torch = torch
        if threads is not None:
            torch.set_num_threads(threads)
        self._network = PlateNetwork(weights)

    def room(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Memory for a batch, from which infer() takes it with the fewest copies."""
        return np.empty(shape, np.uint8)

    def infer(self, batch: NDArray[np.uint8]) -> Logits:
        """The network's logits (N, 4 * bins + 1, anchors) in float32."""
        with self._torch.inference_mode():
            return np.asarray(self._network(self._torch.from_numpy(np.ascontiguousarray(batch))).numpy())


class _Request:
    """One of OpenVINO's requests, for one thread at a time, and the shapes it is prepared for."""

    def __init__(self, request: Any) -> None:  # noqa: ANN401
        self._request = request
        self.shapes: set[tuple[int, ...]] = set()

    def infer(self, batch: NDArray[np.uint8]) -> Logits:
        self._request.infer({0: np.ascontiguousarray(batch)}, share_inputs=True)
        self.shapes.add(batch.shape)
        return np.array(self._request.get_output_tensor(0).data, dtype=np.float32)


class _Compiled:
    """The network compiled for some input: a request with all the threads, and those of the streams that are idle."""

    def __init__(self, wide: _Request, streams: Iterable[_Request]) -> None:
        self.wide = wide
        self.idle: SimpleQueue[_Request] = SimpleQueue()
        for request in streams:
            self.idle.put(request)


class OpenVinoBackend(LogitsBackend):
    """OpenVINO on a processor; a network converted from weights is kept in the user's cache under their sha256.

    `precision` "int8" takes the network in integers where it lies beside the weights, and so does "auto" where
    `integers_pay`; "float" never does, but lets OpenVINO use bfloat16 where the processor has it; "f32" forbids that
    too. `threads` None leaves the count to it. With `streams` that many calls of infer() run side by side, each on its
    share of the threads; on two cores that is a quarter faster than one after the other on both (docs/performance.md).
    A call that is alone has all the threads, which halves its time: one camera is seen sooner so. The first input
    shapes that come, mostly the only ones, get a network compiled for nothing else, a twentieth faster.
    """

    name = "openvino"

    def __init__(
        self, weights: Weights, threads: int | None = None, precision: Precision = "auto", streams: int = 1
    ) -> None:
        import openvino

        core = openvino.Core()
        options: dict[str, Any] = {"ENABLE_CPU_PINNING": False}
        if threads is not None:
            options["INFERENCE_NUM_THREADS"] = threads
        if precision == "f32":
            options["INFERENCE_PRECISION_HINT"] = "f32"
        integers = precision == "int8" or (precision == "auto" and integers_pay(core))
        model = quantized.load(core, weights) if integers else None
        self.quantized = model is not None
        model = model or _converted(core, weights, openvino.__version__)
        self.streams = streams
        self._core, self._model, self._options = core, model, options
        self._of_shape: dict[tuple[int, ...], _Compiled] = {}
        self._of_any: _Compiled | None = None
        self._under_way, self._met_none, self._lock, self._preparing = 0, _ALONE, Lock(), Lock()

    def room(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Memory for a batch, from which infer() takes it with the fewest copies."""
        return np.empty(shape, np.uint8)

    def infer(self, batch: NDArray[np.uint8]) -> Logits:
        """The network's logits (N, 4 * bins + 1, anchors) in float32; waits while all streams are busy."""
        compiled = self._of_shape.get(batch.shape) or self._compiled(batch.shape)
        # The first time a request sees a shape OpenVINO prepares its kernels. A run in which two did so hung for
        # good, as it did for others: github.com/ultralytics/ultralytics/issues/25923.
        with self._request(compiled) as request, nullcontext() if batch.shape in request.shapes else self._preparing:
            return request.infer(batch)

    def _compiled(self, shape: tuple[int, ...]) -> _Compiled:
        """The network for an input shape that has none of its own yet."""
        with self._preparing:
            if shape not in self._of_shape and len(self._of_shape) < _OWN_SHAPES:
                self._of_shape[shape] = self._compile(shape)
            if shape in self._of_shape:
                return self._of_shape[shape]
            self._of_any = self._of_any or self._compile(None)
            return self._of_any

    def _compile(self, shape: tuple[int, ...] | None) -> _Compiled:
        """The network for one input shape, or for any."""
        model = self._model
        if shape is not None:
            model = model.clone()
            model.reshape(list(shape))
        streams = self._core.compile_model(model, "CPU", {**self._options, "NUM_STREAMS": self.streams})
        wide = streams
        if self.streams > 1:
            wide = self._core.compile_model(model, "CPU", {**self._options, "NUM_STREAMS": 1})
        requests = (_Request(streams.create_infer_request()) for _ in range(self.streams))
        return _Compiled(_Request(wide.create_infer_request()), requests)

    @contextmanager
    def _request(self, compiled: _Compiled) -> Iterator[_Request]:
        """A request that nobody else uses: that with all the threads for a call that is alone, or one of a stream."""
        with self._lock:
            self._met_none = 0 if self._under_way else self._met_none + 1
            self._under_way += 1
            alone = self._met_none > _ALONE
        request = compiled.wide if alone else compiled.idle.get()
        try:
            yield request
        finally:
            if not alone:
                compiled.idle.put(request)
            with self._lock:
                self._under_way -= 1


def integers_pay(core: Any) -> bool:  # noqa: ANN401
    """Whether 8-bit integers are worth the few plates they lose: on processors without bfloat16, a quarter of the time.

    Where there is bfloat16 they would save a third only.
    """
    can = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "INT8" in can and "BF16" not in can


def _converted(core: Any, weights: Weights, version: str) -> Any:  # noqa: ANN401
    """The network as an OpenVINO model, from the cache or converted and put there."""
    release = version.split("-")[0]
    folder = cache_folder() / "openvino" / f"{weights.sha256}-{release}"
    if (folder / "detector.xml").is_file():
        try:
            return core.read_model(folder / "detector.xml")
        except RuntimeError:
            shutil.rmtree(folder, ignore_errors=True)  # cut short by a full disk: convert it again
    model = convert_to_openvino(weights)
    with suppress(OSError, RuntimeError):  # no room or no right to keep it: the next start converts it again
        _keep(model, folder)
    return model


def _keep(model: Any, folder: Path) -> None:  # noqa: ANN401
    """Save a converted network so that another process sees all of it or nothing."""
    import openvino

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as partial:
        openvino.save_model(model, Path(partial) / "detector.xml", compress_to_fp16=False)
        if not folder.exists():
            own = Path(f"{folder}.{os.getpid()}")
            try:
                shutil.copytree(partial, own)
                for part in own.iterdir():
                    with part.open("rb") as file:
                        os.fsync(file.fileno())  # else a power cut may leave a file of the right length, full of zeros
                own.rename(folder)
            except OSError:  # another process was faster, or the disk is full
                shutil.rmtree(own, ignore_errors=True)


def convert_to_openvino(weights: Weights) -> Any:  # noqa: ANN401
    """The network as an OpenVINO model for any batch and input size.

    Goes by OpenVINO's PyTorch front end, since its convert_model reports usage. The first start waits for it: so torch
    runs the example once and does not check itself, and in one thread, since two wait for each other on a busy machine.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    from detector.network import PlateNetwork

    example, once = torch.zeros(1, 64, 96, 3, dtype=torch.uint8), {"check_trace": False}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            decoder = TorchScriptPythonDecoder(PlateNetwork(weights), example_input=example, trace_kwargs=once)
            frontend = FrontEndManager().load_by_framework("pytorch")
            return frontend.convert(frontend.load(decoder))
    finally:
        torch.set_num_threads(threads)


def nvidia_present() -> bool:
    """Whether an NVIDIA driver is installed, asked without importing torch, which takes seconds."""
    return any(ctypes.util.find_library(name) for name in ("cuda", "nvcuda"))


def _cuda_usable() -> bool:
    if not nvidia_present():
        return False
    import torch

    return bool(torch.cuda.is_available())


def _on_card(weights: Weights, device: str) -> Backend:
    from detector.cuda import CardBackend

    return CardBackend(weights, device)


def make_backend(
    weights: Weights,
    device: str = "auto",
    threads: int | None = None,
    precision: Precision = "auto",
    streams: int = 1,
) -> Backend:
    """The backend for a device: auto, cpu, openvino, torch, cuda, cuda:N or tensorrt.

    auto takes CUDA where it works, then OpenVINO, then torch; streams are OpenVINO's alone. Raises ValueError for other
    names and RuntimeError when the one asked for is not to be had.
    """
    has_openvino = importlib.util.find_spec("openvino") is not None
    if device == "auto" and _cuda_usable():
        return _on_card(weights, "cuda")
    if device in {"auto", "cpu"}:
        if has_openvino:
            return OpenVinoBackend(weights, threads, precision, streams)
        return TorchBackend(weights, threads)
    if device == "openvino":
        if not has_openvino:
            raise RuntimeError("device=openvino: OpenVINO is not installed; install openvino or choose device=torch")
        return OpenVinoBackend(weights, threads, precision, streams)
    if device == "torch":
        return TorchBackend(weights, threads)
    if device == "cuda" or device.startswith("cuda:"):
        if not _cuda_usable():
            raise RuntimeError(f"device={device}: torch finds no CUDA device; check the driver or choose device=cpu")
        return _on_card(weights, device)
    if device == "tensorrt":
        from detector.tensorrt import TensorRtBackend

        return TensorRtBackend(weights)
    raise ValueError(f"device={device!r} is unknown: use auto, cpu, openvino, torch, cuda, cuda:N or tensorrt")
