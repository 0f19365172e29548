"""torch on a processor, in float32: where OpenVINO is absent, and to compare with."""

from typing import TYPE_CHECKING

import numpy as np

from inference.optional import INSTALL_TRAINING, has_torch
from inference.types import Device, Images, NetworkSpec, Options, Outputs, Runner, Runtime

if TYPE_CHECKING:
    from torch import nn


class TorchRunner(Runner):
    """A network in torch on the processor."""

    name = "torch"

    def __init__(self, module: "nn.Module", threads: int | None = None) -> None:
        """module: of uint8 images (N, H, W, C)."""
        self._module, self._threads = module, threads

    def run(self, images: Images) -> Outputs:
        """Runs the network on uint8 images (N, H, W, C); its output comes in float32."""
        import torch

        if self._threads is not None:  # of the whole process, in which another network may have asked for others
            torch.set_num_threads(self._threads)
        with torch.inference_mode():
            return np.asarray(self._module(torch.from_numpy(np.ascontiguousarray(images))).numpy(), np.float32)


class TorchRuntime(Runtime):
    """torch on the processor."""

    name = "torch"
    rank = 30
    names = ("torch",)

    def target(self, device: str) -> str | None:
        """Returns the processor."""
        return "cpu" if device in {"auto", "cpu", "torch"} else None

    def obstacle(self, target: str) -> str:
        """Tells why torch cannot be used."""
        return "" if has_torch() else f"torch is not installed: {INSTALL_TRAINING}, or choose device=cpu"

    def load(self, network: NetworkSpec, target: str, options: Options) -> Runner:
        """Loads the network in torch."""
        from inference.modules import build_for_images

        return TorchRunner(build_for_images(network), options.threads)

    def devices(self) -> list[Device]:
        """Lists the processor."""
        return [Device("torch", "torch on the processor, slower than OpenVINO", self.obstacle("cpu"))]


RUNTIME = TorchRuntime()
