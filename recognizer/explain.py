"""python -m recognizer explain: how the network's probabilities become a text, as one picture."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pil

from recognizer.alphabet import Alphabet, write_in_order
from recognizer.config import TUTORIAL_DROPPED
from recognizer.ctc import decode_greedily
from recognizer.images import Image
from recognizer.page import FigurePage
from recognizer.reader import PlateReader
from recognizer.readings import Reading
from recognizer.sheets import INK, LINE, MUTED, Colour, open_font, scale_to_fit
from recognizer.training.datasets import read_image

BLANK_SIGN = "–"
# Pixels of the drawing: room beside the matrix and around all, height of a row of it and of a strip of the plate.
LEFT, RIGHT, EDGE = 74, 40, 24
ROW, STRIP = 17, 76
#: From no probability to certainty: white through the blue of ink.
SHADES: tuple[Colour, ...] = ((255, 255, 255), (198, 219, 239), (107, 160, 214), (28, 86, 160), (8, 34, 80))
# RGB: the best path, its blanks, and the ground of the characters it spells.
BEST: Colour = (240, 120, 20)
BEST_BLANK: Colour = (247, 205, 165)
CHIP: Colour = (255, 237, 219)


class Explained(Protocol):
    """What explain needs of a reader: PlateReader has it."""

    @property
    def alphabet(self) -> Alphabet:
        """The characters the network can read."""

    @property
    def lines(self) -> int:
        """Text lines whose steps stand one after the other."""

    def straighten(self, crops: Sequence[Image]) -> list[Image]:
        """Sets BGR crops upright as the network sees them."""

    def compute_log_probs(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Computes the log probabilities (N, T, C) of BGR crops."""

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """Reads crops: one Reading each."""


@dataclass(frozen=True, slots=True)
class CtcRun:
    """Neighbouring steps first to last - 1 whose best class is the same."""

    first: int
    last: int
    label: int


