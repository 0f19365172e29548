"""PlateDetector: batches of pictures in, plates out."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from detector import tiling as tiling
from detector.network_spec import network_spec
from detector.postprocess import Boxes, Scores, decode_candidates, split_candidates, suppress_overlaps, to_detections
from detector.preprocess import Image, Letterbox, apply_letterbox, check_image, group_by_shape, plan_letterbox
from detector.types import Detection
from detector.weights import default_weights, open_weights
from inference import registry
from inference.types import Options, Precision

Tiles = int | Literal["auto"]
SCALING_THREADS = 8  # threads that scale the pictures of a larger batch
BATCH, GPU_BATCH = 1, 64  # pictures of one shape run at once; on a processor more gain nothing and take memory


class PlateDetector:
    """Finds the plates in pictures of any sizes.

    `weights` None takes the shipped ones; `device` is auto, cpu, openvino, torch, cuda, cuda:N or tensorrt;
    `threshold` (0 to 1) and `size` (pixels of the longer side, a multiple of 32) None take those in the weights;
    `threads` None leaves their number to the backend; `precision` "f32" forbids bfloat16 on a processor;
    `tiles` cuts large pictures into that many overlapping parts, "auto" by their size. As many threads may be in
    detect() at once as `streams` says: on a processor those asked for, each with its share of the threads.
    """

    def __init__(
        self,
        weights: Path | None = None,
        device: str = "auto",
        *,
        threshold: float | None = None,
        size: int | None = None,
        threads: int | None = None,
        precision: Precision = "auto",
        tiles: Tiles = 1,
        streams: int = 1,
    ) -> None:
        opened = open_weights(weights if weights is not None else default_weights())
        self.threshold = opened.threshold if threshold is None else threshold
        self.size = opened.size if size is None else size
        self.tiles = tiles
        if not 0 < self.threshold < 1:
            raise ValueError(f"threshold={self.threshold} is outside 0..1")
        if self.size < 32 or self.size % 32:
            raise ValueError(f"size={self.size} is no multiple of 32")
        self._runner = registry.load(network_spec(opened), device, Options(threads, precision, streams))
        self._batch = GPU_BATCH if self._runner.prefers_batches else BATCH
        self._scalers: ThreadPoolExecutor | None = None
        self._inputs = threading.local()  # each thread's network input, used over and over

    @property
    def backend(self) -> str:
        """Name of what runs the network: openvino, openvino:gpu, torch, cuda:0, tensorrt."""
        return self._runner.name

    @property
    def streams(self) -> int:
        """How many threads may be in detect() at once."""
        return self._runner.streams

    def detect(self, images: Sequence[Image], tiles: Tiles | None = None) -> list[list[Detection]]:
        """Finds the plates of each uint8 BGR image (H, W, 3), best first, in pixels of that image.

        `tiles` overrides the detector's own for this call. Raises ValueError for a picture that is none.
        """
        for image in images:
            check_image(image)
        wanted = self.tiles if tiles is None else tiles
        cuts = [self._cut_tiles(image, wanted) for image in images]
        parts = [
            image[tile.y1 : tile.y2, tile.x1 : tile.x2] for image, cut in zip(images, cuts, strict=True) for tile in cut
        ]
        found = iter(self._detect_whole(parts))
        results = []
        for image, cut in zip(images, cuts, strict=True):
            by_tile = [(tile, next(found)) for tile in cut]
            height, width = image.shape[:2]
            results.append(by_tile[0][1] if len(cut) == 1 else tiling.merge_tiles(by_tile, width, height))
        return results

    def _cut_tiles(self, image: Image, wanted: Tiles) -> list[tiling.Tile]:
        """Cuts an image. More than one tile brings the whole image along, for plates larger than a tile."""
        height, width = image.shape[:2]
        cut = (
            tiling.tile_by_size(width, height, self.size)
            if wanted == "auto"
            else tiling.tile_by_count(width, height, wanted)
        )
        return cut if len(cut) == 1 else [*cut, tiling.Tile(0, 0, width, height)]

    def _detect_whole(self, images: Sequence[Image]) -> list[list[Detection]]:
        """Detects in images taken whole; those of one input shape run together."""
        places = [plan_letterbox(image.shape[1], image.shape[0], self.size) for image in images]
        results: list[list[Detection]] = [[] for _ in images]
        for indices in group_by_shape(places).values():
            for start in range(0, len(indices), self._batch):
                chunk = indices[start : start + self._batch]
                batch = self._fill_input([images[i] for i in chunk], [places[i] for i in chunk])
                for index, found in zip(chunk, self._find_candidates(batch), strict=True):
                    results[index] = _finish_detections(*found, places[index], images[index])
        return results

    def _find_candidates(self, batch: Image) -> list[tuple[Boxes, Scores]]:
        """Finds boxes (C, 4) in pixels of the input and scores (C,) from the threshold on in each image, best first."""
        output = self._runner.run(batch)
        if self._runner.fused:
            return split_candidates(output, self.threshold)
        height, width = batch.shape[1:3]
        return [decode_candidates(logits, height, width, self.threshold) for logits in output]

    def _fill_input(self, images: Sequence[Image], places: Sequence[Letterbox]) -> Image:
        """Fills the network's input with images of one shape, in memory that this thread's next call writes over."""
        shape = (len(images), places[0].height, places[0].width, 3)
        batch: Image | None = getattr(self._inputs, "batch", None)
        if batch is None or batch.shape != shape:
            batch = self._inputs.batch = self._runner.allocate(shape)
        if len(images) <= SCALING_THREADS:
            for image, place, row in zip(images, places, batch, strict=True):
                apply_letterbox(image, place, row)
        else:  # a GPU would wait longer for its images than it takes for them
            self._scalers = self._scalers or ThreadPoolExecutor(SCALING_THREADS, thread_name_prefix="scale")
            list(self._scalers.map(apply_letterbox, images, places, batch))
        return batch


def _finish_detections(boxes: Boxes, scores: Scores, place: Letterbox, image: Image) -> list[Detection]:
    """Makes detections of one image's candidates."""
    kept = suppress_overlaps(boxes, scores)
    return to_detections(place.to_image(boxes[kept]), scores[kept], image.shape[1], image.shape[0])
