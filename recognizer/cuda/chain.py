"""All that is computed between crops and texts, on the GPU; nothing in it waits, so it can be captured in a graph.

Shapes in comments: N plates, T steps, K classes, R texts of a plate.
"""

import copy
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from recognizer.aligner import WHOLE
from recognizer.checkpoint import Checkpoint
from recognizer.cuda import sampling
from recognizer.cuda.decoding import BeamSearchResult, search_texts
from recognizer.heads import split_outputs

#: A row of the table of crops: where its pixels start, rows, columns, what it is, and its corners in float32.
COLUMNS = 12
UNUSED, TO_BE_FOUND, GIVEN = range(3)  # what a row is: nothing, or a crop whose corners are found or given


class ChainOutput(NamedTuple):
    """What is known of N crops: corners (N, 4, 2), log probabilities (N, T, K), and the texts found in them.

    logits: of the heads, (N, 1 + R); (N, 0) for a network without heads.
    """

    quads: Tensor
    log_probs: Tensor
    found: BeamSearchResult
    logits: Tensor


class CudaChain(nn.Module):
    """The aligner, the reader and the search for texts. Computes in half precision on a GPU.

    texts, least: as of `decoding.search_texts`. The checkpoint has an aligner and reads coloured pictures.
    """

    def __init__(self, checkpoint: Checkpoint, device: torch.device, texts: int, least: float) -> None:
        super().__init__()
        assert checkpoint.aligner is not None and checkpoint.aligner_config is not None
        self._config, self._aligner_config = checkpoint.config, checkpoint.aligner_config
        self._texts, self._least = texts, least
        self.dtype = torch.half if device.type == "cuda" else torch.float32
        self.reader, self.aligner = (
            self._prepare_network(part, device) for part in (checkpoint.network, checkpoint.aligner)
        )
        self.whole: Tensor
        self.register_buffer("whole", torch.tensor(WHOLE, device=device))

    def _prepare_network(self, network: nn.Module, device: torch.device) -> nn.Module:
        fused = fuse_batch_norms(copy.deepcopy(network).eval()).requires_grad_(False)
        return fused.to(device, self.dtype).to(memory_format=torch.channels_last)

    def forward(self, pixels: Tensor, table: Tensor) -> ChainOutput:
        """Reads crops that lie in a row in pixels (bytes, uint8), as the table (N, COLUMNS) in int32 says."""
        starts, sizes = table[:, 0].contiguous(), table[:, 1:3].clamp(min=1)  # those unused have a pixel too
        known = table[:, 4:].view(torch.float32).view(-1, 4, 2)
        shape = self._aligner_config.height, self._aligner_config.width
        seen = self._sample_images(pixels, starts, sizes, *sampling.map_stretched(sizes, *shape), shape)
        quads = sampling.replace_implausible(self.aligner(seen).view(-1, 4, 2), self.whole)
        quads = torch.where(table[:, 3, None, None] == GIVEN, known, quads)
        shape = self._config.height, self._config.width
        seen = self._sample_images(pixels, starts, sizes, *sampling.map_straightened(sizes, quads, *shape), shape)
        log_probs, logits = split_outputs(self.reader(seen), self._config)
        log_probs = log_probs.contiguous()  # the search_texts takes steps that follow one another
        found = search_texts(log_probs, table[:, 3] != UNUSED, self._texts, self._least)
        return ChainOutput(quads, log_probs, found, quads.new_empty(len(quads), 0) if logits is None else logits)

    def _sample_images(
        self, pixels: Tensor, starts: Tensor, sizes: Tensor, maps: Tensor, finer: Tensor, shape: tuple[int, int]
    ) -> Tensor:
        """Samples images (N, 3, H, W) in 0..1, channels last."""
        room = torch.empty(len(sizes), *shape, 3, dtype=self.dtype, device=sizes.device)
        return sampling.sample_images(pixels, starts, sizes, maps, finer, room).permute(0, 3, 1, 2)


def fuse_batch_norms(network: nn.Module) -> nn.Module:
    """Makes each batch norm that follows a convolution part of it."""
    for child in network.children():
        fuse_batch_norms(child)
    if isinstance(network, nn.Sequential):
        for place, (one, other) in enumerate(pairwise(list(network))):
            if isinstance(one, nn.Conv2d) and isinstance(other, nn.BatchNorm2d):
                network[place], network[place + 1] = fuse_conv_bn_eval(one, other), nn.Identity()
    return network
