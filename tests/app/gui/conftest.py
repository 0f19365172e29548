"""What every test of the window stands on: a warning of Qt is a fault of ours, and fails the test."""

import gc
import os
import tempfile
from collections.abc import Iterator

import pytest

from tests.app.gui.large_log import large_log  # noqa: F401  (a fixture)
from tests.app.gui.reads_samples import empty_session, session  # noqa: F401  (fixtures)
from tests.app.gui.shell import clip, window, x_display  # noqa: F401  (fixtures of the shell's tests)

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="platescribe-tests-"))  # else Qt itself warns

_OFFSCREEN = "This plugin does not support "  # what the platform without a screen cannot do is no fault of ours


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test makes a noise: there is nothing that plays a file."""
    monkeypatch.setattr("app.gui.watch.tone.find_players", list)


@pytest.fixture(autouse=True)
def no_collection_while_events_run() -> Iterator[None]:
    """Dialogs without a parent are parts of cycles: collected in the middle of an event, they crash Qt."""
    gc.collect()
    gc.freeze()  # what lives now is looked at no more, which keeps collecting quick
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.fixture(autouse=True)
def no_qt_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which Qt warned."""
    log = request.getfixturevalue("qtlog")
    yield
    said = [record.message for record in log.records if record.type_name not in ("QtInfoMsg", "QtDebugMsg")]
    said = [message for message in said if not message.startswith(_OFFSCREEN)]
    assert not said, said
