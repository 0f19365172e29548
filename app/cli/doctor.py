"""`main.py doctor`: what this machine and this installation have, and what is wrong, each with a remedy."""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from app.config import settings as settings_file
from app.config.bootstrap import has_display, usable_cpus
from app.config.frozen import is_frozen
from app.config.paths import MANIFEST, ROOT, is_checkout
from app.config.redaction import redact
from app.version import __version__

NEEDED_FREE_GB = 1.0
INSTALL_HINT = "Run `make run`, or `python -m pip install -r requirements-read.txt` in the program's environment."
TRAIN_HINT = "`python -m pip install 'platescribe[train]'`, or `-r requirements.txt` in a checkout"


class State(Enum):
    """How a thing stands."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of the report; hint says what to do where something is wrong or could be better."""

    name: str
    value: str
    state: State = State.OK
    hint: str = ""


Check = Callable[[], Iterator[CheckResult]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def main(args: argparse.Namespace) -> int:
    """Print the report; exit status 1 when something is broken."""
    report = {heading: list(findings(check)) for heading, check in CHECKS}
    if args.json:
        table = {heading: [_as_dict(item) for item in items] for heading, items in report.items()}
        print(redact(json.dumps(table, indent=1, ensure_ascii=False)))
    else:
        print(redact(as_text(report)))
    return int(any(item.state is State.BROKEN for items in report.values() for item in items))


def findings(check: Check) -> Iterator[CheckResult]:
    """Yield what a check finds; a check that fails itself is a finding, not the end of the report."""
    try:
        yield from check()
    except Exception as error:
        yield CheckResult(check.__name__.strip("_"), f"{type(error).__name__}: {error}", State.BROKEN, INSTALL_HINT)


def as_text(report: dict[str, list[CheckResult]]) -> str:
    """Return the report as text: a heading a section, a line a finding, hints under their finding."""
    lines = []
    for heading, items in report.items():
        lines.append(heading)
        for item in items:
            lines.append(f"  {item.state.value:<7}{item.name:<18} {item.value}")
            if item.hint:
                lines.append(f"{'':<28}{item.hint}")
    broken = sum(item.state is State.BROKEN for items in report.values() for item in items)
    lines.append("Everything needed is here." if not broken else f"{broken} broken; see the hints above.")
    return "\n".join(lines)


def _as_dict(item: CheckResult) -> dict[str, str]:
    return {"name": item.name, "value": item.value, "state": item.state.value, "hint": item.hint}


def _versions() -> Iterator[CheckResult]:
    yield CheckResult("Platescribe", __version__)
    yield CheckResult("Python", f"{platform.python_version()} ({platform.platform()})")
    for requirement in _requirements():
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue  # for another system than this, or for a part that is optional
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield CheckResult(requirement.name, "not installed", State.BROKEN, INSTALL_HINT)
            continue
        if requirement.specifier.contains(found, prereleases=True):
            yield CheckResult(requirement.name, found)
        else:
            wanted = f"{found}, wanted {requirement.specifier}"
            yield CheckResult(requirement.name, wanted, State.NOTE, "It may work all the same. " + INSTALL_HINT)


def _requirements() -> list[Requirement]:
    """What the program's own description says it needs."""
    if is_checkout():
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return [Requirement(line) for line in project["dependencies"]]
    if is_frozen():
        return []  # all of it is in the folder
    return [Requirement(line) for line in metadata.requires("platescribe") or ()]


def _training() -> Iterator[CheckResult]:
    """The libraries of training and of NVIDIA GPUs, which reading on a processor does without."""
    for name in ("torch", "torchvision", "ultralytics"):
        try:
            yield CheckResult(name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield CheckResult(name, f"not installed; training and NVIDIA GPUs need it: {TRAIN_HINT}")


def _devices() -> Iterator[CheckResult]:
    from inference.registry import list_devices

    yield CheckResult("processor", f"{_processor_name()}, {usable_cpus()} usable")
    for device in list_devices():
        said = f"{device.description} (cannot be used: {device.obstacle})" if device.obstacle else device.description
        yield CheckResult(f"--device {device.name}", said)
    yield _chosen_device(settings_file.load().settings.detection.device)


def _chosen_device(wanted: str) -> CheckResult:
    """What networks run on with the settings as they are, and why that was chosen."""
    from inference.registry import choose, find_runtimes
    from inference.types import DeviceError

    try:
        runtime, target = choose(wanted)
    except DeviceError as error:
        hint = "Set another detection.device in the settings; `auto` always finds one."
        return CheckResult("chosen", f"none: {error}", State.BROKEN, hint)
    passed = [other for other in find_runtimes() if other.rank < runtime.rank]
    targets = [(other, other.target(wanted)) for other in passed]
    reasons = [other.obstacle(aim).partition(";")[0] for other, aim in targets if aim is not None]
    why = f"detection.device is {wanted}" + "".join(f"; {reason.partition(', so')[0]}" for reason in reasons if reason)
    return CheckResult("chosen", f"{runtime.name} on {target}: {why}")


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _runtimes() -> Iterator[CheckResult]:
    try:
        import openvino
    except ImportError as error:
        hint = "Reading works without it where torch is installed, some three times slower. " + INSTALL_HINT
        yield CheckResult("OpenVINO", f"cannot be loaded ({error})", State.NOTE, hint)
        return
    core = openvino.Core()
    for device in core.available_devices:
        abilities = ", ".join(core.get_property(device, "OPTIMIZATION_CAPABILITIES"))
        yield CheckResult(f"OpenVINO {device}", f"{core.get_property(device, 'FULL_DEVICE_NAME')} ({abilities})")


def _weights() -> Iterator[CheckResult]:
    hint = "The installation is incomplete or was changed: install the program again."
    try:
        manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield CheckResult("manifest", f"{MANIFEST}: {error}", State.BROKEN, hint)
        return
    for name in dict.fromkeys(("detector", "reader", *manifest)):
        entry = manifest.get(name, {})
        path = MANIFEST.parent / str(entry.get("file", name))
        if not path.is_file():
            yield CheckResult(name, f"{path} is missing", State.BROKEN, hint)
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != entry.get("sha256"):
            yield CheckResult(name, f"{path} has sha256 {digest}, not the manifest's", State.BROKEN, hint)
        else:
            size = path.stat().st_size / 1e6
            yield CheckResult(name, f"{path.name}, {size:.1f} MB, sha256 {digest[:16]}… as in the manifest")


def _video() -> Iterator[CheckResult]:
    import cv2
    from cv2 import videoio_registry as registry

    readers = [registry.getBackendName(item) for item in registry.getStreamBackends()]
    ffmpeg = "FFMPEG" in readers
    hint = "" if ffmpeg else "Use the opencv-python wheel: " + INSTALL_HINT
    state = State.OK if ffmpeg else State.BROKEN
    yield CheckResult("recordings, RTSP", f"OpenCV {cv2.__version__} with {', '.join(readers)}", state, hint)
    for codec in ("mp4v", "avc1", "MJPG"):
        works = _can_write(codec)
        needed = codec == "mp4v" and not works
        hint = "Annotated videos cannot be written. " + INSTALL_HINT if needed else ""
        yield CheckResult(f"writing {codec}", "works" if works else "no", State.BROKEN if needed else State.OK, hint)
    cameras = sorted(str(path) for path in Path("/dev").glob("video*")) if sys.platform.startswith("linux") else []
    locked = [name for name in cameras if not os.access(name, os.R_OK | os.W_OK)]
    if locked:
        hint = "Join the group that may: sudo usermod -aG video $USER, then log in again."
        yield CheckResult("cameras", f"no access to {', '.join(locked)}", State.NOTE, hint)
    elif sys.platform.startswith("linux"):
        yield CheckResult("cameras", ", ".join(cameras) or "none plugged in")


def _can_write(codec: str) -> bool:
    """Whether a short video written with a codec (a FOURCC) can be read back."""
    import cv2
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("test.avi" if codec == "MJPG" else "test.mp4")
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), 25.0, (64, 64))
        for shade in range(5):
            writer.write(np.full((64, 64, 3), shade * 40, np.uint8))
        writer.release()
        reader = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        works = bool(reader.read()[0])
        reader.release()
    return works


