"""What runtimes that compute in torch need of a module."""

from typing import cast

import torch
from torch import Tensor, nn

from inference.types import NetworkSpec


class ImageInput(nn.Module):
    """Lets a network of float images (N, C, H, W) in 0..1 take uint8 ones (N, H, W, C)."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        """Runs the network on uint8 images (N, H, W, C)."""
        kind = next(self.network.parameters()).dtype
        return cast(Tensor, self.network((images.permute(0, 3, 1, 2).to(kind) / 255).contiguous()))


def build_for_images(network: NetworkSpec) -> nn.Module:
    """Builds the network as a module of uint8 images (N, H, W, C), in evaluation and without gradients."""
    module = ImageInput(network.build()) if network.unit_floats else network.build()
    return module.eval().requires_grad_(False)


def example_of(network: NetworkSpec) -> Tensor:
    """Zeros of the shape and type that the network's own module takes."""
    return torch.zeros(network.example, dtype=torch.float32 if network.unit_floats else torch.uint8)
