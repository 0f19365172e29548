"""Pictures for the networks, sampled on the GPU from crops of all sizes that lie there in a row.

Shapes in comments: N plates, H and W height and width of a network's picture.
"""

import torch
from torch import Tensor

from recognizer.aligner import MARGIN
from recognizer.cuda import kernels

_BLOCK = 512  # pixels that one program of the kernel computes
_FINE = 0.6  # scaled down by less, a picture takes means of several samples a pixel, as in aligner.straighten_crop


def sample_images(pixels: Tensor, starts: Tensor, sizes: Tensor, maps: Tensor, finer: Tensor, out: Tensor) -> Tensor:
    """Samples an image of each crop; see `kernels.sample`.

    Args:
        pixels: All crops' pixels one after the other (bytes,), uint8.
        starts: Where each crop begins in them (N,).
        sizes: Rows and columns of each crop (N, 2).
        maps: What each image sees of its crop (N, 3, 3).
        finer: Samples a side of each of its pixels (N,).
        out: Memory for the images (N, H, W, 3).

    Returns:
        out, in 0..1.
    """
    plates, height, width, _ = out.shape
    blocks = -(-height * width // _BLOCK)
    kernels.sample[(plates, blocks)](
        pixels, starts, sizes, maps.contiguous(), finer, out,
        WIDTH=width, PIXELS=height * width, BLOCK=_BLOCK, num_warps=4,
    )  # fmt: skip
    return out


def map_stretched(sizes: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Maps that stretch crops to an image, as `stretch_image` does.

    Args:
        sizes: Rows and columns of each crop (N, 2).
        height: Height of the image in pixels.
        width: Width of the image in pixels.

    Returns:
        Maps (N, 3, 3) and samples a side (N,).
    """
    down, across = sizes[:, 0] / height, sizes[:, 1] / width
    maps = down.new_zeros(len(sizes), 3, 3)
    maps[:, 0, 0], maps[:, 0, 2] = across, across / 2 - 0.5
    maps[:, 1, 1], maps[:, 1, 2] = down, down / 2 - 0.5
    maps[:, 2, 2] = 1
    return maps, torch.maximum(down, across).ceil().clamp(1).int()


def map_straightened(sizes: Tensor, quads: Tensor, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Maps that set plates upright, as `straighten_crop` does.

    The way from the unit square to four corners is that of Heckbert, "Fundamentals of Texture Mapping" (1989).

    Args:
        sizes: Rows and columns of each crop (N, 2).
        quads: Corners of each plate (N, 4, 2) as shares of its crop.
        height: Height of the image in pixels.
        width: Width of the image in pixels.

    Returns:
        Maps (N, 3, 3) and samples a side (N,).
    """
    corners = quads * sizes.flip(1)[:, None]  # (N, 4, 2) x, y in pixels
    sides = (corners - corners.roll(-1, 1)).norm(dim=2)  # upper, right, lower, left
    wide, high = torch.maximum(sides[:, 0], sides[:, 2]), torch.maximum(sides[:, 1], sides[:, 3])
    shrink = torch.maximum(width / wide.clamp(1), height / high.clamp(1))
    finer = torch.where(shrink < _FINE, (1 / shrink).ceil(), 1.0).int()

    first, second, third, fourth = corners.unbind(1)  # each (N, 2)
    one, other, bend = second - third, fourth - third, first - second + third - fourth
    area = one[:, 0] * other[:, 1] - other[:, 0] * one[:, 1]
    g = (bend[:, 0] * other[:, 1] - other[:, 0] * bend[:, 1]) / area
    h = (one[:, 0] * bend[:, 1] - bend[:, 0] * one[:, 1]) / area
    across, down = second - first + g[:, None] * second, fourth - first + h[:, None] * fourth
    rows = torch.stack([across, down, first], dim=2)  # (N, 2, 3)
    square = torch.cat([rows, torch.stack([g, h, torch.ones_like(g)], dim=1)[:, None]], dim=1)  # (N, 3, 3)
    x, y = MARGIN  # of the picture's width and height lie around the square
    across, down = square[..., 0] / (1 - 2 * x), square[..., 1] / (1 - 2 * y)
    return torch.stack([across / width, down / height, square[..., 2] - x * across - y * down], dim=2), finer


def replace_implausible(quads: Tensor, whole: Tensor) -> Tensor:
    """Replaces corners (N, 4, 2) that make no plate by the whole crop's (4, 2); as `aligner.are_plausible`."""
    sides = quads.roll(-1, 1) - quads
    following = sides.roll(-1, 1)
    turns = sides[..., 0] * following[..., 1] - sides[..., 1] * following[..., 0]
    extent = quads.amax(1) - quads.amin(1)
    inside = ((quads > -0.5) & (quads < 1.5)).flatten(1).all(1)
    good = inside & (turns > 0).all(1) & (extent > 0.08).all(1)
    return torch.where(good[:, None, None], quads, whole)
