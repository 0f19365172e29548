"""CudaReader: any number of crops in, their corners and texts out, with the processor and the GPU at work together."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import cycle
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inference.cuda_graphs import fastest_convolutions, record
from recognizer import checkpoint as checkpoints
from recognizer.aligner import Quad
from recognizer.alphabet import Alphabet
from recognizer.ctc import Decoded
from recognizer.cuda.chain import COLUMNS, GIVEN, TO_BE_FOUND, UNUSED, ChainOutput, CudaChain
from recognizer.cuda.decoding import BeamSearchResult, read_search_result
from recognizer.images import Image, check_crop

T = TypeVar("T")
Logits = npt.NDArray[np.float32]
#: Crops that go through the networks at once: as many as there are, filled up to the next of these numbers.
SIZES = (8, 32, 64)
_LANES = 4  # pieces under way: some are packed and unpacked while the GPU works on others
_CROP = 1 << 20  # bytes; a larger crop has far more pixels than are read, and is made smaller
_ROOM = 16 * _CROP  # bytes of the crops of a piece


class CudaReader:
    """Reads crops on a CUDA device. texts, least: as of `decoding.search_texts`. graphs False: kernels go one by one.

    Graphs are captured here and not when crops come, since no other thread may capture one at the same time.
    """

    def __init__(self, path: Path, device: str, texts: int, least: float, *, graphs: bool = True) -> None:
        checkpoint = checkpoints.load(path)
        self._alphabet, self._least = checkpoint.config.alphabet, least
        self._device = torch.device(device)
        chain = CudaChain(checkpoint, self._device, texts, least)
        with self._on_device():
            self._lanes = cycle([_Lane(chain, self._device, graphs) for _ in range(_LANES)])

    def find_texts(
        self,
        crops: Sequence[Image],
        corners: Sequence[Quad] | None,
        make: Callable[[list[list[Decoded]], Logits | None], list[T]],
    ) -> tuple[list[Quad], list[T]]:
        """Finds the plate's corners and its most probable texts in each crop.

        Args:
            crops: BGR crops of any sizes, any number of them.
            corners: The corners where they are known; None finds them.
            make: Called with the texts of some crops at a time, best first, and the heads' logits, None without heads,
                while the GPU works on others; gives one thing for each crop.

        Returns:
            The corners (4, 2) in each crop, as shares of it, and what `make` gave.

        Raises:
            ValueError: A crop is empty or not BGR.
        """
        for crop in crops:
            check_crop(crop)
        quads: list[Quad] = []
        made: list[T] = []
        under_way: deque[_Lane] = deque()

        def unpack(lane: _Lane) -> None:
            its_quads, texts, logits = lane.receive(self._alphabet, self._least)
            quads.extend(its_quads)
            made.extend(make(texts, logits))

        with torch.inference_mode(), self._on_device():
            for piece in _cut_pieces(crops):
                if len(under_way) == _LANES:
                    unpack(under_way.popleft())
                lane = next(self._lanes)
                lane.send([_bound_size(crop) for crop in crops[piece]], corners[piece] if corners else None)
                under_way.append(lane)
            while under_way:
                unpack(under_way.popleft())
        return quads, made

    def _on_device(self) -> "torch.cuda.device | nullcontext[None]":
        return torch.cuda.device(self._device) if self._device.type == "cuda" else nullcontext()


class _Lane:
    """Memory, a stream and graphs for one piece of crops under way."""

    def __init__(self, chain: CudaChain, device: torch.device, graphs: bool) -> None:
        self._chain, on_cuda = chain, device.type == "cuda"
        stream = torch.cuda.Stream(device) if on_cuda else None  # type: ignore[no-untyped-call]
        self._stream = stream
        size = SIZES[-1] * COLUMNS * 4 + _ROOM
        self._packed = torch.empty(size, dtype=torch.uint8, pin_memory=on_cuda)  # the table, then the pixels
        self._sent = torch.zeros(size, dtype=torch.uint8, device=device)
        self._arrivals: dict[int, list[Tensor]] = {}
        self._answer: ChainOutput
        self._size = self._count = 0
        self._runs = {size: self._make_run(size) for size in SIZES}
        if stream is not None:
            with torch.inference_mode(), torch.cuda.stream(stream), fastest_convolutions():
                for size, run in self._runs.items():
                    run()  # compiles kernels and chooses algorithms
                    self._runs[size] = (record(run, stream, "reader") if graphs else None) or run

    def send(self, crops: Sequence[Image], corners: Sequence[Quad] | None) -> None:
        """Starts reading at most SIZES[-1] crops."""
        self._count, self._size = len(crops), next(size for size in SIZES if size >= len(crops))
        size = self._size
        head = size * COLUMNS * 4
        packed = self._packed.numpy()
        table = packed[:head].view(np.int32).reshape(size, COLUMNS)
        ends = np.cumsum([crop.size for crop in crops])
        table[:] = UNUSED
        table[1 : len(crops), 0] = ends[:-1]
        table[: len(crops), 1:3] = [crop.shape[:2] for crop in crops]
        table[: len(crops), 3] = TO_BE_FOUND if corners is None else GIVEN
        if corners is not None:
            table[: len(crops), 4:] = np.reshape(corners, (-1, 8)).astype(np.float32).view(np.int32)
        end = head + int(ends[-1])
        np.concatenate([crop.reshape(-1) for crop in crops], out=packed[head:end])
        with torch.cuda.stream(self._stream):
            self._sent[:end].copy_(self._packed[:end], non_blocking=True)
            self._answer = self._runs[size]()
            results = [self._answer.quads, self._answer.logits, *self._answer.found]
            if size not in self._arrivals:
                self._arrivals[size] = [torch.empty_like(r, device="cpu", pin_memory=r.is_cuda) for r in results]
            for result, arrival in zip(results, self._arrivals[size], strict=True):
                arrival.copy_(result, non_blocking=True)

    def receive(self, alphabet: Alphabet, least: float) -> tuple[list[Quad], list[list[Decoded]], Logits | None]:
        """Corners, texts and the heads' logits of the crops sent last; waits for them."""
        if self._stream is not None:
            self._stream.synchronize()
        quads, logits, *found = (arrival[: self._count] for arrival in self._arrivals[self._size])
        texts = read_search_result(BeamSearchResult(*found), self._answer.log_probs, alphabet, least)
        heads = logits.float().numpy().copy() if logits.shape[1] else None
        return list(quads.numpy().copy()), texts, heads

    def _make_run(self, size: int) -> Callable[[], ChainOutput]:
        """Reads so many of the crops sent, launching every kernel by itself."""
        head = size * COLUMNS * 4
        table = self._sent[:head].view(torch.int32).view(size, COLUMNS)
        return lambda: self._chain(self._sent[head:], table)


def _bound_size(crop: Image) -> Image:
    """Shrinks a crop that has more than _CROP bytes."""
    if crop.size <= _CROP:
        return crop
    scale, most = (_CROP / crop.size) ** 0.5, _CROP // 3
    rows = max(1, min(int(crop.shape[0] * scale), most))
    columns = max(1, min(int(crop.shape[1] * scale), most // rows))
    return np.asarray(cv2.resize(crop, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)


def _cut_pieces(crops: Sequence[Image]) -> Iterator[slice]:
    """Cuts the crops into pieces of at most SIZES[-1] and _ROOM bytes."""
    start, room = 0, _ROOM
    for place, crop in enumerate(crops):
        need = min(crop.size, _CROP)
        if place - start == SIZES[-1] or need > room:
            yield slice(start, place)
            start, room = place, _ROOM
        room -= need
    if crops:
        yield slice(start, len(crops))
