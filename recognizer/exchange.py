"""New plates from photographed ones: characters exchanged among the plates of one source that look alike.

A few hundred plates of a country hold few of its letters in few places, and a recurrent network learns their order by
heart. After Gonçalves et al., "Real-time Automatic License Plate Recognition Through Deep Multi-Task Networks" (2018),
who permute a plate's characters; here they come from other plates too, at the same place of a text of the same length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from recognizer.align import MARGIN, Quad, extent, straighten
from recognizer.alphabet import Alphabet
from recognizer.config import NetworkConfig
from recognizer.images import Image

#: The plate's corners in its upright picture, which shows a little around it.
UPRIGHT: Quad = np.array([[x, y] for x, y in ((0, 0), (1, 0), (1, 1), (0, 1))], np.float32) * (
    1 - 2 * np.array(MARGIN, np.float32)
) + np.array(MARGIN, np.float32)
_EACH = 0.5  # share of the characters that are exchanged
_OWN = 0.3  # share of these that come from the plate itself
_TRIES = 6  # plates looked at for a character that fits
_WIDTHS, _HEIGHTS, _CONTRASTS = (0.75, 1.33), (0.5, 2.0), (0.6, 4.0)  # what fits: the other's share of one's own
_LEAST = (30, 10)  # pixels
_GUESSED, _EVEN = 0.3, 1.0  # what a column a slot away costs, and a slot of no or twice the width; ink costs up to 1
_FEATHER = 0.12  # share of a character's width over which it is blended in


@dataclass(frozen=True, slots=True)
class UprightPlate:
    """A plate of one line set upright, (H, W, 3), its text, and where its characters begin and end, in pixels.

    edges: one more than characters. low, high: its darkest and lightest parts, per channel. dark: dark on light.
    """

    image: Image
    text: str
    edges: npt.NDArray[np.int64]
    low: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    dark: bool

    @property
    def contrast(self) -> float:
        """How far the lightest parts are from the darkest."""
        return float((self.high - self.low).mean())


def set_upright(crop: Image, quad: Quad, text: str, places: Sequence[float]) -> UprightPlate | None:
    """The plate with these corners; None where it is too small, or cut by the crop.

    places: where each character's middle is, as a share of the upright picture's width.
    """
    width, height = extent(crop, quad)
    if width < _LEAST[0] or height < _LEAST[1] or quad.min() < -0.03 or quad.max() > 1.03 or len(text) < 3:
        return None
    image = straighten(crop, quad, round(width / (1 - 2 * MARGIN[0])), round(height / (1 - 2 * MARGIN[1])))
    edges = _edges(image, np.asarray(places) * image.shape[1])
    if (np.diff(edges) < 2).any():
        return None
    middle = image[:, edges[0] : edges[-1]]
    low, high = _tones(middle)
    dark = bool(np.median(middle) > (low + high).mean() / 2)
    return UprightPlate(image, text, edges, low, high, dark)


def _edges(image: Image, places: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Columns between the characters, one more than these: with little in them, evenly apart, near half way.

    What is read of a character need not stand in its middle, so the columns of all are chosen together, by the least
    sum of all three (dynamic programming).
    """
    height, width = image.shape[:2]
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[round(height * 0.2) : round(height * 0.8)].astype(np.float32)
    ink = grey.std(axis=0)
    ink = np.append(ink / max(float(ink.max()), 1.0), 0.0)
    apart = max(float(np.median(np.diff(places))), 2.0)
    half = (places[1:] + places[:-1]) / 2
    guesses = np.array([places[0] - apart / 2, *half, places[-1] + apart / 2])
    reach = round(0.6 * apart)
    columns = np.clip(np.rint(guesses)[:, None].astype(np.int64) + np.arange(-reach, reach + 1), 0, width)
    alone = ink[columns] + _GUESSED * ((columns - guesses[:, None]) / apart) ** 2
    cost, origins = alone[0], []
    for i in range(1, len(columns)):
        wide = (columns[i][:, None] - columns[i - 1][None]) / (guesses[i] - guesses[i - 1])
        sums = cost[None] + _EVEN * (wide - 1) ** 2
        origins.append(sums.argmin(axis=1))
        cost = sums.min(axis=1) + alone[i]
    at = [int(cost.argmin())]
    for origin in reversed(origins):
        at.append(int(origin[at[-1]]))
    chosen: npt.NDArray[np.int64] = columns[np.arange(len(columns)), at[::-1]]
    return chosen


