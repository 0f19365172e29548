"""OpenVINO models: converted from torch modules, kept in the user's cache, and packed into one file for shipping."""

import hashlib
import importlib.util
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from inference.files import cache_folder, replacing, write_whole
from inference.types import NetworkSpec
from inference.weights import is_shipped, is_trusted

if TYPE_CHECKING:
    from torch import Tensor, nn

#: Forms of a network that are ready to run: as it is, and in 8-bit integers.
FLOAT, INT8 = "openvino", "int8"
_FORMATS = {FLOAT: "platescribe-openvino-1", INT8: "platescribe-detector-int8-1"}


def find_model(core: Any, network: NetworkSpec) -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Finds the network as an OpenVINO model: shipped, from the user's cache, or converted and kept there."""
    import openvino

    ready = load_packed(core, network, FLOAT)
    if ready is not None:
        return ready
    kept = cached_file(network, str(openvino.__version__))
    if kept.is_file():
        with suppress(RuntimeError):  # cut short by a full disk or a power cut: convert it again
            return core.read_model(kept)
    model = convert_network(network)
    # Without room or right to keep it the next start converts it again.
    with suppress(OSError, RuntimeError), replacing(kept.with_suffix(".bin"), kept) as (_, unfinished):
        openvino.save_model(model, unfinished, compress_to_fp16=False)
    return model


def cached_file(network: NetworkSpec, version: str) -> Path:
    """Tells where the converted network is kept: by OpenVINO's release, the network's revision and its weights' sum."""
    folder = cache_folder() / "openvino" / version.split("-")[0]
    return folder / f"{network.name}-{network.revision}-{network.sha256[:16]}.xml"


def convert_network(network: NetworkSpec) -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Converts the network's own module to OpenVINO; its free sizes may be any. RuntimeError without torch."""
    if importlib.util.find_spec("torch") is None:
        raise RuntimeError(f"{network.weights} must be converted for OpenVINO first, which needs torch: install torch")
    from inference.modules import example_of

    model = convert_module(network.build(), example_of(network))
    sizes = [-1 if axis in network.free_sizes else size for axis, size in enumerate(network.example)]
    model.reshape(sizes)
    return model


def convert_module(module: "nn.Module", example: "Tensor") -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Converts a torch module to an OpenVINO model.

    Goes by OpenVINO's PyTorch front end, since its convert_model reports usage to its maker. The first start waits for
    it: so torch runs the example once and does not check itself, and in one thread, since two wait for each other on a
    busy machine.
    """
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            options = {"check_trace": False}
            decoder = TorchScriptPythonDecoder(module.eval(), example_input=example, trace_kwargs=options)
            frontend = FrontEndManager().load_by_framework("pytorch")
            return frontend.convert(frontend.load(decoder))
    finally:
        torch.set_num_threads(threads)


def packed_file(network: NetworkSpec, form: str) -> Path:
    """Tells where a network's form that is ready to run lies: beside the weights it is made of.

    That is detector.int8.safetensors beside detector.safetensors, and reader.aligner.openvino.safetensors beside
    reader.safetensors for the part called aligner.
    """
    names = [network.weights.stem, network.part, form, "safetensors"]
    return network.weights.with_name(".".join(name for name in names if name))


def pack_ready(network: NetworkSpec) -> Path:
    """Converts a network and writes it beside its weights, ready to run: a first start then converts nothing."""
    path = packed_file(network, FLOAT)
    save_packed(convert_network(network), network, FLOAT, path)
    return path


def load_packed(core: Any, network: NetworkSpec, form: str) -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Loads a form of the network that lies ready beside its weights.

    Args:
        core: openvino.Core.
        network: The network.
        form: FLOAT or INT8.

    Returns:
        An openvino.Model. None where there is none or it cannot be used: one made of other weights or of another
        revision is left alone, and so is one among the shipped files that the manifest does not name.
    """
    import openvino

    path = packed_file(network, form)
    if not path.is_file() or not is_trusted(path):
        return None
    try:
        with safe_open(path, framework="np") as file:
            header = file.metadata() or {}
            if header.get("format") != _FORMATS[form] or header.get("made_of") != network.sha256:
                return None
            if header.get("revision", "1") != str(network.revision):
                return None
            parts = {end: file.get_tensor(end) for end in ("xml", "bin")}
        if not is_shipped(path) and header.get("sha256") != _sum_of(parts):  # the shipped ones' sums are compared above
            return None
        return core.read_model(parts["xml"].tobytes(), openvino.Tensor(parts["bin"]))
    except (SafetensorError, OSError, RuntimeError):
        return None


def save_packed(model: Any, network: NetworkSpec, form: str, path: Path) -> None:  # noqa: ANN401 - OpenVINO has no types
    """Writes an OpenVINO model as one file that names the weights it was made of.

    Args:
        model: An openvino.Model; its weights are written in half precision.
        network: What it was made of.
        form: FLOAT or INT8.
        path: The file, which `packed_file` names.
    """
    import openvino
    from safetensors.numpy import save_file

    with tempfile.TemporaryDirectory() as folder:
        openvino.save_model(model, Path(folder) / "net.xml", compress_to_fp16=True)
        parts = {end: np.fromfile(Path(folder) / f"net.{end}", np.uint8) for end in ("xml", "bin")}
    header = {
        "format": _FORMATS[form],
        "made_of": network.sha256,
        "revision": str(network.revision),
        "sha256": _sum_of(parts),
    }
    write_whole(path, lambda unfinished: save_file(parts, unfinished, metadata=header))


def _sum_of(parts: dict[str, NDArray[np.uint8]]) -> str:
    found = hashlib.sha256(parts["xml"].data)
    found.update(parts["bin"].data)
    return found.hexdigest()


def take_images(model: Any, batch: int | None) -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Makes a model of images in 0..1 (N, C, H, W) take uint8 images (N, H, W, C); N is batch, or any for None."""
    from openvino import Layout, PartialShape, Type
    from openvino.preprocess import PrePostProcessor

    model = model.clone()
    rest = list(model.inputs[0].get_partial_shape())[1:]
    model.reshape({model.inputs[0]: PartialShape([batch or -1, *rest])})
    steps = PrePostProcessor(model)
    images = steps.input()
    images.tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    images.model().set_layout(Layout("NCHW"))
    images.preprocess().convert_element_type(Type.f32).scale(255.0)
    built = steps.build()
    if batch is not None:
        _transpose_late(built)
    return built


def _transpose_late(model: Any) -> None:  # noqa: ANN401 - OpenVINO has no types
    """Moves the change of the images' axes right before the first convolution.

    That computes in the order they come in, so OpenVINO leaves them in it where the number of images is known.
    """
    transpose = next(op for op in model.get_ordered_ops() if op.get_type_name() == "Transpose")
    while (after := _scalar_operation(transpose)) is not None:
        users = after.output(0).get_target_inputs()
        after.input(0).replace_source_output(transpose.input_value(0))
        transpose.input(0).replace_source_output(after.output(0))
        for user in users:
            user.replace_source_output(transpose.output(0))
    model.validate_nodes_and_infer_types()


def _scalar_operation(node: Any) -> Any:  # noqa: ANN401 - OpenVINO has no types
    """Finds the only user of a node's output, where it does the same to each value; else None."""
    users = [user.get_node() for user in node.output(0).get_target_inputs()]
    if len(users) != 1 or users[0].get_type_name() not in {"Add", "Subtract", "Multiply", "Divide"}:
        return None
    other = users[0].input_value(1).get_node()
    return users[0] if other.get_type_name() == "Constant" and other.get_data().size == 1 else None
