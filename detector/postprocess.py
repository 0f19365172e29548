"""From the network's output to detections: threshold, boxes, non-maximum suppression. Pure functions on arrays."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from detector.types import Box, Detection

Boxes = NDArray[np.float32]
Scores = NDArray[np.float32]
STRIDES = (8, 16, 32)  # pixels between the anchors of YOLO's three outputs
MAX_CANDIDATES = 1000  # of one image; a street has some ten plates, each with some ten candidates
NMS_IOU = 0.5  # two plates side by side do not overlap by half
NMS_CONTAINED = 0.8  # a plate does not lie in another one, so a box mostly inside a better one goes too


@cache
def make_anchors(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Makes anchor centres (A, 2) x y in pixels and strides (A,) of an input, in the network's order."""
    centres, strides = [], []
    for stride in STRIDES:
        ys, xs = np.mgrid[0 : height // stride, 0 : width // stride]
        centres.append(((np.stack([xs, ys], axis=-1).reshape(-1, 2) + 0.5) * stride).astype(np.float32))
        strides.append(np.full(len(centres[-1]), stride, np.float32))
    return np.concatenate(centres), np.concatenate(strides)


def expect_distances(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Computes the expected distance in strides to the four sides, (N, 4), from the logits (4 * bins, N) of their bins.

    Distribution focal loss, arXiv 2006.04388; one bin a side means that the network gives the distance itself.
    """
    bins = logits.shape[0] // 4
    if bins == 1:
        return logits.T.astype(np.float32)
    by_side = logits.reshape(4, bins, -1)
    weights = np.exp(by_side - by_side.max(axis=1, keepdims=True))
    expected = (weights * np.arange(bins, dtype=np.float32)[:, None]).sum(axis=1) / weights.sum(axis=1)
    return np.asarray(expected.T, np.float32)


def logit_of(threshold: float) -> float:
    """Returns the logit of a score."""
    return float(np.log(threshold / (1 - threshold))) if 0 < threshold < 1 else -np.inf


def decode_candidates(output: NDArray[np.float32], height: int, width: int, threshold: float) -> tuple[Boxes, Scores]:
    """Decodes the candidates of one image from the network's logits.

    Args:
        output: Logits (4 * bins + 1, anchors).
        height: Height of the network's input in pixels.
        width: Width of the network's input in pixels.
        threshold: The score from which on a candidate counts, 0 to 1.

    Returns:
        Boxes (N, 4) as x1 y1 x2 y2 in pixels of the input, and scores (N,), best first; at most MAX_CANDIDATES.
    """
    logits = output[-1]
    kept = np.flatnonzero(logits >= logit_of(threshold))
    kept = kept[np.argsort(-logits[kept], kind="stable")][:MAX_CANDIDATES]
    centres, strides = make_anchors(height, width)
    reach = expect_distances(output[:-1, kept].astype(np.float32)) * strides[kept, None]
    boxes = np.concatenate([centres[kept] - reach[:, :2], centres[kept] + reach[:, 2:]], axis=1)
    return boxes.astype(np.float32), (1 / (1 + np.exp(-logits[kept].astype(np.float32)))).astype(np.float32)


def split_candidates(found: NDArray[np.float32], threshold: float) -> list[tuple[Boxes, Scores]]:
    """Returns what `decode_candidates` gives of each image, out of candidates (N, C, 5) that were found on a GPU."""
    counts = (found[..., 4] >= logit_of(threshold)).sum(axis=1)
    scores = 1 / (1 + np.exp(-found[..., 4]))
    return [(rows[:count, :4], own[:count]) for rows, own, count in zip(found, scores, counts, strict=True)]


def intersect_boxes(box: Boxes, others: Boxes) -> NDArray[np.float32]:
    """Computes the common area of a box (4,) with each of others (N, 4)."""
    width = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
    height = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
    return np.asarray(np.clip(width, 0, None) * np.clip(height, 0, None), np.float32)


def measure_areas(boxes: Boxes) -> NDArray[np.float32]:
    """Computes the area of each box (N, 4); zero for an inverted one."""
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def suppress_overlaps(
    boxes: Boxes, scores: Scores, iou: float = NMS_IOU, contained: float = NMS_CONTAINED
) -> NDArray[np.intp]:
    """Chooses the best of boxes that show the same plate (non-maximum suppression).

    Args:
        boxes: (N, 4) as x1 y1 x2 y2.
        scores: (N,).
        iou: Of boxes whose intersection over union is above this, the best stays.
        contained: So does the best of two of which one lies with more than this share in the other.

    Returns:
        Indices of the boxes that stay, best first.
    """
    order = np.argsort(-scores, kind="stable")
    sizes = measure_areas(boxes)
    kept: list[int] = []
    while order.size:
        best, rest = int(order[0]), order[1:]
        kept.append(best)
        common = intersect_boxes(boxes[best], boxes[rest])
        union = np.maximum(sizes[best] + sizes[rest] - common, 1e-9)
        smaller = np.maximum(np.minimum(sizes[best], sizes[rest]), 1e-9)
        order = rest[(common <= iou * union) & (common <= contained * smaller)]
    return np.array(kept, dtype=np.intp)


def to_detections(boxes: Boxes, scores: Scores, width: int, height: int) -> list[Detection]:
    """Makes detections of boxes, clamped to the image; drops those with nothing left inside.

    Args:
        boxes: (N, 4) as x1 y1 x2 y2 in pixels of the image.
        scores: (N,), 0 to 1.
        width: Width of the image in pixels.
        height: Height of the image in pixels.

    Returns:
        The detections, in the order of the boxes.
    """
    clamped = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    return [
        Detection(Box(*(float(value) for value in box)), float(score))
        for box, score in zip(clamped, scores, strict=True)
        if box[2] - box[0] >= 1 and box[3] - box[1] >= 1
    ]
