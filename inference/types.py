"""What a library says of a network, what a user asks for, and what runs it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import nn

Images = NDArray[np.uint8]
Outputs = NDArray[np.float32]
Precision = Literal["auto", "int8", "float", "f32"]


class DeviceError(ValueError):
    """A device name that is unknown, or a device that cannot be used here; the message says what to choose instead."""


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """A network as a runtime needs it.

    Args:
        name: The network's name, in file names and messages.
        weights: The file the weights come from; ready forms for a runtime lie beside it.
        part: The network's name within a file that holds several; "" for a file's only or main one.
        sha256: Check sum of that file: converted networks are kept under it.
        build: Makes the torch module, in evaluation. Called only where torch computes or converts.
        example: Shape of an input with which the module is traced.
        free_sizes: Axes of the input whose size may change from call to call.
        unit_floats: The module takes float32 (N, C, H, W) in 0..1. False: it takes uint8 (N, H, W, C) itself.
        batch: Batches are run in pieces of this size, for which a network of its own is compiled. None: batches are run
            whole, and the first input shapes get networks of their own.
        build_fused: Makes the same network together with its postprocessing, for runtimes that compute in torch on a
            GPU, so that less comes back from there. It takes uint8 (N, H, W, C).
        output_free: Axes of the output whose size follows from the input's.
        limits: The smallest, the usual and the largest uint8 input for runtimes that must know them (TensorRT); None
            where such runtimes have nothing to gain.
        revision: Raised when the module's computation changes while its weights do not, so that networks converted
            before are not used any more.
    """

    name: str
    weights: Path
    sha256: str
    build: Callable[[], "nn.Module"]
    example: tuple[int, ...]
    free_sizes: tuple[int, ...] = (0,)
    unit_floats: bool = False
    batch: int | None = None
    build_fused: Callable[[], "nn.Module"] | None = None
    output_free: tuple[int, ...] = (0,)
    part: str = ""
    limits: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Options:
    """How a network is to be run; what a runtime has no use for it ignores.

    Args:
        threads: Processor threads; None leaves the number to the runtime.
        precision: "int8" takes the network in 8-bit integers where it lies beside the weights, and "auto" does so where
            that is worth it; "float" never does, but allows bfloat16; "f32" forbids bfloat16 too.
        streams: Calls that may run side by side.
    """

    threads: int | None = None
    precision: Precision = "auto"
    streams: int = 1


class Runner(ABC):
    """A network on a device.

    name: what `backend` tells of it. streams: how many threads may be in `run` at once. fused: whether it runs
    `NetworkSpec.build_fused`. prefers_batches: whether a larger batch costs less for each image.
    """

    name: str
    streams: int = 1
    fused: bool = False
    prefers_batches: bool = False

    @abstractmethod
    def run(self, images: Images) -> Outputs:
        """Runs the network on uint8 images (N, H, W, C); its output comes in float32."""

    def allocate(self, shape: tuple[int, ...]) -> Images:
        """Allocates memory for a batch from which `run` takes it with the fewest copies."""
        return np.empty(shape, np.uint8)


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this machine: the name to choose it by, what it is, and why it cannot be used ("" where it can)."""

    name: str
    description: str
    obstacle: str = ""


class Runtime(ABC):
    """A library that runs networks. A module in `inference.runtimes` that holds one as RUNTIME adds it everywhere.

    name: its own. rank: where several runtimes can serve a device name, the lowest rank is taken. names: the device
    names it answers to, for messages.
    """

    name: str
    rank: int
    names: tuple[str, ...]

    @abstractmethod
    def target(self, device: str) -> str | None:
        """Returns what a device name ("auto", "cpu", "cuda:1" …) means in the runtime's own terms; None: nothing."""

    @abstractmethod
    def obstacle(self, target: str) -> str:
        """Tells why the target cannot be used here, and what to do; "" where it can. Imports as little as it can.

        Only called with what `target` returned.
        """

    @abstractmethod
    def load(self, network: NetworkSpec, target: str, options: Options) -> Runner:
        """Makes a network ready to run.

        Args:
            network: The network.
            target: What `target` returned.
            options: How to run it.
        """

    def devices(self) -> list[Device]:
        """Lists the devices of this machine that the runtime could use, for people; may import its libraries."""
        return []
