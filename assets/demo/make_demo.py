"""Render the demo clip and its truth: `python -m assets.demo.make_demo`. Needs ffmpeg; the clip itself is committed.

A street with two lanes; vehicles of several countries drive towards a camera on the pavement. Everything in the
picture is computed here: true perspective, a shutter of some milliseconds, optics, sensor noise. The same seed
gives the same pictures.
"""

import argparse
import csv
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from assets.demo import vehicles as v
from assets.demo.camera import Camera, Image, paint
from assets.demo.paint import Colour, noise
from assets.demo.plates import draw
from assets.demo.scene import background

HERE = Path(__file__).resolve().parent
FPS, SECONDS = 25, 15.0
SHUTTER_S, SUBFRAMES = 1 / 180, 4
LANES = (-1.9, -4.4)
READABLE_PX = 15  # a plate lower than this counts as not yet there in the truth file


@dataclass(frozen=True, slots=True)
class Passage:
    """One vehicle: its plate's format and spelling, its body and lane, when it passes 5 m and how fast (m/s)."""

    code: str
    spelling: str
    shape: v.Shape
    colour: Colour
    lane: int
    at: float
    speed: float = 4.5

    def distance(self, seconds: float) -> float:
        """Metres from the camera's plane to the vehicle's front."""
        return 5.0 + (self.at - seconds) * self.speed


PASSAGES = (  # pairs side by side, so that no vehicle hides another's plate for long
    Passage("NL", "'GK'-'394'-'B'", v.SMALL, (44, 44, 158), 1, 2.9),
    Passage("DE", "'M'*'KT' '4827'", v.ESTATE, (96, 66, 38), 0, 2.9),
    Passage("VN-2-car", "'51A'/'638'.'27'", v.SUV, (206, 208, 210), 1, 6.8),
    Passage("GB", "'LV68' 'HXC'", v.HATCHBACK, (150, 148, 144), 0, 7.0),
    Passage("ES", "'4817' 'KLM'", v.HATCHBACK, (48, 46, 44), 1, 10.9),
    Passage("FR", "'FT'-'582'-'ZK'", v.SUV, (120, 84, 62), 0, 11.1),
    Passage("PL", "'WX' '4173L'", v.VAN, (214, 214, 210), 0, 14.7),
)


