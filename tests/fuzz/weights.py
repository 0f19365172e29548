"""Networks."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import put, taken


def _reader_seeds(folder: Path) -> list[bytes]:
    from recognizer.checkpoint import Checkpoint, save
    from recognizer.config import PRESETS, AlignerConfig, Stage
    from recognizer.network import AlignerNetwork, build_network

    stages = (Stage(4, (2, 2)), Stage(4, (4, 4), 1))
    config = replace(PRESETS["tutorial"], characters="AB12", stages=stages, hidden=4)
    own = AlignerConfig(16, 32, (2, 2))
    save(Checkpoint(build_network(config), config), folder / "seed.safetensors")
    save(
        Checkpoint(build_network(config), config, aligner=AlignerNetwork(own), aligner_config=own),
        folder / "aligned.safetensors",
    )
    return [(folder / f"{name}.safetensors").read_bytes() for name in ("seed", "aligned")]


def _headers(files: Sequence[bytes]) -> list[bytes]:
    """The JSON in front of safetensors files, which says how long it is: damaged by itself it is parsed more often."""
    return [data[8 : 8 + int.from_bytes(data[:8], "little")] for data in files]


def _behind(header: bytes, files: Sequence[bytes]) -> bytes:
    """A file with this header, and the numbers of the first of files."""
    start = 8 + int.from_bytes(files[0][:8], "little")
    return len(header).to_bytes(8, "little") + header + files[0][start:]


@cache
def _sound(seeds: Callable[[Path], list[bytes]]) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return seeds(Path(folder))


def _feed_reader(data: bytes, folder: Path) -> bool:
    from recognizer.checkpoint import CheckpointError, load

    return taken(put(folder, "reader.safetensors", data), load, CheckpointError)


def _detector_seeds(folder: Path) -> list[bytes]:
    import torch

    from detector.weights import save_weights

    save_weights(folder / "seed.safetensors", {"a": torch.zeros(9), "b": torch.ones(2, 3)}, "yolo26n.yaml", 640, 0.3)
    return [(folder / "seed.safetensors").read_bytes()]


def _feed_detector(data: bytes, folder: Path) -> bool:
    from detector.weights import open_weights

    return taken(put(folder, "detector.safetensors", data), lambda path: open_weights(path).state(), ValueError)


def _training_seeds(folder: Path) -> list[bytes]:
    import torch

    state = {"ema_state": {"a": torch.zeros(5)}, "architecture": "yolo26n.yaml", "epoch": 3, "history": [{"step": 1}]}
    torch.save(state, folder / "seed.pt")
    return [(folder / "seed.pt").read_bytes()]


def _feed_training(data: bytes, folder: Path) -> bool:
    from detector.export import from_checkpoint

    out = folder / "out.safetensors"
    return taken(put(folder, "last.pt", data), lambda path: from_checkpoint(path, out, 640, 0.3), ValueError)


def _feed_reader_header(data: bytes, folder: Path) -> bool:
    return _feed_reader(_behind(data, _sound(_reader_seeds)), folder)


def _feed_detector_header(data: bytes, folder: Path) -> bool:
    return _feed_detector(_behind(data, _sound(_detector_seeds)), folder)


TARGETS: Sequence[Target] = (
    Target("reader", _reader_seeds, _feed_reader, native=True),
    Target("detector", _detector_seeds, _feed_detector, native=True),
    Target("reader-header", lambda _: _headers(_sound(_reader_seeds)), _feed_reader_header, native=True),
    Target("detector-header", lambda _: _headers(_sound(_detector_seeds)), _feed_detector_header, native=True),
    Target("training", _training_seeds, _feed_training, native=True),
)