def _window() -> Iterator[CheckResult]:
    if not has_display():
        yield CheckResult("display", "none: `main.py run` works, the window does not", State.NOTE)
        return
    # In a process of its own: Qt aborts the process when its platform plugin cannot be loaded.
    code = (
        "from app.config import bootstrap; bootstrap.prepare(); bootstrap.qt_environment()\n"
        "from PyQt5.QtWidgets import QApplication\nprint(QApplication([]).platformName())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    if result.returncode == 0:
        yield CheckResult("Qt platform", result.stdout.strip())
        return
    reason = next((line for line in result.stderr.splitlines() if line.strip()), "it ended without a word")
    hint = "Install the system libraries: tools/system.sh run. Is the display that DISPLAY names still there?"
    yield CheckResult("Qt platform", reason, State.BROKEN, hint)


def _folders() -> Iterator[CheckResult]:
    loaded = settings_file.load()
    yield CheckResult("settings", str(settings_file.default_path()))
    for problem in loaded.problems:
        yield CheckResult("settings", problem, State.NOTE)
    folder = settings_file.data_folder(loaded.settings)
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        hint = "Set another under log.folder in the settings, or give yourself the right to write there."
        yield CheckResult("log folder", f"{folder} cannot be written: {error.strerror}", State.BROKEN, hint)
        return
    free = shutil.disk_usage(nearest).free / 1e9
    low = free < NEEDED_FREE_GB
    hint = "Make room, keep reads for fewer days, or set another log.folder in the settings." if low else ""
    yield CheckResult("log folder", f"{folder}, {free:.1f} GB free", State.BROKEN if low else State.OK, hint)


CHECKS: tuple[tuple[str, Check], ...] = (
    ("Versions", _versions),
    ("Training and GPU", _training),
    ("Devices", _devices),
    ("Runtimes", _runtimes),
    ("Weights", _weights),
    ("Cameras and codecs", _video),
    ("Window", _window),
    ("Folders", _folders),
)
