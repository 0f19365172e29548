"""What every test stands on: the program's own environment, one folder of settings and logs apart from the user's."""

import os
from ctypes.util import find_library
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if find_library("cuda") is None:  # kernels for a card are interpreted here; Triton asks when it is imported
    os.environ.setdefault("TRITON_INTERPRET", "1")

from app.config import bootstrap

bootstrap.prepare()

import hypothesis  # noqa: E402
import pytest  # noqa: E402

# How long an example takes says how busy the machine is, and no more.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the user's settings or log: platformdirs points into a folder of this test."""
    home = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    return home


@pytest.fixture
def shared_data() -> Path:
    """The folder of real pictures and clips beside the project; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real pictures and clips (../shared/data) are not on this machine")
    return SHARED_DATA
