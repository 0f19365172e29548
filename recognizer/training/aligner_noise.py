"""Training pictures set straight as the aligner will set them: from corners that are known, and about as wrong."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from torch import nn

from inference.modules import ImageInput
from inference.runtimes.torch_runtime import TorchRunner
from recognizer.aligner import WHOLE, CornerFinder, Quad, Straightener, measure_extent
from recognizer.checkpoint import Checkpoint
from recognizer.images import Image, stack_images
from recognizer.synthesis.camera import CameraModel

#: How much likelier (natural logarithm) a text must be in the whole crop for the aligner's corners to be mistrusted.
DOUBT = 1.0
_PIECE = 64  # crops given to the network at once, so that memory stays bounded
#: A photographed plate narrower than so many pixels is mostly seen again from near, by a camera of half the strength.
NARROW, FROM_NEAR = 100, 0.7


class TrainingStraightener(Straightener):
    """A Straightener that runs its aligner in torch, and knows when not to believe it."""

    @classmethod
    def from_checkpoint(cls, checkpoint: Checkpoint) -> "TrainingStraightener":
        """Makes one that sets crops upright as the reader of a checkpoint does."""
        if checkpoint.aligner is None or checkpoint.aligner_config is None:
            return cls(checkpoint.config, None)
        runner = TorchRunner(ImageInput(checkpoint.aligner.eval()))
        return cls(checkpoint.config, CornerFinder(checkpoint.aligner_config, runner.run))

    def find_trusted_corners(self, network: nn.Module, crops: Sequence[Image], texts: Sequence[str]) -> list[Quad]:
        """Finds corners as the aligner does, but takes the whole crop where its text is much likelier there.

        Args:
            network: The reader's network, which judges.
            crops: BGR crops.
            texts: Their true texts.

        Returns:
            Corners (4, 2) of each crop.
        """
        quads = self.find_corners(crops)
        if not self.aligns:
            return quads
        aligned = self._measure_losses(network, crops, quads, texts)
        whole = self._measure_losses(network, crops, [WHOLE] * len(crops), texts)
        return [q if a < w + DOUBT else WHOLE for q, a, w in zip(quads, aligned, whole, strict=True)]

    @torch.inference_mode()
    def _measure_losses(
        self, network: nn.Module, crops: Sequence[Image], quads: Sequence[Quad], texts: Sequence[str]
    ) -> list[float]:
        """Computes the CTC loss of each text: minus the logarithm of its probability."""
        network.eval()
        losses: list[float] = []
        for start in range(0, len(crops), _PIECE):
            part = slice(start, start + _PIECE)
            pictures = torch.from_numpy(stack_images(self.straighten_all(crops[part], quads[part])))
            log_probs = network(pictures).transpose(0, 1)  # (T, N, K)
            labels = [self.config.alphabet.encode(text) for text in texts[part]]
            losses += nn.functional.ctc_loss(
                log_probs,
                torch.tensor([c for label in labels for c in label]),
                torch.full((len(labels),), log_probs.shape[0]),
                torch.tensor([len(label) for label in labels]),
                reduction="none",
            ).tolist()
        return losses


def jitter_corners(quad: Quad, rng: np.random.Generator) -> Quad:
    """Moves corners as far off as the aligner's are: the plate moved and scaled a little, and each corner by itself."""
    size = quad.max(axis=0) - quad.min(axis=0)
    centre = quad.mean(axis=0)
    much = 2.0 if rng.random() < 0.15 else 1.0
    move = rng.normal(0, (0.012, 0.03)) * much
    grow = 1 + rng.normal(0, (0.015, 0.04)) * much
    corners = rng.normal(0, (0.008, 0.02), (4, 2)) * much
    return np.asarray(centre + (quad - centre) * grow + (move + corners) * size, np.float32)


def recapture_crop(crop: Image, quad: Quad, camera: CameraModel, rng: np.random.Generator) -> tuple[Image, Quad]:
    """Lets a camera see a photographed crop once more.

    Args:
        crop: uint8 BGR.
        quad: Its plate's corners (4, 2) as shares of it.
        camera: The camera.
        rng: Source of chance.

    Returns:
        The new crop, and the plate's corners in it.
    """
    shot = camera.photograph(crop, rng)
    height, width = crop.shape[:2]
    moved = cv2.getPerspectiveTransform(WHOLE * np.array([width, height], np.float32), shot.corners.astype(np.float32))
    corners = cv2.perspectiveTransform((quad * np.array([width, height], np.float32))[None], moved)[0]
    return shot.image, _scale_to_shares(corners, shot.image)


class Recapture:
    """Photographed crops seen once more by a camera of so much strength, narrow plates mostly from near.

    Else their smallest characters drown, and the network learns to guess: of Uzbek region numbers the commonest.
    """

    def __init__(self, strength: float) -> None:
        self._camera, self._near = CameraModel(strength, real=True), CameraModel(strength / 2, real=True)

    def __call__(self, crop: Image, quad: Quad, rng: np.random.Generator) -> tuple[Image, Quad]:
        """Photographs a crop again, and tells where its plate's corners are then."""
        if measure_extent(crop, quad)[0] >= NARROW or rng.random() >= FROM_NEAR:
            return recapture_crop(crop, quad, self._camera, rng)
        doubled = np.asarray(cv2.resize(crop, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
        return recapture_crop(doubled, quad, self._near, rng)


def photograph_plate(plate: Image, camera: CameraModel, rng: np.random.Generator) -> tuple[Image, Quad]:
    """Lets a camera see a drawn plate.

    Args:
        plate: uint8 BGR, clean.
        camera: The camera.
        rng: Source of chance.

    Returns:
        The crop, and the plate's corners (4, 2) in it.
    """
    shot = camera.photograph(plate, rng)
    return shot.image, _scale_to_shares(shot.corners, shot.image)


def _scale_to_shares(corners: np.ndarray, image: Image) -> Quad:
    """Scales corners in pixels to shares of the image."""
    return np.asarray(corners / np.array([image.shape[1], image.shape[0]]), np.float32)
