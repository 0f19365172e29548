"""OpenVINO on a processor, and on the graphics and neural processors that it finds."""

import importlib.util
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from queue import SimpleQueue
from threading import Lock
from typing import Any

import numpy as np

from inference.files import cache_folder
from inference.openvino_models import INT8, find_model, load_packed, take_images
from inference.types import Device, Images, NetworkSpec, Options, Outputs, Runner, Runtime

CPU = "CPU"
_SHORT_NAMES = ("gpu", "npu")  # as users write them; gpu:1 is OpenVINO's GPU.1
_VIRTUAL = {"AUTO", "MULTI", "HETERO", "BATCH"}  # names that stand for devices without being listed
_FIXED_SHAPES = {"NPU"}  # devices whose networks must know the shape of their input
# Calls in a row that met no other one before a call counts as alone: in a run over images there are gaps between calls
# that are not alone.
_ALONE = 3
# Input shapes with a network of their own, a twentieth faster: each takes 45 MB with two streams of the detector.
_OWN_SHAPES = 2
_OWN_SHAPES_FIXED = 8  # where every shape must have one, the oldest makes room


class _Request:
    """One of OpenVINO's requests, for one thread at a time, and the shapes it is prepared for."""

    def __init__(self, request: Any) -> None:  # noqa: ANN401 - OpenVINO has no types
        self._request = request
        self.shapes: set[tuple[int, ...]] = set()

    def infer(self, images: Images) -> Outputs:
        self._request.infer({0: np.ascontiguousarray(images)}, share_inputs=True)
        self.shapes.add(images.shape)
        return np.array(self._request.get_output_tensor(0).data, dtype=np.float32)


class _Compiled:
    """The network compiled for some input: a request with all the threads, and those of the streams that are idle.

    The streams are compiled when two calls meet for the first time: a camera that is alone never needs them, and the
    first image does not wait for them.
    """

    def __init__(self, wide: _Request, make_streams: Callable[[], Iterable[_Request]]) -> None:
        self.wide = wide
        self.idle: SimpleQueue[_Request] = SimpleQueue()
        self._make_streams: Callable[[], Iterable[_Request]] | None = make_streams

    def make_streams(self) -> None:
        """Compiles the streams, once; the caller lets nobody else in meanwhile."""
        if self._make_streams is not None:
            for request in self._make_streams():
                self.idle.put(request)
            self._make_streams = None

    @property
    def has_streams(self) -> bool:
        """Whether the streams are there."""
        return self._make_streams is None


class OpenVinoRunner(Runner):
    """A network compiled by OpenVINO, converted once and kept in the user's cache under its weights' sum.

    With several streams that many calls of run() go side by side, each on its share of the threads; on two cores that
    is a quarter faster than one after the other on both (docs/performance.md). A call that is alone has all the
    threads, which halves its time: one camera is seen sooner so.
    """

    def __init__(self, network: NetworkSpec, device: str, options: Options) -> None:
        import openvino

        core = openvino.Core()
        self.name = "openvino" if device == CPU else f"openvino:{device.lower()}"
        self.streams = options.streams
        self._core, self._device, self._network = core, device, network
        self._properties = _properties(device, options)
        self._fixed = device.split(".")[0] in _FIXED_SHAPES
        on_cpu = device == CPU
        integers = on_cpu and (options.precision == "int8" or (options.precision == "auto" and integers_pay(core)))
        model = load_packed(core, network, INT8) if integers else None
        self.quantized = model is not None
        self._model = model or find_model(core, network)
        self._of_shape: dict[tuple[int, ...], _Compiled] = {}
        self._of_any: _Compiled | None = None
        self._under_way, self._met_none, self._lock, self._preparing = 0, _ALONE, Lock(), Lock()
        if network.batch and not self._fixed:
            self._of_any = self._compile(None)  # what cannot be compiled is told now, and not by the first image

    def run(self, images: Images) -> Outputs:
        """Runs the network on uint8 images (N, H, W, C), to float32. Waits while all streams are busy."""
        piece = self._network.batch
        if piece is None or len(images) <= piece:
            return self._run(images)
        return np.concatenate([self._run(images[start : start + piece]) for start in range(0, len(images), piece)])

    def _run(self, images: Images) -> Outputs:
        count = len(images)
        if self._fixed and self._network.batch and count < self._network.batch:
            filling = np.zeros((self._network.batch - count, *images.shape[1:]), np.uint8)
            images = np.concatenate([images, filling])
        compiled = self._of_shape.get(images.shape) or self._compiled(images.shape)
        # The first time a request sees a shape OpenVINO prepares its kernels. A run in which two did so hung for
        # good, as it did for others: github.com/ultralytics/ultralytics/issues/25923.
        with self._request(compiled) as request, nullcontext() if images.shape in request.shapes else self._preparing:
            return request.infer(images)[:count]

    def _compiled(self, shape: tuple[int, ...]) -> _Compiled:
        """Finds or compiles the network for an input shape."""
        with self._preparing:
            if shape in self._of_shape:
                return self._of_shape[shape]
            if not self._deserves_own(shape):
                self._of_any = self._of_any or self._compile(None)
                return self._of_any
            if self._fixed and len(self._of_shape) >= _OWN_SHAPES_FIXED:
                self._of_shape = dict(list(self._of_shape.items())[1:])
            compiled = self._compile(shape)
            self._of_shape = {**self._of_shape, shape: compiled}  # other threads look into it without the lock
            return compiled

    def _deserves_own(self, shape: tuple[int, ...]) -> bool:
        """Tells whether a network is compiled for one input shape: for full pieces, or else for the first ones."""
        if self._fixed:
            return True
        if self._network.batch:
            return shape[0] == self._network.batch
        return len(self._of_shape) < _OWN_SHAPES

    def _compile(self, shape: tuple[int, ...] | None) -> _Compiled:
        """Compiles the network for one input shape, or for any."""
        model = self._model
        if self._network.unit_floats:
            model = take_images(model, shape[0] if shape else None)
        elif shape is not None:
            model = model.clone()
            model.reshape(list(shape))
        # Other devices have no threads to share out, and take a minute to compile: there one network serves for both.
        both = self._device != CPU or self.streams == 1
        first = self._core.compile_model(model, self._device, self._with_streams(self.streams if both else 1))
        alone = _Request(first.create_infer_request())
        if self.streams == 1:
            return _Compiled(alone, lambda: [alone])

        def make_streams() -> list[_Request]:
            compiled = first
            if not both:
                compiled = self._core.compile_model(model, self._device, self._with_streams(self.streams))
            return [_Request(compiled.create_infer_request()) for _ in range(self.streams)]

        return _Compiled(alone, make_streams)

    def _with_streams(self, count: int) -> dict[str, Any]:
        if self._device == CPU:
            return {**self._properties, "NUM_STREAMS": count}
        return {**self._properties, "PERFORMANCE_HINT": "LATENCY" if count == 1 else "THROUGHPUT"}

    @contextmanager
    def _request(self, compiled: _Compiled) -> Iterator[_Request]:
        """Lends a request that nobody else uses: to a call that is alone that with all threads, else a stream's."""
        with self._lock:
            self._met_none = 0 if self._under_way else self._met_none + 1
            self._under_way += 1
            alone = self.streams > 1 and self._met_none > _ALONE
        if not alone and not compiled.has_streams:
            with self._preparing:
                compiled.make_streams()
        request = compiled.wide if alone else compiled.idle.get()
        try:
            yield request
        finally:
            if not alone:
                compiled.idle.put(request)
            with self._lock:
                self._under_way -= 1


