"""The network on a CUDA device in half precision: pictures go up, and only candidates come down.

Shapes in comments: N pictures, A anchors, C candidates of a picture.
"""

import logging
from collections import Counter
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from detector.network import PlateNetwork
from detector.postprocess import MAX_CANDIDATES, Boxes, Scores, anchors, limit_of
from detector.weights import Weights

_LOG = logging.getLogger(__name__)
_OFTEN = 2  # times that a shape is run before it is worth a graph: a folder's pictures may have a shape each
_MOST_GRAPHS = 8


class CardBackend:
    """Runs batches on a card; the processor waits once a batch, and all memory it shares with the card is page-locked.

    graphs: batches of a shape that comes again are run as a CUDA graph, filled up to the next power of two.
    """

    streams = 1

    def __init__(self, weights: Weights, device: str, *, graphs: bool = True) -> None:
        self.name = device
        self._device = torch.device(device)
        self._on_card = self._device.type == "cuda"
        network = PlateNetwork(weights).to(self._device)
        self._network = network.half().to(memory_format=torch.channels_last) if self._on_card else network
        self._graphs = graphs and self._on_card
        self._seen: Counter[tuple[int, ...]] = Counter()
        self._recorded: dict[tuple[int, ...], tuple[Tensor, Callable[[], Tensor]]] = {}
        self._anchors: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}

    def room(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Memory for a batch, from which it goes to the card with the fewest copies."""
        room: NDArray[np.uint8] = torch.empty(shape, dtype=torch.uint8, pin_memory=self._on_card).numpy()
        return room

    def infer(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The network's logits (N, 4 * bins + 1, A) in float32."""
        with torch.inference_mode():
            return np.asarray(self._network(self._sent(batch)).float().cpu().numpy())

    def candidates(self, batch: NDArray[np.uint8], threshold: float) -> list[tuple[Boxes, Scores]]:
        """Boxes (C, 4) in pixels of the input and scores (C,) of each picture, best first, as of `decode`."""
        with torch.inference_mode():
            found = self._run(batch)[: len(batch)].cpu().numpy()  # (N, C, 5)
        counts = (found[..., 4] >= limit_of(threshold)).sum(axis=1)
        scores = 1 / (1 + np.exp(-found[..., 4]))
        return [(rows[:count, :4], own[:count]) for rows, own, count in zip(found, scores, counts, strict=True)]

    def _run(self, batch: NDArray[np.uint8]) -> Tensor:
        """Candidates of a batch, and of what fills it up: (N or more, C, 5)."""
        shape = (1 << (len(batch) - 1).bit_length(), *batch.shape[1:])
        self._seen[shape] += 1
        again = self._graphs and self._seen[shape] >= _OFTEN
        if again and shape not in self._recorded and len(self._recorded) < _MOST_GRAPHS:
            self._record(shape)
        if shape not in self._recorded:
            return self._best(self._sent(batch))
        images, replay = self._recorded[shape]
        images[: len(batch)].copy_(torch.from_numpy(batch), non_blocking=True)
        return replay()

    def _sent(self, batch: NDArray[np.uint8]) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(batch)).to(self._device, non_blocking=True)

    def _best(self, images: Tensor) -> Tensor:
        """The best candidates (N, C, 5) of pictures (N, H, W, 3), best first: x1 y1 x2 y2 in pixels, and the logit."""
        centres, strides = self._anchors_of(images.shape[1], images.shape[2])  # (A, 2), (A,)
        logits = self._network(images)
        scores, places = logits[:, -1].topk(min(MAX_CANDIDATES, logits.shape[2]), dim=1)  # (N, C)
        sides = logits[:, :-1].gather(2, places[:, None].expand(-1, logits.shape[1] - 1, -1)).float()
        sides = sides.unflatten(1, (4, -1))  # (N, 4, bins, C)
        if sides.shape[2] > 1:
            bins = torch.arange(sides.shape[2], device=sides.device, dtype=sides.dtype)
            sides = (sides.softmax(2) * bins[:, None]).sum(2, keepdim=True)
        reach = (sides[:, :, 0] * strides[places][:, None]).transpose(1, 2)  # (N, C, 4)
        middle = centres[places]
        return torch.cat([middle - reach[..., :2], middle + reach[..., 2:], scores.float()[..., None]], dim=2)

    def _anchors_of(self, height: int, width: int) -> tuple[Tensor, Tensor]:
        if (height, width) not in self._anchors:
            centres, strides = anchors(height, width)
            kept = torch.from_numpy(centres).to(self._device), torch.from_numpy(strides).to(self._device)
            self._anchors[height, width] = kept
        return self._anchors[height, width]

    def _record(self, shape: tuple[int, ...]) -> None:
        """Keep a CUDA graph for batches of this shape, or go on without any where it cannot be captured."""
        images = torch.zeros(shape, dtype=torch.uint8, device=self._device)
        stream, graph = torch.cuda.Stream(self._device), torch.cuda.CUDAGraph()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream(self._device))
        before, torch.backends.cudnn.benchmark = torch.backends.cudnn.benchmark, True
        try:
            with torch.cuda.stream(stream):
                self._best(images)  # cuDNN tries its algorithms and takes the fastest
            with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
                found = self._best(images)
        except RuntimeError as error:
            _LOG.warning("no CUDA graph for the detector (%s): kernels are launched one by one", error)
            self._graphs = False
            return
        finally:
            torch.backends.cudnn.benchmark = before

        def replay() -> Tensor:
            graph.replay()
            return found

        self._recorded[shape] = images, replay
