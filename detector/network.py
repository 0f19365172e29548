"""The network as every backend runs it: pictures in, raw logits out; the boxes are decoded in float32 afterwards.

In half precision or bfloat16 a coordinate near 600 is off by up to two pixels, while the logits of its distance
to the anchor are not: so decoding stays outside the network.
"""

from typing import cast

import torch
from torch import Tensor, nn

from detector import _ultralytics
from detector.weights import Weights


class PlateNetwork(nn.Module):
    """YOLO without its decoding: uint8 BGR pictures (N, H, W, 3) to logits (N, 4 * bins + 1, anchors)."""

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        _ultralytics.load()
        from ultralytics.nn.tasks import DetectionModel

        model = DetectionModel(weights.architecture, nc=1, verbose=False)
        state = {name: t.float() if t.is_floating_point() else t for name, t in weights.state().items()}
        model.load_state_dict(state)
        self.model = model.eval().fuse(verbose=False)
        self.model.model[-1].training = True  # the head alone: it then returns its logits
        first = self.model.model[0].conv.weight
        first.data = first.data.flip(1).contiguous()  # trained on RGB, fed with BGR
        self.requires_grad_(False)

    def forward(self, images: Tensor) -> Tensor:
        """Computes logits (N, 4 * bins + 1, anchors): bins of left, top, right and bottom, then the score."""
        pixels = images.permute(0, 3, 1, 2).to(self.model.model[0].conv.weight.dtype) / 255
        outputs = self.model(pixels)
        for branch in ("one2one", "one2many"):  # YOLO26 has two heads, of which fusing leaves one
            outputs = outputs.get(branch) or outputs
        return torch.cat([cast(Tensor, outputs["boxes"]), cast(Tensor, outputs["scores"])], dim=1)

    def train(self, mode: bool = True) -> "PlateNetwork":
        """Stays in evaluation: batch norms are fused into the convolutions."""
        return self
