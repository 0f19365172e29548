"""The shipped networks on the demo clip with captions burnt in that look like plates: none of them becomes a row."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from app.pipeline.events import PlateEvent
from app.pipeline.loading import load_pipeline
from app.pipeline.types import Image
from app.sources.identify import identify
from app.sources.source_id import TrackKey
from app.sources.video_file import VideoFile
from recognizer.plate_text import edit_distance

DEMO = Path(__file__).resolve().parents[3] / "assets" / "demo" / "street.mp4"
VEHICLES = {"MKT4827", "GK394B"}  # those that have passed by then
CAPTIONS = {"GATE 12A": (20, 700), "HX 4711": (1080, 700), "AB12 CDE": (560, 40), "CAM 04": (1100, 40)}
FRAMES = 100
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def captioned(image: Image, seconds: float, paper: tuple[int, int, int], ink: tuple[int, int, int]) -> Image:
    drawn = image.copy()
    clock = f"12-03-26 08:03:{22 + int(seconds)}"
    for text, (x, y) in {**CAPTIONS, clock: (20, 40)}.items():
        (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1, 2)
        cv2.rectangle(drawn, (x - 8, y - height - 10), (x + width + 8, y + 10), paper, -1)
        cv2.putText(drawn, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 1, ink, 2, cv2.LINE_AA)
    return drawn


@pytest.mark.parametrize(("paper", "ink"), [(BLACK, WHITE), (WHITE, BLACK)], ids=["white on black", "black on white"])
def test_captions_like_plates_are_no_rows(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    pipeline, source = load_pipeline("cpu"), VideoFile(identify(str(DEMO)))
    source.open()
    last: dict[TrackKey, PlateEvent] = {}
    for _ in range(FRAMES):
        frame = source.read()
        assert frame is not None
        shown = replace(frame, image=captioned(frame.image, frame.media_time, paper, ink))
        last |= {event.key: event for event in pipeline.process([shown]).events}
    source.close()
    last |= {event.key: event for event in pipeline.finish(source.spec.source_id)}
    rows = {event.text.plate for event in last.values() if not event.identity.gone}
    print(f"rows {sorted(rows)}; rejected: {sorted((r.text, r.reason.value) for r in pipeline.rejections())}")
    assert rows >= VEHICLES
    written = {text.replace(" ", "") for text in CAPTIONS}
    assert not [row for row in rows if row.isdecimal() or min(edit_distance(row, text) for text in written) <= 2]
