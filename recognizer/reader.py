"""PlateReader: a batch of crops in, a Reading for each out."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from inference import registry
from inference.types import Options
from inference.weights import shipped_weights
from recognizer import checkpoint as checkpoints
from recognizer.aligner import CornerFinder, Quad, Straightener
from recognizer.alphabet import Alphabet
from recognizer.confidence import calibrate, posterior
from recognizer.ctc import Decoded, search_beams
from recognizer.cuda import open_cuda_reader
from recognizer.formats import contradicts_region, rerank_alternatives, settle_lookalikes
from recognizer.heads import PlateKind, plate_kinds, split_outputs
from recognizer.images import Image
from recognizer.network_spec import network_specs
from recognizer.readings import Alternative, Reading
from recognizer.test_time_augmentation import HOPELESS, UNSURE, augment_corners, pool_texts
from recognizer.text_order import reorder_texts

#: Largest batch given to the network at once; more crops go in several calls, so that memory stays bounded.
LARGEST_BATCH = 256
ALTERNATIVES = 5  # of a reading: what the log keeps and the window shows
#: Alternatives with less than this share of the best text's probability are of no use to anybody, and cost time.
LEAST = 1e-4
#: A region at least so probable says by its formats which of O and 0, I and 1 a character is.
SETTLING = 0.8

Outputs = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32] | None]


class CropFinding(NamedTuple):
    """What is found in one crop: its texts, the most probable first, and what the heads tell of it."""

    texts: list[Decoded]
    kind: PlateKind


class PlateReader:
    """Reads plate crops with a trained network.

    Args:
        weights: A checkpoint; None is the shipped one.
        device: A name that `inference.registry` knows: auto, cpu, gpu, torch, cuda:N …
        region: A plate format code whose plates are preferred among the alternatives; None prefers nothing.
        threads: Processor threads; None leaves the number to the runtime.

    Raises:
        CheckpointError: Weights that cannot be used.
        DeviceError: An unknown device, or one that cannot be used here. It is a ValueError.
    """

    def __init__(
        self,
        weights: Path | None = None,
        device: str = "auto",
        *,
        region: str | None = None,
        threads: int | None = None,
    ) -> None:
        path = weights or shipped_weights("reader")
        known = checkpoints.describe(path)
        self.config, self.calibration, self.notes = known.config, known.calibration, known.notes
        self._region = region
        device = {"tensorrt": "cuda"}.get(device, device)  # the chain on CUDA leaves TensorRT nothing to gain
        reader, aligner = network_specs(path, known)
        runner = registry.load(reader, device, Options(threads))
        self.backend, self._run = runner.name, runner.run
        self._straightener = Straightener(self.config, None)
        if known.aligner is not None and aligner is not None:
            run_aligner = registry.load(aligner, device, Options(threads)).run
            self._straightener = Straightener(self.config, CornerFinder(known.aligner, run_aligner))
        self._cuda = open_cuda_reader(path, known, runner.name, ALTERNATIVES + 1, LEAST)

    @property
    def alphabet(self) -> Alphabet:
        """The characters the network can read."""
        return self.config.alphabet

    @property
    def lines(self) -> int:
        """Text lines read in one pass; the first line's steps stand before the second's."""
        return self.config.lines

    def prefer_region(self, region: str | None) -> None:
        """Prefers the plates of one format code from now on; None prefers nothing. From any thread."""
        self._region = region

    def find_corners(self, crops: Sequence[Image]) -> list[Quad]:
        """Finds the corners of the plate in each crop (4, 2), clockwise from the upper left, as shares of its sides."""
        return self._straightener.find_corners(crops)

    def straighten(self, crops: Sequence[Image]) -> list[Image]:
        """Sets the crops upright as the network sees them, all of its size."""
        return self._straightener.straighten_all(crops, self.find_corners(crops))

    def compute_log_probs(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Log probabilities (N, T, K) of BGR crops of any sizes, before decoding."""
        return self._run_network(crops, self.find_corners(crops))[0]

    def decode(self, crops: Sequence[Image], *, thorough: bool = False) -> list[list[Decoded]]:
        """The most probable texts of each crop, best first, their probabilities not calibrated; as for `read`."""
        return [found.texts for found in self._find(crops, thorough)]

    def read(self, crops: Sequence[Image], *, thorough: bool = False) -> list[Reading]:
        """Reads BGR crops of any sizes, any number of them: one Reading each, in their order.

        thorough: take two more looks where a reading is unsure. For single pictures: a video's frames are looks.
        """
        if self._cuda is not None and not thorough:
            return self._cuda.find_texts(
                crops, None, lambda *raw: [self._make_reading(found) for found in self._found(*raw)]
            )[1]
        return [self._make_reading(found) for found in self._find(crops, thorough)]

    def _find(self, crops: Sequence[Image], thorough: bool) -> list[CropFinding]:
        """What is found in each crop, at one look or, where that leaves it unsure, at three."""
        if not crops:
            return []
        corners, found = self._find_texts(crops)
        if not thorough or not self._straightener.aligns:
            return found
        best = self.confidences([one.texts[0].log_prob for one in found])
        unsure = [i for i, confidence in enumerate(best) if HOPELESS < confidence < UNSURE]
        if not unsure:
            return found
        cuts = [(crops[i], quad) for i in unsure for quad in augment_corners(corners[i])]
        _, others = self._find_texts(*zip(*cuts, strict=True))
        each = len(others) // len(unsure)
        for place, i in enumerate(unsure):
            texts = [other.texts for other in others[place * each : (place + 1) * each]]
            found[i] = found[i]._replace(texts=pool_texts([found[i].texts, *texts]))
        return found

    def _find_texts(
        self, crops: Sequence[Image], corners: Sequence[Quad] | None = None
    ) -> tuple[Sequence[Quad], list[CropFinding]]:
        """The corners of the plate in each crop, found where they are not given, and what is found there."""
        if self._cuda is not None:
            return self._cuda.find_texts(crops, corners, self._found)
        corners = self.find_corners(crops) if corners is None else corners
        log_probs, logits = self._run_network(crops, corners)
        return corners, self._found(search_beams(log_probs, self.alphabet, keep=ALTERNATIVES + 1, least=LEAST), logits)

    def _run_network(self, crops: Sequence[Image], corners: Sequence[Quad]) -> Outputs:
        """The network's log probabilities (N, T, K), and its heads' logits (N, 1 + R) if it has heads."""
        parts = [np.empty((0, self.config.steps + self.config.head_rows, self.alphabet.classes), dtype=np.float32)]
        for start in range(0, len(crops), LARGEST_BATCH):
            piece = slice(start, start + LARGEST_BATCH)
            pictures = self._straightener.straighten_all(crops[piece], corners[piece])
            parts.append(self._run(np.stack(pictures)))
        return split_outputs(np.concatenate(parts), self.config)

    def _found(self, texts: Sequence[Sequence[Decoded]], logits: npt.NDArray[np.float32] | None) -> list[CropFinding]:
        """What is found in crops, from the texts of the search and the heads' logits."""
        kinds = plate_kinds(logits, self.config, len(texts))
        settled = [settle(reorder_texts(own), kind) for own, kind in zip(texts, kinds, strict=True)]
        return [CropFinding(own, confirm_region(own[0].text, kind)) for own, kind in zip(settled, kinds, strict=True)]

    def _make_reading(self, found: CropFinding) -> Reading:
        """Return the reading of one crop, in which this was found."""
        texts, kind = found
        beliefs = posterior([decoded.log_prob for decoded in texts], self.calibration, kind.plate_probability)
        ranked = tuple([Alternative(decoded.text, belief) for decoded, belief in zip(texts, beliefs, strict=True)])
        best = texts[0]
        if region := self._region:  # read once: another thread may change it
            ranked = rerank_alternatives(ranked, region)
            best = next(decoded for decoded in texts if decoded.text == ranked[0].text)
        return Reading(best.text, ranked[0].confidence, best.char_confidences, ranked[1 : ALTERNATIVES + 1], *kind)

    def confidences(self, log_probs: Sequence[float]) -> list[float]:
        """Calibrates the probabilities that likeliest texts are right, from the network's log probabilities."""
        found: list[float] = calibrate(log_probs, self.calibration).tolist()
        return found


def settle(texts: list[Decoded], kind: PlateKind) -> list[Decoded]:
    """The texts with O and 0, I and 1 as the formats of the plate's region have them, where the region is sure.

    Texts that become the same are one, of their common probability.
    """
    if kind.region_confidence < SETTLING:
        return texts
    settled = [decoded._replace(text=settle_lookalikes(decoded.text, kind.region)) for decoded in texts]
    return pool_texts([settled]) if settled != texts else texts


def confirm_region(text: str, kind: PlateKind) -> PlateKind:
    """What is known of a plate, without its region where the region's formats contradict the text.

    Of countries it has not seen a network is often sure that they are a neighbour; what the plate says tells better.
    """
    return kind._replace(region="", region_confidence=0.0) if contradicts_region(text, kind.region) else kind
