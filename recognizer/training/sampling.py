"""Training batches: which sample comes at which step, and how it is made; the same at every resume."""

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from recognizer.alphabet import count_steps_needed
from recognizer.config import NetworkConfig
from recognizer.images import Image, fit_crop

#: Makes sample number i of a source with the random generator given: (BGR crop, text).
Draw = Callable[[int, np.random.Generator], tuple[Image, str]]


@dataclass(frozen=True, slots=True)
class SampleSource:
    """Somewhere samples come from. size: how many there are (None: endless). weight: share in the mixture."""

    name: str
    draw: Draw
    size: int | None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """images uint8 (N, H, W, C); targets: class indices of all texts in a row; lengths: of each text."""

    images: Tensor
    targets: Tensor
    lengths: Tensor
    texts: tuple[str, ...]


class Mixture(Dataset[tuple[npt.NDArray[np.uint8], str]]):
    """An endless mixture of sources: sample k is the same whatever was drawn before it.

    A lone source is gone through epoch by epoch in a fresh order; of several, each sample picks one by weight.
    ValueError when a text needs more steps than the network has, since CTC hides such samples.
    """

    def __init__(self, sources: Sequence[SampleSource], config: NetworkConfig, seed: int = 0) -> None:
        self.sources, self.config, self.seed = tuple(sources), config, seed
        weights = np.array([source.weight for source in sources], dtype=float)
        self.shares = weights / weights.sum()

    def __getitem__(self, k: int) -> tuple[npt.NDArray[np.uint8], str]:
        """Draws sample number k: an image of the network's size and its text."""
        rng = np.random.default_rng([self.seed, k])
        if len(self.sources) == 1 and self.sources[0].size:
            source = self.sources[0]
            epoch, place = divmod(k, self.sources[0].size)
            index = int(_shuffle_order(self.seed, epoch, self.sources[0].size)[place])
        else:
            source = self.sources[int(rng.choice(len(self.sources), p=self.shares))]
            index = int(rng.integers(source.size or 2**31))
        image, text = source.draw(index, rng)
        if count_steps_needed(text) > self.config.steps:
            raise ValueError(f"{source.name}: text {text!r} needs more than the network's {self.config.steps} steps")
        return fit_crop(image, self.config), text


@lru_cache(maxsize=2)
def _shuffle_order(seed: int, epoch: int, size: int) -> npt.NDArray[np.int64]:
    return np.random.default_rng([seed, epoch, size]).permutation(size)


def load_batches(mixture: Mixture, size: int, first: int, last: int, workers: int) -> Iterator[TrainingBatch]:
    """Loads batches of a mixture.

    Args:
        mixture: What is drawn from.
        size: Samples in a batch.
        first: Number of the first batch, so that an interrupted run goes on with the same ones.
        last: One more than the number of the last one.
        workers: Processes that make the images; 0 makes them in this one.
    """
    alphabet = mixture.config.alphabet

    def collate(samples: list[tuple[npt.NDArray[np.uint8], str]]) -> TrainingBatch:
        texts = tuple(text for _, text in samples)
        targets = torch.tensor([c for text in texts for c in alphabet.encode(text)])
        images = torch.from_numpy(np.stack([image for image, _ in samples]))
        return TrainingBatch(images, targets, torch.tensor([len(text) for text in texts]), texts)

    loader: DataLoader[tuple[npt.NDArray[np.uint8], str]] = DataLoader(
        mixture,
        batch_size=size,
        sampler=range(first * size, last * size),
        num_workers=workers,
        collate_fn=collate,
        worker_init_fn=_silence_worker,
        prefetch_factor=4 if workers else None,
    )
    yield from loader  # type: ignore[misc]


def _silence_worker(_worker: int) -> None:
    """Gives a worker one thread, since more take the cores from training, and leaves Ctrl-C to the main one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
