"""What the tests of the pipeline share."""

import pytest

from app.pipeline.tracking import PlateTracker


@pytest.fixture(scope="session", autouse=True)
def tracker_imported() -> None:
    """Import ultralytics once, before any test that waits for a thread to do something soon."""
    PlateTracker()
