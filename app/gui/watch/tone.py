"""The tone of a hit: played by what the system has for it, else its plain beep, which many systems have turned off."""

import io
import math
import shutil
import struct
import sys
import tempfile
import wave
from functools import lru_cache
from pathlib import Path

from PyQt5.QtCore import QProcess
from PyQt5.QtWidgets import QApplication

_PLAYERS = ("pw-play", "paplay", "aplay", "afplay")
_RATE = 22_050  # samples a second
_NOTES = ((880.0, 0.16), (1318.5, 0.34))  # Hz, seconds
_LOUDNESS = 0.5


def play_tone() -> None:
    """Play the tone, without waiting for its end."""
    found = find_players()
    try:
        if sys.platform == "win32":
            import winsound

            winsound.PlaySound(str(_file()), winsound.SND_FILENAME | winsound.SND_ASYNC)
            return
        # The first that works: one may be installed whose sound server is not running.
        tries = " || ".join(f'"{player}" "$0"' for player in found)
        if found and QProcess.startDetached("sh", ["-c", f"{{ {tries}; }} >/dev/null 2>&1", str(_file())]):
            return
    except OSError:  # no room for the file
        pass
    QApplication.beep()


def find_players() -> list[str]:
    """Return the programs of this system that play a file."""
    return [path for name in _PLAYERS if (path := shutil.which(name)) is not None]


def make_chime() -> bytes:
    """Return the tone as a WAV file: two notes that rise, each dying away."""
    samples = [
        _LOUDNESS * math.exp(-5 * at / length / _RATE) * min(1.0, at / 200) * math.sin(2 * math.pi * pitch * at / _RATE)
        for pitch, length in _NOTES
        for at in range(round(length * _RATE))
    ]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *(round(32_767 * sample) for sample in samples)))
    return made.getvalue()


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="platescribe-tone-")  # goes when the program ends


def _file() -> Path:
    path = Path(_folder().name) / "hit.wav"
    if not path.is_file():
        path.write_bytes(make_chime())
    return path
