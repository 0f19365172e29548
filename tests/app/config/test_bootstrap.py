import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import bootstrap

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("cv2", "torch", "PyQt5", "ultralytics", "openvino")

OPEN_A_WINDOW = """
from app.config import bootstrap
bootstrap.prepare()
import cv2
bootstrap.qt_environment()
from PyQt5.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("window")
label.show()
app.processEvents()
print(app.platformName(), label.isVisible())
"""


def _python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = ("QT_", "YOLO_", "OPENCV_", "OMP_", "MPL")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env | environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def x_display() -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed (Debian and Ubuntu: apt-get install xvfb)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def test_nothing_heavy_is_imported_by_the_bootstrap_or_the_command_line() -> None:
    code = f"import sys, app.cli.main, app.config.bootstrap; print([name for name in {HEAVY} if name in sys.modules])"
    assert _python(code).stdout.strip() == "[]"


def test_every_variable_of_the_pitfalls_is_set_before_the_imports() -> None:
    code = "from app.config import bootstrap; bootstrap.prepare(); import os; print(dict(os.environ))"
    environment = eval(_python(code, XDG_CACHE_HOME="/somewhere").stdout)
    assert environment["YOLO_OFFLINE"] == "1"
    assert environment["YOLO_AUTOINSTALL"] == "0"
    assert environment["ULTRALYTICS_SAFE_LOAD"] == "1"
    assert int(environment["OMP_NUM_THREADS"]) == bootstrap.usable_cpus()
    assert environment["OPENCV_FFMPEG_LOGLEVEL"] == "-8" and environment["OPENCV_LOG_LEVEL"] == "FATAL"
    assert "rtsp_flags;prefer_tcp" in environment["OPENCV_FFMPEG_CAPTURE_OPTIONS"]
    if sys.platform.startswith("linux"):
        assert environment["YOLO_CONFIG_DIR"] == "/somewhere/platescribe/ultralytics"


def test_openvino_cannot_report_its_use() -> None:
    code = (
        "from app.config import bootstrap; bootstrap.prepare()\n"
        "from openvino.tools.ovc import telemetry_utils, convert_impl\n"
        "print(telemetry_utils.tm.__name__, convert_impl.tm.__name__)"
    )
    result = _python(code)
    assert [name.rsplit(".")[-1] for name in result.stdout.split()] == ["telemetry_stub"] * 2, result.stderr


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    bootstrap.prepare()
    assert os.environ["OMP_NUM_THREADS"] == "7"


def test_windows_gets_the_flag_against_its_slow_cameras(tmp_path: Path) -> None:
    name = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"
    assert bootstrap.variables(tmp_path, "win32")[name] == "0"
    assert name not in bootstrap.variables(tmp_path, "linux")


def test_qt_environment_removes_only_what_cv2_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    monkeypatch.setenv("QT_QPA_FONTDIR", "/fonts/of/the/user")
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", str(Path(cv2.__file__).parent / "qt" / "plugins"))
    bootstrap.qt_environment()
    assert os.environ["QT_QPA_FONTDIR"] == "/fonts/of/the/user"
    assert "QT_QPA_PLATFORM_PLUGIN_PATH" not in os.environ


@pytest.mark.xvfb
def test_a_window_opens_after_cv2_was_imported(x_display: str) -> None:
    result = _python(OPEN_A_WINDOW, DISPLAY=x_display)
    assert result.stdout.split() == ["xcb", "True"], result.stderr


@pytest.mark.xvfb
def test_without_the_fix_the_window_dies(x_display: str) -> None:
    """The fault the fix is for still exists; once cv2 ships without it, qt_environment can go."""
    result = _python(OPEN_A_WINDOW.replace("bootstrap.qt_environment()", ""), DISPLAY=x_display)
    assert result.returncode != 0
    assert "Could not load the Qt platform plugin" in result.stderr


@pytest.mark.parametrize(
    ("set_variable", "expected"),
    [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("QT_QPA_PLATFORM", True), (None, False)],
)
def test_a_display_is_told_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, set_variable: str | None, expected: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    if set_variable:
        monkeypatch.setenv(set_variable, "x")
    assert bootstrap.has_display() is expected
