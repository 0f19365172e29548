"""A plate that stands tilted in its crop, and a reader whose aligner knows where."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from recognizer.aligner import WHOLE
from recognizer.checkpoint import Checkpoint, save
from recognizer.config import PRESETS, AlignerConfig
from recognizer.network import AlignerNetwork as Network
from recognizer.network import build_network

CONFIG = replace(PRESETS["plates"], hidden=16)
SMALL = AlignerConfig(32, 64, (8, 8))
TILTED = np.array([[0.2, 0.3], [0.8, 0.1], [0.85, 0.6], [0.25, 0.8]], np.float32)


def plate_in_scene(quad, height=120, width=240):
    """A white plate with a black left half, laid into a grey scene at the corners."""
    plate = np.full((40, 160, 3), 255, np.uint8)
    plate[:, :80] = 0
    source = WHOLE * np.array([160, 40], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad * np.array([width, height], np.float32))
    scene = np.full((height, width, 3), 128, np.uint8)
    return cv2.warpPerspective(plate, matrix, (width, height), scene, borderMode=cv2.BORDER_TRANSPARENT)


def aligned_reader(folder: Path) -> Path:
    """A checkpoint with fresh weights and an aligner that finds the corners TILTED in any crop."""
    torch.manual_seed(1)
    aligner = Network(SMALL).eval()
    with torch.no_grad():
        aligner.head[-1].weight.zero_()
        aligner.head[-1].bias.copy_((torch.tensor(TILTED).flatten() - aligner.start) / Network.REACH)
    path = folder / "aligned.safetensors"
    save(Checkpoint(build_network(CONFIG).eval(), CONFIG, aligner=aligner, aligner_config=SMALL), path)
    return path
