"""The network in 8-bit integers, for OpenVINO on a processor: a quarter of float32's time.

Made once from weights and pictures to calibrate by, and kept in one file beside the weights. The file names the
sha256 of the weights it was made of and is taken for no others: who brings new weights runs the float network until
the file is made anew.
"""

import hashlib
import json
import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from detector.weights import ASSETS, Weights, sha256_of

FORMAT = "platescribe-detector-int8-1"
PICTURES = 300  # that many calibrate it; more change nothing
# The head's last layers stay float: they cost next to nothing, and in eight bits they move the boxes.
_FLOAT_LAYERS = r".*\.(one2one_)?cv[23]\.\d\.2/.*"


def place_of(weights: Path) -> Path:
    """Where the integers of a weights file lie: detector.int8.safetensors beside detector.safetensors."""
    return weights.with_name(f"{weights.stem}.int8.safetensors")


def quantize(weights: Weights, pictures: Path, out: Path, most: int = PICTURES) -> Path:
    """Write the network in integers, calibrated by at most so many pictures, chosen anew the same way, of a folder.

    Raises ValueError when the folder holds no picture, and RuntimeError when nncf is not installed.
    """
    os.environ.setdefault("NNCF_CI", "1")  # else it reports its use to its maker
    try:
        import nncf
    except ImportError as error:
        raise RuntimeError("calibrating needs nncf: pip install nncf") from error
    import openvino

    from detector.backends import convert_to_openvino

    chosen = _chosen(pictures, most)
    model = nncf.quantize(
        convert_to_openvino(weights),
        nncf.Dataset(chosen, lambda path: _input(path, weights.size)),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(chosen),
        ignored_scope=nncf.IgnoredScope(patterns=[_FLOAT_LAYERS], validate=False),
    )
    with tempfile.TemporaryDirectory() as folder:
        openvino.save_model(model, Path(folder) / "net.xml", compress_to_fp16=True)
        parts = {end: (Path(folder) / f"net.{end}").read_bytes() for end in ("xml", "bin")}
    _save(parts, weights.sha256, out)
    return out


def load(core: Any, weights: Weights) -> Any:  # noqa: ANN401 - openvino.Core and openvino.Model, which have no types
    """The network in integers that belongs to weights, as an OpenVINO model; None when there is none, or damaged."""
    path = place_of(weights.path)
    if not path.is_file() or not _as_shipped(path):
        return None
    try:
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT or header.get("made_of") != weights.sha256:
                return None
            parts = {end: file.get_tensor(end).tobytes() for end in ("xml", "bin")}
        if header.get("sha256") != _sum_of(parts):
            return None
        return core.read_model(parts["xml"], parts["bin"])
    except (SafetensorError, OSError, RuntimeError):
        return None


def _as_shipped(path: Path) -> bool:
    """Whether a file among the shipped ones is the one that the manifest names; files elsewhere are the user's own."""
    if path.resolve().parent != ASSETS.resolve():
        return True
    try:
        entries = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return any(entry["file"] == path.name and entry["sha256"] == sha256_of(path) for entry in entries.values())


def _chosen(folder: Path, most: int) -> Sequence[Path]:
    import cv2

    pictures = sorted(path for path in folder.rglob("*") if path.is_file() and cv2.haveImageReader(str(path)))
    if not pictures:
        raise ValueError(f"{folder} holds no picture to calibrate by: give a folder of pictures as the training saw")
    random.Random(0).shuffle(pictures)
    return pictures[:most]


def _input(path: Path, size: int) -> NDArray[np.uint8]:
    """A picture as the network takes it: (1, H, W, 3)."""
    import cv2

    from detector.preprocess import letterbox, plan

    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} cannot be opened as a picture: take it out of the folder")
    place = plan(image.shape[1], image.shape[0], size)
    return letterbox(np.asarray(image, np.uint8), place)[None]


def _save(parts: dict[str, bytes], made_of: str, path: Path) -> None:
    from safetensors.numpy import save_file

    header = {"format": FORMAT, "made_of": made_of, "sha256": _sum_of(parts)}
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: np.frombuffer(raw, np.uint8) for name, raw in parts.items()}, path, metadata=header)
    path.chmod(0o644)


def _sum_of(parts: dict[str, bytes]) -> str:
    return hashlib.sha256(parts["xml"] + parts["bin"]).hexdigest()
