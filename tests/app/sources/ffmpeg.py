"""FFmpeg's program, from the package imageio-ffmpeg: makes the recordings and streams that cv2 cannot."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

STREET = "testsrc=size=160x120:rate=12"  # a moving test picture


def ffmpeg() -> str:
    """Return the program."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def make(path: Path, *options: str, seconds: float = 3.0, picture: str = STREET) -> Path:
    """Write a recording of a test picture; the options stand before the file's name."""
    words = ["-y", "-v", "error", "-f", "lavfi", "-t", str(seconds), "-i", picture, *options, str(path)]
    done = subprocess.run([ffmpeg(), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return path


def convert(source: Path, path: Path, *options: str) -> Path:
    """Write a recording anew with options."""
    done = subprocess.run(
        [ffmpeg(), "-y", "-v", "error", "-i", str(source), *options, str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return path
