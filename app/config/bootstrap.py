"""The environment, set before cv2, torch, Qt or ultralytics is imported. Imports none of them itself."""

import os
import sys
from pathlib import Path

from platformdirs import user_cache_path

APP_NAME = "platescribe"

# RTSP: over UDP a lost packet smears the picture, and plates with it, so TCP comes first; where a camera refuses that,
# FFmpeg goes on to UDP and multicast by itself. No `timeout` here: for RTMP that means "listen". The time-outs are
# given when a stream is opened.
_FFMPEG_OPTIONS = "rtsp_flags;prefer_tcp"
_QT_VARIABLES_OF_CV2 = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def usable_cpus() -> int:
    """Number of processors this process may run on, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def variables(cache: Path, platform: str = sys.platform) -> dict[str, str]:
    """Return the environment variables wanted on a platform (as sys.platform names it); cache is a folder of ours."""
    wanted = {
        # ultralytics: no DNS look-up, no usage data, no installing, no pickled code, its settings in our folder.
        "YOLO_OFFLINE": "1",
        "YOLO_AUTOINSTALL": "0",
        "YOLO_CONFIG_DIR": str(cache / "ultralytics"),
        "YOLO_VERBOSE": "0",
        "ULTRALYTICS_SAFE_LOAD": "1",
        # ultralytics would set 1 where nothing is set; more threads than processors make torch ten times slower.
        "OMP_NUM_THREADS": str(usable_cpus()),
        "OPENCV_FFMPEG_CAPTURE_OPTIONS": _FFMPEG_OPTIONS,
        # FFmpeg prints addresses with their passwords; what went wrong is said by us, with the file's name.
        "OPENCV_FFMPEG_LOGLEVEL": "-8",
        "OPENCV_LOG_LEVEL": "FATAL",
        # A few bytes can claim to be a picture that fills the memory: beyond 200 megapixels none is decoded.
        "OPENCV_IO_MAX_IMAGE_PIXELS": "200000000",
        # matplotlib: no window of its own, its font list in our folder.
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(cache / "matplotlib"),
    }
    if platform == "win32":
        wanted["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] = "0"  # else opening a camera takes half a minute
    return wanted


def prepare() -> None:
    """Set what must be set before the heavy libraries are imported; what the user has set already stays."""
    for name, value in variables(user_cache_path(APP_NAME)).items():
        os.environ.setdefault(name, value)
    # OpenVINO's converter reports each use to its maker where it can import this; where not, it has a stand-in.
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


def qt_environment() -> None:
    """Undo what `import cv2` does to Qt; call it before QApplication is made.

    cv2 points Qt at its own plugins, in either order of import, and a PyQt5 window then dies with
    'Could not load the Qt platform plugin "xcb"'.
    """
    import cv2

    folder = str(Path(cv2.__file__).parent)
    for name in _QT_VARIABLES_OF_CV2:
        if os.environ.get(name, "").startswith(folder):
            del os.environ[name]


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, on Linux where a display or a platform is named."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
