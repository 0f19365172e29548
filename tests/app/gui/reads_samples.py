"""A session over a small log with pictures, without networks: what the pages stand on."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication

from app.config.settings import Settings
from app.gui.session.log_session import OpenLog
from app.gui.session.window_session import WindowSession
from app.gui.widgets import theme
from app.pipeline.events import EventKind, PlateEvent, TrackReading
from app.pipeline.pipeline import Pipeline
from app.pipeline.types import Image
from app.records import Record
from app.sinks.window import WindowFeed
from app.store.journal import open_journal
from app.store.store import Store
from app.store.types import Entry
from app.store.writer import jpeg
from detector.types import Box
from recognizer.readings import Alternative, Reading
from tests.app.made_events import made_event

PLATES = ("KA51MB7893", "AB12CDE", "7TJ9021", "51F97022", "WX48ZYT", "SJ21OPL", "30A12345", "GBZ808", "LN65VUC")
NOW = datetime.now(UTC).replace(microsecond=0)


def street(plate: str, shade: int = 90) -> tuple[Image, Image, Box]:
    """Draw a frame with a plate in it; the frame, the crop and the plate's box."""
    frame = np.full((360, 640, 3), shade, np.uint8)
    frame[220:] = 60
    cv2.rectangle(frame, (180, 120), (470, 300), (120, 70, 40), -1)
    cv2.rectangle(frame, (215, 135), (435, 200), (70, 60, 50), -1)
    box = Box(250, 240, 400, 276)
    cv2.rectangle(frame, (250, 240), (399, 275), (235, 240, 240), -1)
    size = 1.05 - 0.04 * len(plate)
    cv2.putText(frame, plate, (254, 266), cv2.FONT_HERSHEY_SIMPLEX, size, (20, 20, 20), 2, cv2.LINE_AA)
    return frame, frame[236:280, 244:406].copy(), box


def event_of(number: int, kind: EventKind = EventKind.FINAL, revision: int = 1) -> PlateEvent:
    """An event of the live list."""
    plate = PLATES[number % len(PLATES)]
    frame, crop, box = street(plate, 70 + 12 * (number % 8))
    sure = tuple(
        0.99 - 0.07 * ((number + place) % 3) - (0.4 if (place + number) % 7 == 0 else 0) for place in range(len(plate))
    )
    when = NOW - timedelta(seconds=30 - number)
    readings = tuple(
        TrackReading(Reading(plate, 0.9, sure), at, at / 25, when, box, 40.0, 0.5 + at / 10) for at in range(5)
    )
    return made_event(
        number,
        plate,
        kind,
        revision,
        "Gate north",
        confidence=0.97 - 0.06 * (number % 5),
        char_confidences=sure,
        alternatives=(Alternative(plate.replace("0", "O"), 0.04), Alternative(plate[:-1] + "8", 0.02)),
        region="GB",
        agreeing=4,
        reading_count=5,
        first_s=10.0 + number,
        last_s=12.0 + number,
        first_time=when,
        last_time=when,
        box=box,
        crop=crop,
        frame=frame,
        frame_index=number,
        media_s=11.0,
        readings=readings,
    )


def visit_of(number: int) -> Entry:
    """A visit of the log with its pictures."""
    plate = PLATES[number % len(PLATES)]
    frame, crop, box = street(plate, 70 + 12 * (number % 8))
    sure = tuple(
        0.99 - 0.05 * ((number + place) % 3) - (0.4 if (place + number) % 9 == 0 else 0) for place in range(len(plate))
    )
    when = NOW - timedelta(hours=3 * number + 1)
    visit = Record(
        plate, ("Gate north", "Car park", "clips/evening.mp4")[number % 3], when, when + timedelta(seconds=3),
        confidence=0.99 - 0.07 * (number % 6), char_confidences=sure, reads=3 + number % 5, run="old",
        track=f"t{number}",
        alternatives=(Alternative(plate.replace("1", "I"), 0.05),), first_s=12.5 + number, last_s=15.0 + number,
        box=(box.x1, box.y1, box.x2, box.y2), list_name=("block", "allow", "", "", "", "", "")[number % 7],
        note="Courier" if number == 2 else "",
    )  # fmt: skip
    return Entry(visit, jpeg(crop, 95), jpeg(frame, 85))


def no_networks() -> Pipeline:
    """Stand for the loading of networks in tests that read nothing."""
    raise RuntimeError("this test has no networks")


def make_session(folder: Path, visits: int = 40) -> WindowSession:
    """Return a session over a new log with some visits; its engine is not started."""
    feed = WindowFeed()
    journal = open_journal(folder / "plates.sqlite3", on_alarm=feed.on_alarm, on_saved=feed.on_saved)
    store = journal.store
    assert isinstance(store, Store)
    if visits:
        store.save([visit_of(number) for number in range(visits)])
    return WindowSession(Settings(), OpenLog(journal), feed, no_networks)


@pytest.fixture
def session(qapp: QApplication, tmp_path: Path) -> Iterator[WindowSession]:
    """A session over a log of 40 visits."""
    theme.apply(qapp, theme.LIGHT)
    made = make_session(tmp_path)
    yield made
    made.shutdown()


@pytest.fixture
def empty_session(qapp: QApplication, tmp_path: Path) -> Iterator[WindowSession]:
    """A session over an empty log."""
    theme.apply(qapp, theme.LIGHT)
    made = make_session(tmp_path, 0)
    yield made
    made.shutdown()
