"""Weights for shipping out of a training checkpoint, and the network in the formats of other runtimes."""

from pathlib import Path

from detector.network_spec import network_spec
from detector.weights import open_training, open_weights, save_weights


def from_checkpoint(checkpoint: Path, out: Path, size: int, threshold: float) -> Path:
    """Writes the averaged weights of a training checkpoint, in half precision and without the optimizer.

    Args:
        checkpoint: best.pt or last.pt of a training run.
        out: The .safetensors file to write.
        size: The longer side of the network's input in pixels.
        threshold: The score from which on a detection counts, 0 to 1.

    Returns:
        The file written.

    Raises:
        ValueError: The checkpoint holds no weights that can be shipped.
    """
    raw = open_training(checkpoint)
    try:
        save_weights(out, raw["ema_state"], raw["architecture"], size, threshold)
    except (KeyError, AttributeError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{checkpoint} holds no weights that can be shipped ({error})") from error
    return out


def to_safetensors(weights: Path, out: Path, size: int, threshold: float) -> Path:
    """Writes weights for shipping, out of a checkpoint or out of other weights.

    Args:
        weights: A training checkpoint (.pt) or weights (.safetensors).
        out: The .safetensors file to write.
        size: The longer side of the network's input in pixels.
        threshold: The score from which on a detection counts, 0 to 1.

    Returns:
        The file written.
    """
    if weights.suffix != ".safetensors":
        return from_checkpoint(weights, out, size, threshold)
    opened = open_weights(weights)
    save_weights(out, opened.state(), opened.architecture, size, threshold)
    return out


def to_onnx(weights: Path, out: Path) -> Path:
    """Writes the network as ONNX: uint8 BGR (N, H, W, 3) in, logits (N, 4 * bins + 1, anchors) out, any N, H, W."""
    from inference.modules import example_of
    from inference.onnx import export_onnx

    network = network_spec(open_weights(weights))
    export_onnx(network, network.build(), example_of(network), out, "logits")
    return out


def to_openvino(weights: Path, out: Path) -> Path:
    """Writes the network as an OpenVINO model: an .xml with a .bin beside it; input and output as for ONNX."""
    import openvino

    from inference.openvino_models import convert_network

    out.parent.mkdir(parents=True, exist_ok=True)
    openvino.save_model(convert_network(network_spec(open_weights(weights))), out, compress_to_fp16=True)
    return out
