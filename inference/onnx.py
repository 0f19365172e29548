"""Networks as ONNX files."""

import importlib.util
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from inference.types import NetworkSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

#: The name of a network's input in the files of every runtime.
INPUT = "images"


def export_onnx(network: NetworkSpec, module: "nn.Module", example: "Tensor", path: Path, output: str) -> None:
    """Writes a network as an ONNX file whose input is called INPUT.

    Args:
        network: Says which axes are free.
        module: The network in torch, in evaluation.
        example: An input with which it is traced.
        path: The file.
        output: The name of its output.

    Raises:
        ValueError: The onnx package is not installed.
    """
    import torch

    if importlib.util.find_spec("onnx") is None:
        raise ValueError("writing ONNX needs the onnx package: pip install onnx")
    axes = {INPUT: network.free_sizes, output: network.output_free}
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch, on its own exporters
        torch.onnx.export(
            module,
            (example,),
            str(path),
            input_names=[INPUT],
            output_names=[output],
            dynamic_axes={
                name: {axis: "batch" if axis == 0 else f"{name}_{axis}" for axis in free} for name, free in axes.items()
            },
            opset_version=17,
            dynamo=False,  # the newer exporter needs onnxscript besides
        )
