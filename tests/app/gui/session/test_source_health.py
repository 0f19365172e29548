from datetime import UTC, datetime, timedelta

import pytest

from app.gui.session.source_health import SourceHealth
from app.sources.capture import CaptureState, CaptureStatus

NOON = datetime(2026, 5, 31, 12, tzinfo=UTC)


def status(frames: int, state: CaptureState = CaptureState.LIVE, error: str = "") -> CaptureStatus:
    return CaptureStatus(state, 15.0, frames, 0, 0, 0, error)


def watched(seconds: float, camera_fps: float, read_fps: float) -> SourceHealth:
    """A camera that was watched twice a second for so long."""
    health = SourceHealth()
    for step in range(round(seconds * 2) + 1):
        at = step / 2
        health.add_sample(at, NOON + timedelta(seconds=at), status(round(at * camera_fps)), round(at * read_fps))
    return health


def test_rates_are_those_of_the_last_ten_seconds_and_the_share_that_of_the_last_minute() -> None:
    health = watched(100, 15, 0.9)
    assert health.camera_fps == pytest.approx(15, abs=0.2) and health.read_fps == pytest.approx(0.9, abs=0.1)
    assert health.skipped_share == pytest.approx(0.94, abs=0.01)
    assert health.lags and health.is_slow


@pytest.mark.parametrize(
    ("seconds", "camera_fps", "read_fps", "slow"),
    [(60, 15, 14, False), (60, 30, 12, False), (60, 2, 2, False), (60, 25, 3, True), (4, 25, 1, False)],
)
def test_a_camera_is_slow_where_it_sends_enough_and_little_of_it_is_read(
    seconds: float, camera_fps: float, read_fps: float, slow: bool
) -> None:
    assert watched(seconds, camera_fps, read_fps).is_slow is slow


def test_an_outage_lasts_through_all_tries_until_a_picture_comes() -> None:
    health = SourceHealth()
    states = [
        (CaptureState.CONNECTING, ""), (CaptureState.LIVE, ""), (CaptureState.LOST, "gate: no connection"),
        (CaptureState.CONNECTING, "gate: no connection"), (CaptureState.LOST, "gate: no connection"),
    ]  # fmt: skip
    for second, (state, error) in enumerate(states):
        health.add_sample(second, NOON + timedelta(seconds=second), status(second, state, error), 0)
    assert health.outage is not None and health.outage.since == NOON + timedelta(seconds=2)
    assert health.outage.reason == "gate: no connection" and not health.outage.connected
    health.add_sample(9, NOON + timedelta(seconds=9), status(9), 0)
    assert health.outage is None
    assert [(each.since, each.until) for each in health.outages] == [
        (NOON + timedelta(seconds=2), NOON + timedelta(seconds=9))
    ]


def test_a_source_that_is_opened_anew_is_watched_anew() -> None:
    health = watched(60, 15, 1)
    health.add_sample(61, NOON + timedelta(seconds=61), status(0), 0)
    assert not health.is_slow and health.skipped_share is None