@dataclass(frozen=True, slots=True)
class MatrixColumns:
    """Where the steps stand on the page; a gap parts the text lines."""

    steps: int
    lines: int
    width: int

    def x(self, step: int) -> int:
        """Returns the left edge of a step in pixels; x(steps) is the end of the last one."""
        gap = 10
        line = min(step * self.lines // self.steps, self.lines - 1)
        room = self.width - LEFT - RIGHT - gap * (self.lines - 1)
        return LEFT + gap * line + round(room * step / self.steps)

    def end(self, step: int) -> int:
        """Returns the right edge of a step in pixels."""
        per_line = self.steps // self.lines
        return self.x(step) + round(self.x(1) - self.x(0)) if (step + 1) % per_line == 0 else self.x(step + 1)

    def line(self, line: int) -> tuple[int, int]:
        """Returns the left and right edge of a text line's steps."""
        per_line = self.steps // self.lines
        return self.x(line * per_line), self.end((line + 1) * per_line - 1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `explain`."""
    add = parser.add_argument
    add("images", type=Path, nargs="+", metavar="IMAGE", help="pictures of one plate each")
    add("--weights", type=Path, help="the reader; default: the shipped one")
    add("--device", default="auto", help="auto, cpu, gpu, cuda:N … (default: %(default)s)")
    add(
        "--out", type=Path, default=Path("explained.png"), metavar="FILE.png", help="the drawing (default: %(default)s)"
    )
    add("--width", type=int, default=1200, help="width of the drawing in pixels (default: %(default)s)")


def main(args: argparse.Namespace) -> int:
    """Draws the pictures one below the other into one PNG, and prints what was read in each."""
    reader = PlateReader(args.weights, args.device)
    crops = [read_image(path) for path in args.images]
    skipped = TUTORIAL_DROPPED / (reader.config.steps + TUTORIAL_DROPPED)
    skipped = skipped if reader.config.architecture == "tutorial-2017" else 0.0
    pages = [explain(crop, reader, args.width, skipped) for crop in crops]
    for path, reading in zip(args.images, reader.read(crops), strict=True):
        print(f"{path}: {reading.text or '(nothing)'} {reading.confidence:.3f}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_bytes(cv2.imencode(".png", np.concatenate(pages))[1].tobytes())
    print(f"drawn: {args.out}")
    return 0


def explain(
    image: Image,
    reader: Explained,
    width: int = 1200,
    skipped: float = 0.0,
    *,
    scale: float = 1.0,
    dark: bool = False,
) -> Image:
    """Draws how a plate is read: the probability matrix, the best path and how it collapses.

    Rows of the matrix are the alphabet and the blank; columns are the network's steps, those of a second text line
    after a gap.

    Args:
        image: The plate, uint8 BGR.
        reader: What reads it.
        width: Width of the drawing in pixels, before scale.
        skipped: Share of the plate's width that lies left of the first step.
        scale: For a dense screen, the drawing is so many times as large.
        dark: Draw light on dark ground.

    Returns:
        uint8 BGR.

    Raises:
        ValueError: The reader refuses the image.
    """
    reading = reader.read([image])[0]
    log_probs = reader.compute_log_probs([image])
    probs = np.exp(log_probs[0])  # (T, C)
    columns = MatrixColumns(len(probs), reader.lines, width)
    names = [*reader.alphabet.characters, "blank"]
    matrix_top = 206 + STRIP
    below = matrix_top + ROW * len(names)
    page = FigurePage(width, below + 226, scale, dark)
    _draw_head(page, image, reading)
    seen = reader.straighten([image])[0]
    seen = seen[:, round(seen.shape[1] * skipped) :]
    _draw_strips(page, seen, columns, matrix_top - STRIP - 8)
    _draw_matrix(page, probs, columns, names, matrix_top)
    runs = find_best_runs(probs, columns.lines)
    _draw_best_path(page, runs, columns, matrix_top, len(names))
    _draw_collapse(page, runs, columns, reader.alphabet, below + 34)
    _draw_verdict(page, decode_greedily(log_probs, reader.alphabet)[0].text, reading, below + 196)
    _draw_scale(page, below + 196)
    return page.image()


def find_best_runs(probs: npt.NDArray[np.floating], lines: int = 1) -> list[CtcRun]:
    """Finds the best path of probabilities (T, C), cut where its class changes and where a line ends."""
    path = probs.argmax(axis=1)
    per_line = len(path) // lines
    cuts = [t for t in range(1, len(path)) if path[t] != path[t - 1] or t % per_line == 0]
    edges = [0, *cuts, len(path)]
    return [CtcRun(first, last, int(path[first])) for first, last in pairwise(edges)]


def shade_probabilities(probs: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Probabilities of any shape as RGB, one axis more; their square root, so that small ones can be seen."""
    place = np.sqrt(np.clip(probs, 0, 1)) * (len(SHADES) - 1)
    channels = [np.interp(place, range(len(SHADES)), [colour[i] for colour in SHADES]) for i in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def _draw_head(page: FigurePage, image: Image, reading: Reading) -> None:
    """Draws the plate as it came, the text read with one confidence a character, and the alternatives."""
    picture = scale_to_fit(image, 330, 132)
    page.photograph(picture, (EDGE, EDGE + (132 - picture.height) // 2))
    x, big = EDGE + 330 + 32, open_font(46, bold=True, mono=True)
    small = open_font(14)
    step = min(48, (page.width - x - 280) // max(1, len(reading.text)))
    for i, character in enumerate(reading.text):
        page.text((x + i * step + step // 2, EDGE + 24), character, INK, big, anchor="mm")
        confidence = reading.char_confidences[i]
        page.rectangle((x + i * step + 3, EDGE + 54, x + (i + 1) * step - 4, EDGE + 60), fill=LINE)
        end = x + i * step + 3 + round((step - 7) * confidence)
        page.rectangle((x + i * step + 3, EDGE + 54, end, EDGE + 60), fill=BEST)
        page.text((x + (i + 0.5) * step, EDGE + 72), f"{confidence:.2f}", MUTED, open_font(11), anchor="mm")
    if not reading.text:
        page.text((x, EDGE + 24), "nothing read", MUTED, open_font(30), anchor="lm")
    page.text((x, EDGE + 112), f"confidence {reading.confidence:.1%}", INK, open_font(17, bold=True), anchor="lm")
    at = page.width - 236
    page.text((at, EDGE), "or else", MUTED, small)
    for i, other in enumerate(reading.alternatives[:5]):
        page.text((at, EDGE + 24 + i * 21), other.text or "(nothing)", INK, open_font(15, mono=True))
        share = f"{other.confidence:.1%}" if other.confidence >= 0.0005 else "< 0.1%"
        page.text((page.width - EDGE, EDGE + 24 + i * 21), share, MUTED, small, anchor="ra")


def _draw_strips(page: FigurePage, image: Image, columns: MatrixColumns, top: int) -> None:
    """Draws the plate as the network gets it, above the steps of each text line."""
    for line in range(columns.lines):
        left, right = columns.line(line)
        strip = cv2.resize(image, (right - left, STRIP), interpolation=cv2.INTER_AREA)
        if strip.ndim == 2:  # a grey network's picture
            strip = cv2.cvtColor(strip, cv2.COLOR_GRAY2BGR)
        page.photograph(Pil.fromarray(strip[:, :, ::-1].copy()), (left, top))
        if columns.lines > 1:
            page.text((left, top - 18), f"text line {line + 1}", MUTED, open_font(12))


def _draw_matrix(
    page: FigurePage,
    probs: npt.NDArray[np.floating],
    columns: MatrixColumns,
    names: Sequence[str],
    top: int,
) -> None:
    """Cells shaded by probability; classes named at both ends of their row, steps below."""
    shades = shade_probabilities(np.roll(probs, -1, axis=1))  # the blank, class 0, goes to the last row
    height = ROW * len(names)
    for t in range(columns.steps):
        column = np.repeat(shades[t][:, None], ROW, axis=0)
        cell = np.repeat(column, columns.end(t) - columns.x(t), axis=1)
        page.diagram(cell, (columns.x(t), top))
    for i, name in enumerate(names):
        y = top + i * ROW + ROW // 2
        face = open_font(12, bold=len(name) == 1, mono=len(name) == 1)
        page.text((LEFT - 10, y), name, INK, face, anchor="rm")
        if len(name) == 1:
            page.text((page.width - RIGHT + 10, y), name, INK, face, anchor="lm")
    for line in range(columns.lines):
        left, right = columns.line(line)
        for y in range(top, top + height + 1, ROW):
            page.line((left, y, right - 1, y), fill=(240, 242, 246))
        page.rectangle((left - 1, top - 1, right, top + height), outline=LINE)
    apart = 5 if columns.x(5) - columns.x(0) >= 28 else 10  # or the numbers would touch
    for t in range(0, columns.steps, apart):
        page.text(((columns.x(t) + columns.end(t)) / 2, top + height + 10), str(t), MUTED, open_font(10), anchor="mm")
    page.text((LEFT - 10, top + height + 10), "step", MUTED, open_font(10), anchor="rm")


def _draw_best_path(page: FigurePage, runs: Sequence[CtcRun], columns: MatrixColumns, top: int, rows: int) -> None:
    """Draws a frame around each run of the best path."""
    for run in runs:
        y = top + ROW * ((run.label - 1) % rows)
        box = (columns.x(run.first), y, columns.end(run.last - 1) - 1, y + ROW)
        blank = run.label == Alphabet.BLANK
        page.rectangle(box, outline=BEST_BLANK if blank else BEST, width=1 if blank else 2)


def _draw_collapse(
    page: FigurePage, runs: Sequence[CtcRun], columns: MatrixColumns, alphabet: Alphabet, top: int
) -> None:
    """Draws three rows: the best class of each step, equal neighbours glued, blanks taken away."""
    for i, title in enumerate(("best", "glued", "text")):
        page.text((LEFT - 10, top + 14 + i * 52), title, MUTED, open_font(12), anchor="rm")
    each, glued, text = open_font(11, mono=True), open_font(15, mono=True), open_font(22, bold=True, mono=True)
    for run in runs:
        left, right = columns.x(run.first), columns.end(run.last - 1)
        blank = run.label == Alphabet.BLANK
        name = BLANK_SIGN if blank else alphabet.decode([run.label])
        middle, colour = (left + right) / 2, MUTED if blank else INK
        for t in range(run.first, run.last):
            page.text(((columns.x(t) + columns.end(t)) / 2, top + 14), name, colour, each, anchor="mm")
        page.line((left + 2, top + 30, right - 3, top + 30), fill=LINE if blank else BEST, width=2)
        page.line((middle, top + 31, middle, top + 46), fill=LINE if blank else BEST)
        page.text((middle, top + 66), name, colour, glued, anchor="mm")
        if not blank:
            page.line((middle, top + 80, middle, top + 98), fill=BEST)
            page.rounded_rectangle((middle - 13, top + 100, middle + 13, top + 132), 6, fill=CHIP, outline=BEST)
            page.text((middle, top + 116), name, INK, text, anchor="mm")


def _draw_verdict(page: FigurePage, best_path: str, reading: Reading, y: int) -> None:
    """Draws whether the best single path and all paths together say the same."""
    text = write_in_order(best_path)
    said = f"The best path spells {best_path or 'nothing'}" + (f", written {text}" if text != best_path else "")
    if text == reading.text:
        said += ", and so do all paths together."
    else:
        said += f"; all paths together make {reading.text or 'nothing'} more probable, and that is what is read."
    page.text((LEFT, y), said, MUTED, open_font(13), anchor="lm")


def _draw_scale(page: FigurePage, y: int) -> None:
    """Draws what the shades mean."""
    right, face = page.width - RIGHT - 14, open_font(11)
    steps = np.linspace(0, 1, 120)[None, :].repeat(10, axis=0)
    page.diagram(shade_probabilities(steps), (right - 120, y - 5))
    page.rectangle((right - 121, y - 6, right, y + 5), outline=LINE)
    page.text((right - 128, y), "probability 0", MUTED, face, anchor="rm")
    page.text((right + 6, y), "1", MUTED, face, anchor="lm")