def _tones(image: Image | npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The darkest and lightest parts of the middle rows (3,): lettering and ground."""
    rows = image[round(image.shape[0] * 0.22) : round(image.shape[0] * 0.78)].reshape(-1, 3)
    low, high = np.percentile(rows, (10, 90), axis=0).astype(np.float32)
    return low, high


def middles(log_probs: npt.NDArray[np.float32], text: str, config: NetworkConfig) -> list[float] | None:
    """Where each character is read, as a share of the picture's width; None unless all are, and in one line.

    log_probs (T, K) of the upright picture.
    """
    path = log_probs.argmax(axis=1)
    first = np.flatnonzero(np.diff(path, prepend=Alphabet.BLANK) != 0)
    last = np.append(first[1:], len(path))[path[first] != Alphabet.BLANK]
    first = first[path[first] != Alphabet.BLANK]
    steps = config.steps // config.lines
    if config.alphabet.decode(path[first].tolist()) != text or len({*(first // steps), *((last - 1) // steps)}) != 1:
        return None
    return [float(place) for place in ((first + last) / 2 % steps) / steps]


class Exchange:
    """Makes plates with the characters of others. plates: of one source."""

    def __init__(self, plates: Sequence[UprightPlate]) -> None:
        self.plates = plates
        # Plates that look alike, by the character at a place of their texts.
        self._alike: dict[tuple[int, bool, int], dict[str, list[UprightPlate]]] = {}
        for plate in plates:
            for place, char in enumerate(plate.text):
                known = self._alike.setdefault((len(plate.text), plate.dark, place), {})
                known.setdefault(char, []).append(plate)

    def draw(self, rng: np.random.Generator) -> tuple[Image, str]:
        """Any plate with about half of its characters exchanged: its upright picture and its text."""
        plate = self.plates[int(rng.integers(len(self.plates)))]
        image, text = plate.image.copy(), list(plate.text)
        for place in range(len(text)):
            if rng.random() < _EACH and (found := self._other(plate, place, rng)) is not None:
                other, at = found
                _paste(image, plate, place, other, at)
                text[place] = other.text[at]
        return image, "".join(text)

    def _other(self, plate: UprightPlate, place: int, rng: np.random.Generator) -> tuple[UprightPlate, int] | None:
        """A character that fits: of this plate, or at this place of one that looks like it, rare ones as often."""
        if rng.random() < _OWN:
            at = int(rng.integers(len(plate.text)))
            return (plate, at) if _fits(plate, place, plate, at) else None
        known = self._alike[len(plate.text), plate.dark, place]
        chars = [char for char in known if char.isdigit() == plate.text[place].isdigit()]
        for _ in range(_TRIES):
            others = known[chars[int(rng.integers(len(chars)))]]
            other = others[int(rng.integers(len(others)))]
            if _fits(plate, place, other, place):
                return other, place
        return None


def _fits(plate: UprightPlate, place: int, other: UprightPlate, at: int) -> bool:
    """Whether a character may stand at the place of one of its kind, of about its size, as sharp and as plain."""
    own, new = plate.text[place], other.text[at]
    if own.isdigit() != new.isdigit():
        return False
    heights = other.image.shape[0] / plate.image.shape[0]
    widths = (other.edges[at + 1] - other.edges[at]) / (plate.edges[place + 1] - plate.edges[place]) / heights
    contrasts = other.contrast / max(plate.contrast, 1.0)
    ranges = ((widths, _WIDTHS), (heights, _HEIGHTS), (contrasts, _CONTRASTS))
    return all(low <= share <= high for share, (low, high) in ranges)


def _paste(image: Image, plate: UprightPlate, place: int, other: UprightPlate, at: int) -> None:
    """Sets a character in place of another, in the plate's own colours, blended in at its sides."""
    left, right = int(plate.edges[place]), int(plate.edges[place + 1])
    piece = other.image[:, other.edges[at] : other.edges[at + 1]]
    shrinks = piece.shape[0] > image.shape[0]
    size = (right - left, image.shape[0])
    piece = cv2.resize(piece, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(np.float32)
    own = image[:, left:right].astype(np.float32)
    low, high = _tones(own)
    other_low, other_high = _tones(piece)
    piece = (piece - other_low) * ((high - low) / np.maximum(other_high - other_low, 1.0)) + low
    blend = max(1, round(_FEATHER * size[0]))
    ramp = np.minimum(np.arange(size[0]) + 0.5, np.arange(size[0])[::-1] + 0.5) / blend
    # Above and below the characters is the plate's own: frames, bolts and what is written there.
    rows = np.minimum(np.arange(size[1]) + 0.5, np.arange(size[1])[::-1] + 0.5) / (0.1 * size[1])
    share = (np.minimum(rows, 1.0)[:, None] * np.minimum(ramp, 1.0)[None])[..., None]
    mixed = piece * share + own * (1 - share)
    image[:, left:right] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
