"""The one list of runtimes, and the choice among them by device name."""

import importlib
import pkgutil
from collections.abc import Sequence

from inference import runtimes
from inference.types import Device, DeviceError, NetworkSpec, Options, Runner, Runtime


def find_runtimes() -> list[Runtime]:
    """Finds every runtime that a module in `inference.runtimes` holds, the preferred ones first."""
    names = [module.name for module in pkgutil.iter_modules(runtimes.__path__)]
    found: list[Runtime] = [importlib.import_module(f"{runtimes.__name__}.{name}").RUNTIME for name in sorted(names)]
    return sorted(found, key=lambda runtime: runtime.rank)


def choose(device: str) -> tuple[Runtime, str]:
    """Chooses the runtime for a device name, and what the name means to it.

    "auto" takes CUDA where it works, then OpenVINO on the processor, then torch. Raises DeviceError for a name that no
    runtime knows, and for one that none can serve on this machine.
    """
    known = find_runtimes()
    obstacles = []
    for runtime in known:
        target = runtime.target(device)
        if target is None:
            continue
        obstacle = runtime.obstacle(target)
        if not obstacle:
            return runtime, target
        obstacles.append(obstacle)
    if obstacles:
        raise DeviceError(f"device={device}: {obstacles[0]}")
    raise DeviceError(f"device={device!r} is unknown: use {_listed(known)}")


def load(network: NetworkSpec, device: str = "auto", options: Options | None = None) -> Runner:
    """Makes a network ready to run on a device.

    Args:
        network: The network.
        device: A device name, as `choose` takes it.
        options: How to run it; None takes the defaults.

    Raises:
        DeviceError: As of `choose`.
    """
    runtime, target = choose(device)
    return runtime.load(network, target, options or Options())


def list_devices() -> list[Device]:
    """Lists the devices of this machine that any runtime could use; first the one that "auto" takes."""
    known = find_runtimes()
    chosen, _ = choose("auto")
    known.sort(key=lambda runtime: runtime.name != chosen.name)
    return [device for runtime in known for device in runtime.devices()]


def _listed(known: Sequence[Runtime]) -> str:
    names = dict.fromkeys(["auto", "cpu", *(name for runtime in known for name in runtime.names)])
    *most, last = names
    return f"{', '.join(most)} or {last}"
