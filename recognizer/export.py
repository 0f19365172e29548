"""python -m recognizer export: a reader as ONNX or OpenVINO IR, with what a program needs to use it beside."""

import argparse
import importlib.util
import json
import warnings
from pathlib import Path

import numpy as np
import torch

from recognizer import checkpoint as checkpoints
from recognizer import reader
from recognizer.alphabet import Alphabet
from recognizer.backends import to_openvino
from recognizer.checkpoint import Checkpoint

INPUT, OUTPUT = "images", "log_probs"
#: Largest difference of a log probability between torch and the exported network; rounding stays far below.
TOLERANCE = 1e-2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    add = parser.add_argument
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--out", type=Path, required=True, metavar="FILE", help="FILE.onnx, or FILE.xml for OpenVINO")


def main(args: argparse.Namespace) -> int:
    """Writes the network in the form the file name asks for, and FILE.json."""
    path = args.weights or reader.shipped_weights()
    checkpoint = checkpoints.load(path)
    exports = {".onnx": export_onnx, ".xml": export_openvino}
    if args.out.suffix not in exports:
        raise ValueError(f"{args.out}: the name must end in .onnx or .xml (OpenVINO)")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, on its own exporters; the result is checked below
        exports[args.out.suffix](checkpoint, args.out)
    difference = check(checkpoint, args.out)
    args.out.with_suffix(".json").write_text(description(checkpoint), encoding="utf-8")
    print(f"{args.out}: differs from torch by {difference:.1e} at most; how to use it: {args.out.with_suffix('.json')}")
    return 0


def export_onnx(checkpoint: Checkpoint, path: Path) -> None:
    """Write an ONNX file whose batch size is free; ValueError when the onnx package is missing."""
    if importlib.util.find_spec("onnx") is None:
        raise ValueError("writing ONNX needs the onnx package: pip install onnx")
    torch.onnx.export(
        checkpoint.network.eval(),
        (_example(checkpoint, 2),),
        str(path),
        input_names=[INPUT],
        output_names=[OUTPUT],
        dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
        opset_version=17,
        dynamo=False,  # the newer exporter needs onnxscript besides
    )


def export_openvino(checkpoint: Checkpoint, path: Path) -> None:
    """Write OpenVINO's FILE.xml and FILE.bin, weights in half precision; the batch size is free."""
    import openvino

    model = to_openvino(checkpoint)
    model.inputs[0].set_names({INPUT})
    model.outputs[0].set_names({OUTPUT})
    openvino.save_model(model, path, compress_to_fp16=True)


def check(checkpoint: Checkpoint, path: Path) -> float:
    """Largest difference of log probabilities to torch, on noise; ValueError above TOLERANCE.

    OpenVINO reads both forms. Classes less probable than 1e-4 are not compared: nobody reads them.
    """
    import openvino

    compiled = openvino.Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    images = _example(checkpoint, 3)
    with torch.inference_mode():
        expected = checkpoint.network.eval()(images).numpy()
    found = compiled([images.numpy()])[0]
    difference = float(np.abs(np.where(expected > np.log(1e-4), found - expected, 0.0)).max())
    if not difference <= TOLERANCE:
        raise ValueError(f"{path}: the exported network differs from torch by {difference:.2g}; do not use it")
    return difference


def description(checkpoint: Checkpoint) -> str:
    """What a program must know to feed the network and decode its output, as JSON."""
    config = checkpoint.config
    values = {
        "input": f"{INPUT}: float32 (N, {config.channels}, {config.height}, {config.width}) in 0..1, "
        + ("grey" if config.channels == 1 else "BGR")
        + ", the crop stretched to this size",
        "output": f"{OUTPUT}: natural log probabilities (N, {config.steps}, {config.alphabet.classes}), for CTC",
        "alphabet": config.characters,
        "blank": Alphabet.BLANK,
        "lines": config.lines,
        "calibration": [checkpoint.calibration.slope, checkpoint.calibration.offset],
    }
    return json.dumps(values, ensure_ascii=False, indent=1)


def _example(checkpoint: Checkpoint, count: int) -> torch.Tensor:
    config = checkpoint.config
    generator = torch.Generator().manual_seed(0)
    return torch.rand(count, config.channels, config.height, config.width, generator=generator)