def _properties(device: str, options: Options) -> dict[str, Any]:
    """Returns what a network is compiled with, but for its streams."""
    found: dict[str, Any] = {}
    if options.precision == "f32":
        found["INFERENCE_PRECISION_HINT"] = "f32"
    if device == CPU:
        # Threads tied to cores would all be tied to the first ones, where the other network's are.
        found["ENABLE_CPU_PINNING"] = False
        if options.threads is not None:
            found["INFERENCE_NUM_THREADS"] = options.threads
    else:
        found["CACHE_DIR"] = str(cache_folder() / "openvino" / "compiled")  # compiling for a GPU takes a minute
    return found


def integers_pay(core: Any) -> bool:  # noqa: ANN401 - OpenVINO has no types
    """Tells whether 8-bit integers are worth the few plates they lose: on processors without bfloat16 they are.

    Where there is bfloat16 they would save a third only.
    """
    can = core.get_property(CPU, "OPTIMIZATION_CAPABILITIES")
    return "INT8" in can and "BF16" not in can


class OpenVinoRuntime(Runtime):
    """OpenVINO's own devices: cpu, gpu, npu, and by openvino:NAME any that it knows, AUTO and HETERO among them."""

    name = "openvino"
    rank = 20
    names = ("openvino", "gpu", "gpu:N", "npu", "openvino:NAME")

    def target(self, device: str) -> str | None:
        """Returns OpenVINO's name of a device."""
        if device in {"auto", "cpu", "openvino"}:
            return CPU
        kind, _, rest = device.partition(":")
        if kind == "openvino" and rest:
            return rest.upper()
        if kind in _SHORT_NAMES and (not rest or rest.isdecimal()):
            return f"{kind.upper()}.{rest}" if rest else kind.upper()
        return None

    def obstacle(self, target: str) -> str:
        """Tells why OpenVINO or the device cannot be used."""
        if importlib.util.find_spec("openvino") is None:
            return "OpenVINO is not installed; install openvino or choose device=torch"
        if target == CPU or target.partition(":")[0] in _VIRTUAL:
            return ""
        import openvino

        listed = openvino.Core().available_devices
        if target in listed or f"{target}.0" in listed or (target.endswith(".0") and target[:-2] in listed):
            return ""
        return f"OpenVINO finds no {target} on this machine, only {', '.join(listed)}; choose one of these or auto"

    def load(self, network: NetworkSpec, target: str, options: Options) -> Runner:
        """Compiles the network for a device."""
        return OpenVinoRunner(network, target, options)

    def devices(self) -> list[Device]:
        """Lists the devices that OpenVINO finds."""
        obstacle = self.obstacle(CPU)
        if obstacle:
            return [Device("openvino", "OpenVINO on the processor", obstacle)]
        import openvino

        core = openvino.Core()
        names = {name: str(core.get_property(name, "FULL_DEVICE_NAME")) for name in core.available_devices}
        return [Device(_short(name), full) for name, full in names.items()]


def _short(name: str) -> str:
    """Returns the device name that stands for one of OpenVINO's."""
    kind, _, number = name.lower().partition(".")
    if kind not in {"cpu", *_SHORT_NAMES}:
        return f"openvino:{name.lower()}"
    return f"{kind}:{number}" if number else kind


RUNTIME = OpenVinoRuntime()
