"""The network together with the choice of its candidates, for a GPU: only those come back from there.

Shapes in comments: N images, A anchors, C candidates of an image.
"""

import torch
from torch import Tensor, nn

from detector.network import PlateNetwork
from detector.postprocess import MAX_CANDIDATES, make_anchors
from detector.weights import Weights


class CandidateNetwork(nn.Module):
    """YOLO and the choice of its best anchors: uint8 BGR images (N, H, W, 3) to candidates (N, C, 5)."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        self.network = PlateNetwork(weights)
        self._anchors: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}

    def forward(self, images: Tensor) -> Tensor:
        """Finds the best candidates of each image, best first: x1 y1 x2 y2 in pixels of the input, and the logit."""
        centres, strides = self._anchors_of(images)  # (A, 2), (A,)
        logits = self.network(images)
        scores, places = logits[:, -1].topk(min(MAX_CANDIDATES, logits.shape[2]), dim=1)  # (N, C)
        sides = logits[:, :-1].gather(2, places[:, None].expand(-1, logits.shape[1] - 1, -1)).float()
        sides = sides.unflatten(1, (4, -1))  # (N, 4, bins, C)
        if sides.shape[2] > 1:
            bins = torch.arange(sides.shape[2], device=sides.device, dtype=sides.dtype)
            sides = (sides.softmax(2) * bins[:, None]).sum(2, keepdim=True)
        reach = (sides[:, :, 0] * strides[places][:, None]).transpose(1, 2)  # (N, C, 4)
        middle = centres[places]
        return torch.cat([middle - reach[..., :2], middle + reach[..., 2:], scores.float()[..., None]], dim=2)

    def _anchors_of(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Keeps the anchors of an input size on the device: nothing may be copied there while a graph is captured."""
        height, width = images.shape[1:3]
        if (height, width) not in self._anchors:
            centres, strides = make_anchors(height, width)
            kept = torch.from_numpy(centres).to(images.device), torch.from_numpy(strides).to(images.device)
            self._anchors[height, width] = kept
        return self._anchors[height, width]
