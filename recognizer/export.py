"""python -m recognizer export: a reader as ONNX or OpenVINO IR, with what a program needs to use it beside."""

import argparse
import importlib.util
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from recognizer import checkpoint as checkpoints
from recognizer import reader
from recognizer.aligner import MARGIN
from recognizer.alphabet import FIRST, Alphabet
from recognizer.backends import to_openvino
from recognizer.checkpoint import Checkpoint

INPUT, OUTPUT, CORNERS = "images", "log_probs", "corners"
#: Largest difference of a log probability between torch and the exported network; rounding stays far below.
TOLERANCE = 1e-2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    add = parser.add_argument
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--out", type=Path, required=True, metavar="FILE", help="FILE.onnx, or FILE.xml for OpenVINO")


def main(args: argparse.Namespace) -> int:
    """Writes the networks in the form the file name asks for, and FILE.json."""
    checkpoint = checkpoints.load(args.weights or reader.shipped_weights())
    if args.out.suffix not in WRITERS:
        raise ValueError(f"{args.out}: the name must end in .onnx or .xml (OpenVINO)")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    for export in exports(checkpoint, args.out):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch, on its own exporters; the result is checked below
            WRITERS[args.out.suffix](export)
        print(f"{export.path}: differs from torch by {check(export):.1e} at most")
    args.out.with_suffix(".json").write_text(description(checkpoint), encoding="utf-8")
    print(f"how to use it: {args.out.with_suffix('.json')}")
    return 0


@dataclass(frozen=True, slots=True)
class Export:
    """A network to be written, the (channels, height, width) of its pictures, the name of its output, and a file."""

    network: nn.Module
    shape: tuple[int, int, int]
    output: str
    path: Path

    def example(self, count: int) -> torch.Tensor:
        """Noise as pictures (count, channels, height, width)."""
        return torch.rand(count, *self.shape, generator=torch.Generator().manual_seed(0))


def exports(checkpoint: Checkpoint, path: Path) -> list[Export]:
    """The reader, to be written to path, and its aligner, where it has one, to NAME-aligner beside it."""
    config, own = checkpoint.config, checkpoint.aligner_config
    found = [Export(checkpoint.network.eval(), (config.channels, config.height, config.width), OUTPUT, path)]
    if checkpoint.aligner is not None and own is not None:
        beside = path.with_stem(path.stem + "-aligner")
        found.append(Export(checkpoint.aligner.eval(), (3, own.height, own.width), CORNERS, beside))
    return found


def export_onnx(export: Export) -> None:
    """Write an ONNX file whose batch size is free; ValueError when the onnx package is missing."""
    if importlib.util.find_spec("onnx") is None:
        raise ValueError("writing ONNX needs the onnx package: pip install onnx")
    torch.onnx.export(
        export.network,
        (export.example(2),),
        str(export.path),
        input_names=[INPUT],
        output_names=[export.output],
        dynamic_axes={INPUT: {0: "batch"}, export.output: {0: "batch"}},
        opset_version=17,
        dynamo=False,  # the newer exporter needs onnxscript besides
    )


def export_openvino(export: Export) -> None:
    """Write OpenVINO's FILE.xml and FILE.bin, weights in half precision; the batch size is free."""
    import openvino

    model = to_openvino(export.network, export.shape)
    model.inputs[0].set_names({INPUT})
    model.outputs[0].set_names({export.output})
    openvino.save_model(model, export.path, compress_to_fp16=True)


WRITERS: dict[str, Callable[[Export], None]] = {".onnx": export_onnx, ".xml": export_openvino}


def check(export: Export) -> float:
    """Largest difference of the outputs to torch, on noise; ValueError above TOLERANCE.

    OpenVINO reads both forms. Classes less probable than 1e-4 are not compared: nobody reads them.
    """
    import openvino

    compiled = openvino.Core().compile_model(export.path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    images = export.example(3)
    with torch.inference_mode():
        expected = export.network(images).numpy()
    found = compiled([images.numpy()])[0]
    difference = float(np.abs(np.where(expected > np.log(1e-4), found - expected, 0.0)).max())
    if not difference <= TOLERANCE:
        raise ValueError(f"{export.path}: the exported network differs from torch by {difference:.2g}; do not use it")
    return difference


def description(checkpoint: Checkpoint) -> str:
    """What a program must know to feed the network and decode its output, as JSON."""
    config, own = checkpoint.config, checkpoint.aligner_config
    values: dict[str, object] = {
        "input": f"{INPUT}: float32 (N, {config.channels}, {config.height}, {config.width}) in 0..1, "
        + ("grey" if config.channels == 1 else "BGR")
        + (", the plate straightened to this size" if own else ", the crop stretched to this size"),
        "output": f"{OUTPUT}: natural log probabilities (N, {config.steps}, {config.alphabet.classes}), for CTC",
        "alphabet": config.characters,
        "order": f"what a text has after {FIRST} is written before the rest",
        "blank": Alphabet.BLANK,
        "lines": config.lines,
        "calibration": [checkpoint.calibration.slope, checkpoint.calibration.offset],
    }
    if own is not None:
        values["aligner"] = (
            f"{INPUT}: float32 (N, 3, {own.height}, {own.width}) in 0..1, BGR, the crop stretched to this size -> "
            f"{CORNERS}: (N, 8), x and y of the plate's corners clockwise from the upper left, as shares of the crop; "
            f"the picture of the plate between them, with margins of {MARGIN[0]} of its width and {MARGIN[1]} of its "
            "height, is what the reader reads"
        )
    return json.dumps(values, ensure_ascii=False, indent=1)
