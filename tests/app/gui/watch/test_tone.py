"""The tone of a hit, played by whichever program works."""

import io
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.gui.watch import tone
from tests.app.gui.shell import wait_for


def test_it_is_half_a_second_of_sound_that_ends_softly() -> None:
    with wave.open(io.BytesIO(tone.make_chime())) as file:
        assert 0.4 < file.getnframes() / file.getframerate() < 0.7
        heard = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(float)
    assert np.abs(heard).max() > 8_000 and np.abs(heard[-200:]).max() < 500


@pytest.mark.skipif(sys.platform == "win32", reason="Windows plays it by itself")
def test_the_next_program_is_tried_where_one_fails(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, broken, good = tmp_path / "heard", tmp_path / "broken", tmp_path / "good player"
    broken.write_text("#!/bin/sh\nexit 1\n")
    good.write_text(f'#!/bin/sh\nhead -c 4 "$1" > "{heard}.part" && mv "{heard}.part" "{heard}"\n')
    for program in (broken, good):
        program.chmod(0o700)
    monkeypatch.setattr(tone, "find_players", lambda: [str(broken), str(good)])
    monkeypatch.setattr(QApplication, "beep", lambda: pytest.fail("there was a program to play it"))
    tone.play_tone()
    wait_for(qtbot, heard.is_file)
    assert heard.read_bytes() == b"RIFF"


def test_without_any_the_system_beeps(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))
    tone.play_tone()
    assert beeps == [1]
