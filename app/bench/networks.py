"""Measures the two networks by themselves, loaded as the application does, per backend and batch size."""

import importlib.util
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from app.bench.figures import DETECT_SIZE, Measured, Timing
from app.bench.gpu import Load
from app.bench.material import frames
from app.pipeline.loading import load_networks
from app.pipeline.tuning import Tuning
from app.pipeline.types import Image
from detector import PlateDetector
from detector.crops import crop_plate
from detector.types import Box
from recognizer import PlateReader

READ_BATCH = 8  # read_ms_per_plate is that of batches so large
CPU_SIZES = (1, 4), (1, READ_BATCH, 32)  # pictures, plates a call
GPU_SIZES = (1, 8, 32), (1, READ_BATCH, 256)
_LOOK_EVERY = 12  # frames of the clip between those that plates are cut from
_MOST_LOOKS = 32
_WARM_UP, _LEAST_CALLS, _MOST_CALLS = 2, 3, 100


def networks(clip: Path, device: str, budget_s: float) -> Measured:
    """Milliseconds a picture and a plate; each backend and batch size gets so many seconds."""
    detector, reader = load_networks(device, Tuning(), DETECT_SIZE)
    assert isinstance(detector, PlateDetector) and isinstance(reader, PlateReader)
    gpu = detector.backend.startswith(("cuda", "tensorrt"))
    pictures, crops = _material(clip, detector)
    detect_sizes, read_sizes = GPU_SIZES if gpu else CPU_SIZES
    timings: list[Timing] = []
    with Load(gpu) as load:
        for found in (
            detector,
            *(PlateDetector(device=name, size=DETECT_SIZE) for name in _other_detectors(detector.backend)),
        ):
            timings += _by_size(f"detect {found.backend}", found.detect, pictures, detect_sizes, budget_s)
        for one in (reader, *(PlateReader(device=name) for name in _other_readers(reader.backend))):
            timings += _by_size(f"read {one.backend}", one.read, crops, read_sizes, budget_s)
    values = {"read_ms_per_plate": _named(timings, f"read {reader.backend} x{READ_BATCH}").median_ms}
    for kind, name in (("detect", "detections_per_s"), ("read", "plates_per_s")):
        values[name] = max(1000 / timing.median_ms for timing in timings if timing.name.startswith(kind))
    if gpu:
        values["gpu_busy"] = load.busy
    notes = {"detector": detector.backend, "reader": reader.backend, "size": str(detector.size)}
    return Measured("networks", tuple(timings), values, notes)


def _by_size(
    name: str, work: Callable[[list[Image]], object], images: Sequence[Image], sizes: Sequence[int], budget_s: float
) -> list[Timing]:
    """Time an item in calls of each size."""
    timings = []
    for size in sizes:
        chosen = [images[i % len(images)] for i in range(size)]
        seconds: list[float] = []
        for _ in range(_WARM_UP):
            work(chosen)
        end = time.perf_counter() + budget_s
        while len(seconds) < _LEAST_CALLS or (time.perf_counter() < end and len(seconds) < _MOST_CALLS):
            began = time.perf_counter()
            work(chosen)
            seconds.append((time.perf_counter() - began) / size)
        timings.append(Timing.of(f"{name} x{size}", seconds))
    return timings


def _material(clip: Path, detector: PlateDetector) -> tuple[list[Image], list[Image]]:
    """Pictures of the clip and the plates in them; where it shows none, pieces of the size of a plate."""
    pictures = list(islice(islice(frames(clip), 0, None, _LOOK_EVERY), _MOST_LOOKS))
    crops = [crop_plate(image, found.box) for image in pictures for found in detector.detect([image])[0]]
    if not crops:
        height, width = pictures[0].shape[:2]
        middle = Box(width / 2 - 64, height / 2 - 16, width / 2 + 64, height / 2 + 16)
        crops = [crop_plate(image, middle) for image in pictures]
    return pictures, crops


def _other_detectors(backend: str) -> list[str]:
    """What else can run the detector here and is worth comparing."""
    if backend == "cuda" and importlib.util.find_spec("tensorrt") is not None:
        return ["tensorrt"]
    return ["torch"] if backend == "openvino" else []


def _other_readers(backend: str) -> list[str]:
    return ["torch"] if backend == "openvino" else []


def _named(timings: Sequence[Timing], name: str) -> Timing:
    return next(timing for timing in timings if timing.name == name)
