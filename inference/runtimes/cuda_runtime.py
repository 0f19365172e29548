"""torch on a CUDA device, in half precision, with CUDA graphs for shapes that come again."""

import importlib.util
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from inference.devices import cuda_obstacle, cuda_target, has_nvidia_driver
from inference.types import Device, Images, NetworkSpec, Options, Outputs, Runner, Runtime

if TYPE_CHECKING:
    from torch import Tensor

_OFTEN = 2  # times that a shape is run before it is worth a graph: a folder's images may have a shape each
_MOST_GRAPHS = 8  # each keeps the memory of all that the network computes


class CudaRunner(Runner):
    """A network on a CUDA device: the processor waits once a batch, and memory shared with the device is page-locked.

    Batches of a shape that comes again are run as a CUDA graph, filled up to the next power of two. On a device of
    torch that is no CUDA device it computes the same in float32 and without graphs.
    """

    prefers_batches = True

    def __init__(self, network: NetworkSpec, device: str, *, graphs: bool = True) -> None:
        import torch

        from inference.modules import build_for_images

        self.name = device
        self.fused = network.build_fused is not None
        self._network_name = network.name
        self._torch, self._device = torch, torch.device(device)
        self._on_cuda = self._device.type == "cuda"
        module = network.build_fused().eval() if network.build_fused is not None else build_for_images(network)
        module = module.requires_grad_(False).to(self._device)
        self._module = module.half().to(memory_format=torch.channels_last) if self._on_cuda else module
        self._graphs = graphs and self._on_cuda
        self._seen: Counter[tuple[int, ...]] = Counter()
        self._recorded: dict[tuple[int, ...], tuple[Tensor, Callable[[], Tensor]]] = {}

    def allocate(self, shape: tuple[int, ...]) -> Images:
        """Allocates page-locked memory for a batch."""
        room: Images = self._torch.empty(shape, dtype=self._torch.uint8, pin_memory=self._on_cuda).numpy()
        return room

    def run(self, images: Images) -> Outputs:
        """Runs the network on uint8 images (N, H, W, C); its output comes in float32."""
        images = np.ascontiguousarray(images)
        with self._torch.inference_mode():
            return np.asarray(self._run(images)[: len(images)].float().cpu().numpy())

    def _run(self, images: Images) -> "Tensor":
        """Runs a batch, and what fills it up."""
        shape = (1 << (len(images) - 1).bit_length(), *images.shape[1:])
        self._seen[shape] += 1
        again = self._graphs and self._seen[shape] >= _OFTEN
        if again and shape not in self._recorded and len(self._recorded) < _MOST_GRAPHS:
            self._record(shape)
        if shape not in self._recorded:
            sent: Tensor = self._module(self._torch.from_numpy(images).to(self._device, non_blocking=True))
            return sent
        place, replay = self._recorded[shape]
        place[: len(images)].copy_(self._torch.from_numpy(images), non_blocking=True)
        return replay()

    def _record(self, shape: tuple[int, ...]) -> None:
        """Keeps a CUDA graph for batches of this shape, or goes on without any where it cannot be captured."""
        from inference.cuda_graphs import fastest_convolutions, record

        cuda = self._torch.cuda
        place = self._torch.zeros(shape, dtype=self._torch.uint8, device=self._device)
        stream = cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        stream.wait_stream(cuda.current_stream(self._device))
        with cuda.device(self._device), fastest_convolutions():
            with cuda.stream(stream):
                self._module(place)  # cuDNN chooses its algorithms
            replay = record(lambda: self._module(place), stream, self._network_name)
        if replay is None:
            self._graphs = False
        else:
            self._recorded[shape] = place, replay


class CudaRuntime(Runtime):
    """torch on an NVIDIA GPU."""

    name = "cuda"
    rank = 10
    names = ("cuda", "cuda:N")

    def target(self, device: str) -> str | None:
        """Returns "cuda:N" for the names of CUDA devices."""
        return "cuda:0" if device == "auto" else cuda_target(device)

    def obstacle(self, target: str) -> str:
        """Tells why torch cannot use the device."""
        if importlib.util.find_spec("torch") is None:
            return "torch is not installed; install torch or choose device=cpu"
        return cuda_obstacle(target)

    def load(self, network: NetworkSpec, target: str, options: Options) -> Runner:
        """Loads the network onto a CUDA device."""
        return CudaRunner(network, target)

    def devices(self) -> list[Device]:
        """Lists the CUDA devices that torch sees."""
        if not has_nvidia_driver():
            return []
        obstacle = self.obstacle("cuda:0")
        if obstacle:
            return [Device("cuda", "an NVIDIA GPU", obstacle)]
        import torch

        found = [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]
        return [
            Device(f"cuda:{index}", f"{gpu.name}, {gpu.total_memory / 2**30:.0f} GB") for index, gpu in enumerate(found)
        ]


RUNTIME = CudaRuntime()
