"""Makes the network in 8-bit integers, for OpenVINO on a processor: a quarter of float32's time.

It is made once, from weights and images to calibrate by, and kept in one file beside the weights, which it names by
their check sum: who brings new weights runs the float network until the file is made anew.
"""

import os
import random
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.network_spec import network_spec
from detector.preprocess import apply_letterbox, plan_letterbox
from detector.weights import Weights
from inference.openvino_models import INT8, convert_network, save_packed

IMAGES = 300  # that many calibrate it; more changed no figure of the benchmarks
# The head's last layers stay float: they cost next to nothing, and in eight bits they move the boxes.
_FLOAT_LAYERS = r".*\.(one2one_)?cv[23]\.\d\.2/.*"


def quantize(weights: Weights, images: Path, out: Path, most: int = IMAGES) -> Path:
    """Writes the network in integers, calibrated by images of a folder.

    Args:
        weights: The network.
        images: A folder of images like those of the training, also in folders below.
        out: The file to write.
        most: Images used at most; always the same ones of a folder.

    Returns:
        The file written.

    Raises:
        ValueError: The folder holds no image, or one that cannot be opened.
        RuntimeError: nncf is not installed.
    """
    os.environ.setdefault("NNCF_CI", "1")  # else it reports its use to its maker
    try:
        import nncf
    except ImportError as error:
        raise RuntimeError("calibrating needs nncf: pip install nncf") from error
    network, chosen = network_spec(weights), _choose_images(images, most)
    model = nncf.quantize(
        convert_network(network),
        nncf.Dataset(chosen, lambda path: _read_input(path, weights.size)),
        preset=nncf.QuantizationPreset.MIXED,
        subset_size=len(chosen),
        ignored_scope=nncf.IgnoredScope(patterns=[_FLOAT_LAYERS], validate=False),
    )
    save_packed(model, network, INT8, out)
    return out


def _choose_images(folder: Path, most: int) -> Sequence[Path]:
    images = sorted(path for path in folder.rglob("*") if path.is_file() and cv2.haveImageReader(str(path)))
    if not images:
        raise ValueError(f"{folder} holds no picture to calibrate by: give a folder of pictures as the training saw")
    random.Random(0).shuffle(images)
    return images[:most]


def _read_input(path: Path, size: int) -> NDArray[np.uint8]:
    """Reads an image as the network takes it: (1, H, W, 3)."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path} cannot be opened as a picture: take it out of the folder")
    place = plan_letterbox(image.shape[1], image.shape[0], size)
    return apply_letterbox(np.asarray(image, np.uint8), place)[None]
