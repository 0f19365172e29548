"""Weights for shipping out of a checkpoint, and other runtimes' formats out of weights."""

import json
import tempfile
import warnings
from pathlib import Path

from detector.weights import ASSETS, open_training, open_weights, save_weights, sha256_of


def from_checkpoint(checkpoint: Path, out: Path, size: int, threshold: float) -> Path:
    """The averaged weights of a training checkpoint as a shippable file, in half precision and without optimizer."""
    raw = open_training(checkpoint)
    try:
        save_weights(out, raw["ema_state"], raw["architecture"], size, threshold)
    except (KeyError, AttributeError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{checkpoint} holds no weights that can be shipped ({error})") from error
    return out


def to_safetensors(weights: Path, out: Path, size: int, threshold: float) -> Path:
    """A shippable file from a checkpoint, or from other weights with another size or threshold."""
    if weights.suffix != ".safetensors":
        return from_checkpoint(weights, out, size, threshold)
    opened = open_weights(weights)
    save_weights(out, opened.state(), opened.architecture, size, threshold)
    return out


def to_onnx(weights: Path, out: Path) -> Path:
    """The network as ONNX: uint8 BGR (N, H, W, 3) in, logits (N, 4 * bins + 1, anchors) out, any N, H, W."""
    import torch

    from detector.network import PlateNetwork

    out.parent.mkdir(parents=True, exist_ok=True)
    example = torch.zeros(1, 64, 96, 3, dtype=torch.uint8)
    axes = {"images": {0: "batch", 1: "height", 2: "width"}, "logits": {0: "batch", 2: "anchors"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            PlateNetwork(open_weights(weights)), (example,), str(out), input_names=["images"],
            output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
    return out


def to_openvino(weights: Path, out: Path) -> Path:
    """The network as an OpenVINO model: an .xml with a .bin beside it; input and output as for ONNX."""
    import openvino

    from detector.backends import convert_to_openvino

    out.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(convert_to_openvino(open_weights(weights)), out, compress_to_fp16=True)
    return out


def enter_in_manifest(weights: Path, manifest: Path = ASSETS / "manifest.json", name: str = "detector") -> None:
    """Name a file beside the manifest as the shipped detector, with sha256 and size; other entries stay."""
    if weights.resolve().parent != manifest.resolve().parent:
        raise ValueError(f"{weights} does not lie beside {manifest}: export it to there")
    entries = json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
    entries[name] = {"file": weights.name, "sha256": sha256_of(weights), "bytes": weights.stat().st_size}
    with tempfile.NamedTemporaryFile("w", dir=manifest.parent, delete=False, encoding="utf-8") as partial:
        partial.write(json.dumps(entries, indent=2, sort_keys=True) + "\n")
    Path(partial.name).chmod(0o644)
    Path(partial.name).replace(manifest)
