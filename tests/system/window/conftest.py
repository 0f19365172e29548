"""The tests of the whole window stand on what the tests of its parts stand on."""

from tests.app.gui.conftest import (  # noqa: F401  (fixtures)
    clip,
    empty_session,
    large_log,
    no_collection_while_events_run,
    no_qt_warnings,
    quiet,
    session,
    window,
    x_display,
)