class Street:
    """The whole scene; `frame` renders any moment of it."""

    def __init__(self, seed: int = 7) -> None:
        self.camera = Camera()
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.plates = [draw(p.code, p.spelling, seed + i) for i, p in enumerate(PASSAGES)]

    @cached_property
    def still(self) -> Image:
        """The street without vehicles."""
        return background(self.camera, self.seed)

    @cached_property
    def vehicles(self) -> list[v.Vehicle]:
        """The vehicles of PASSAGES, in their order."""
        return [
            v.Vehicle(p.shape, p.colour, plate.picture, plate.size, self.seed + i)
            for i, (p, plate) in enumerate(zip(PASSAGES, self.plates, strict=True))
        ]

    def frame(self, index: int) -> Image:
        """One picture (720, 1280, 3) BGR as the camera gives it."""
        start = index / FPS
        total = np.zeros((self.camera.height, self.camera.width, 3), np.float32)
        for part in range(SUBFRAMES):
            total += self._instant(start + SHUTTER_S * part / SUBFRAMES)
        return self._exposed(total / SUBFRAMES)

    def plate_box(self, passage: int, seconds: float) -> tuple[float, float, float, float] | None:
        """Box of a vehicle's plate in pixels, None where it is not wholly in the picture."""
        p = PASSAGES[passage]
        z = p.distance(seconds)
        if z < 2:
            return None
        points = self.camera.project(v.plate_corners(p.shape, self.plates[passage].size, LANES[p.lane], z))
        (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
        inside = x1 >= 0 and y1 >= 0 and x2 < self.camera.width and y2 < self.camera.height
        return (float(x1), float(y1), float(x2), float(y2)) if inside else None

    def readable(self, seconds: float) -> list[int]:
        """Which passages' plates can be read at a moment: high enough, in the picture, not hidden by a vehicle."""
        canvas = np.zeros_like(self.still)
        boxes = {}
        for index in self._far_to_near(seconds):
            vehicle, z, x = self.vehicles[index], PASSAGES[index].distance(seconds), LANES[PASSAGES[index].lane]
            vehicle.draw(canvas, self.camera, x, z)
            if (box := self.plate_box(index, seconds)) and box[3] - box[1] >= READABLE_PX:
                boxes[index] = tuple(round(side) for side in box)
                mark = np.full((160, 320, 4), 255, np.uint8)
                mark[..., :3] = (7, 240, index)  # a colour that no vehicle has
                paint(canvas, self.camera, mark, vehicle.plate_corners(x, z - 0.02))
        found = []
        for index, (x1, y1, x2, y2) in boxes.items():
            inside = np.all(canvas[y1:y2, x1:x2] == (7, 240, index), axis=2)
            if inside.mean() > 0.6:
                found.append(index)
        return found

    def _far_to_near(self, seconds: float) -> list[int]:
        distances = {index: p.distance(seconds) for index, p in enumerate(PASSAGES)}
        # The camera stands on the near lane's side: nothing of the far lane can hide anything of the near one.
        return sorted(
            (i for i, z in distances.items() if -8 < z < 70), key=lambda i: (-PASSAGES[i].lane, -distances[i])
        )

    def _instant(self, seconds: float) -> Image:
        canvas = self.still.copy()
        for index in self._far_to_near(seconds):
            p = PASSAGES[index]
            self.vehicles[index].draw(canvas, self.camera, LANES[p.lane], p.distance(seconds))
        return canvas

    def _exposed(self, light: np.ndarray) -> Image:
        """Optics and sensor: slight blur, vignette, tone curve, noise that is stronger in the dark."""
        light = cv2.GaussianBlur(light, (0, 0), 0.7) * self._vignette
        light = 255 * np.clip(light / 255, 0, 1) ** 1.06 + 4
        grain = self.rng.standard_normal(light.shape[:2]).astype(np.float32)
        colour = noise(self.rng, light.shape[1], light.shape[0], 3)
        light += grain[..., None] * (3.0 - light.mean(axis=2, keepdims=True) / 255) + colour[..., None] * (
            0.8,
            0.0,
            -0.8,
        )
        return np.clip(light, 0, 255).astype(np.uint8)

    @cached_property
    def _vignette(self) -> np.ndarray:
        y, x = np.mgrid[-1 : 1 : self.camera.height * 1j, -1 : 1 : self.camera.width * 1j]
        return (1.02 - 0.16 * (x * x + y * y) / 2).astype(np.float32)[..., None]


def truth_rows(street: Street, name: str) -> list[tuple[str, ...]]:
    """One row a vehicle: from when to when its plate is in the picture, unhidden and at least READABLE_PX high."""
    seen: list[list[float]] = [[] for _ in PASSAGES]
    for n in range(0, round(SECONDS * FPS), 3):
        for index in street.readable(n / FPS):
            seen[index].append(n / FPS)
    return [
        (name, plate.text, f"{times[0]:.2f}", f"{times[-1]:.2f}", "", p.code[:2])
        for p, plate, times in zip(PASSAGES, street.plates, seen, strict=True)
    ]


def main() -> None:
    """Write the clip and its truth, or single pictures for a look."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "street.mp4")
    parser.add_argument("--truth", action="store_true", help="only print the truth rows")
    parser.add_argument("--look", type=Path, help="write only every 25th picture, as PNG, into this folder")
    args = parser.parse_args()
    street = Street()
    if args.truth:
        print(*truth_rows(street, args.out.name), sep="\n")
        return
    if args.look:
        args.look.mkdir(parents=True, exist_ok=True)
        for index in range(0, round(SECONDS * FPS), FPS):
            cv2.imwrite(str(args.look / f"{index:03d}.png"), street.frame(index))
        return
    size = f"{street.camera.width}x{street.camera.height}"
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "bgr24",
        "-s",
        size,
        "-r",
        str(FPS),
        "-i",
        "-",
    ]
    command += ["-c:v", "libx264", "-preset", "slow", "-crf", "27", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    with subprocess.Popen([*command, str(args.out)], stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin
        for index in range(round(SECONDS * FPS)):
            encoder.stdin.write(street.frame(index).tobytes())
    with args.out.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("video", "plate_text", "first_s", "last_s", "also_accepted", "country"))
        writer.writerows(truth_rows(street, args.out.name))


if __name__ == "__main__":
    main()
