"""python -m recognizer export: a reader as ONNX or OpenVINO IR, with what a program needs to use it beside."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from inference.onnx import INPUT, export_onnx
from inference.openvino_models import convert_network, pack_ready
from inference.types import NetworkSpec
from inference.weights import MANIFEST, enter_in_manifest, shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.aligner import MARGIN
from recognizer.alphabet import FIRST, Alphabet
from recognizer.checkpoint import Description
from recognizer.network_spec import network_specs

OUTPUT, CORNERS = "log_probs", "corners"
#: Largest difference of a log probability between torch and the exported network; rounding stays far below.
TOLERANCE = 1e-2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `export`."""
    add = parser.add_argument
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--out", type=Path, metavar="FILE", help="FILE.onnx, or FILE.xml for OpenVINO")
    add(
        "--ready",
        action="store_true",
        help="convert for OpenVINO and write the files beside the weights",
    )
    add("--manifest", action="store_true", help="with --ready: name the files in the manifest as shipped")


def main(args: argparse.Namespace) -> int:
    """Writes the networks in the form the file name asks for, and FILE.json."""
    weights = args.weights or shipped_weights("reader")
    if args.ready:
        return write_ready(weights, args.manifest)
    if args.out is None or args.out.suffix not in WRITERS:
        raise ValueError(f"--out {args.out or ''}: the name must end in .onnx or .xml (OpenVINO)")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    for export in list_exports(weights, args.out):
        WRITERS[args.out.suffix](export)
        print(f"{export.path}: differs from torch by {check_export(export):.1e} at most")
    args.out.with_suffix(".json").write_text(describe_export(checkpoints.describe(weights)), encoding="utf-8")
    print(f"how to use it: {args.out.with_suffix('.json')}")
    return 0


def write_ready(weights: Path, in_manifest: bool) -> int:
    """Writes the networks ready to run in OpenVINO beside their checkpoint, where alone they are looked for."""
    for network in network_specs(weights, checkpoints.describe(weights)):
        if network is None:
            continue
        path = pack_ready(network)
        if in_manifest:
            enter_in_manifest(path, f"{network.name}-openvino", path.parent / MANIFEST)
        print(f"written {path}, {path.stat().st_size} bytes")
    return 0


@dataclass(frozen=True, slots=True)
class Export:
    """A network to be written, what a runtime needs of it, the name of its output, and the file."""

    network: nn.Module
    spec: NetworkSpec
    output: str
    path: Path

    def example(self, count: int) -> torch.Tensor:
        """Makes noise as images (count, channels, height, width)."""
        return torch.rand(count, *self.spec.example[1:], generator=torch.Generator().manual_seed(0))


def list_exports(weights: Path, path: Path) -> list[Export]:
    """Lists the reader of a checkpoint, to be written to path, and its aligner, to NAME-aligner beside it."""
    reader, aligner = network_specs(weights, checkpoints.describe(weights))
    found = [Export(reader.build().eval(), reader, OUTPUT, path)]
    if aligner is not None:
        found.append(Export(aligner.build().eval(), aligner, CORNERS, path.with_stem(path.stem + "-aligner")))
    return found


def write_onnx(export: Export) -> None:
    """Writes an ONNX file whose batch size is free; ValueError when the onnx package is missing."""
    export_onnx(export.spec, export.network, export.example(2), export.path, export.output)


def write_openvino(export: Export) -> None:
    """Writes OpenVINO's FILE.xml and FILE.bin, weights in half precision; the batch size is free."""
    import openvino

    model = convert_network(export.spec)
    model.inputs[0].set_names({INPUT})
    model.outputs[0].set_names({export.output})
    openvino.save_model(model, export.path, compress_to_fp16=True)


WRITERS: dict[str, Callable[[Export], None]] = {".onnx": write_onnx, ".xml": write_openvino}


def check_export(export: Export) -> float:
    """Measures the largest difference of the outputs to torch, on noise; ValueError above TOLERANCE.

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


def describe_export(known: Description) -> str:
    """Describes as JSON what a program must know to feed the network and decode its output."""
    config, own = known.config, known.aligner
    values: dict[str, object] = {
        "input": f"{INPUT}: float32 (N, {config.channels}, {config.height}, {config.width}) in 0..1, "
        + ("grey" if config.channels == 1 else "BGR")
        + (", the plate straightened to this size" if own else ", the crop stretched to this size"),
        "output": f"{OUTPUT}: natural log probabilities (N, {config.steps}, {config.alphabet.classes}), for CTC",
        "alphabet": config.characters,
        "order": f"what a text has after {FIRST} is written before the rest",
        "blank": Alphabet.BLANK,
        "lines": config.lines,
        "calibration": [known.calibration.slope, known.calibration.offset],
    }
    if own is not None:
        values["aligner"] = (
            f"{INPUT}: float32 (N, 3, {own.height}, {own.width}) in 0..1, BGR, the crop stretched to this size -> "
            f"{CORNERS}: (N, 8), x and y of the plate's corners clockwise from the upper left, as shares of the crop; "
            f"the picture of the plate between them, with margins of {MARGIN[0]} of its width and {MARGIN[1]} of its "
            "height, is what the reader reads"
        )
    return json.dumps(values, ensure_ascii=False, indent=1)
