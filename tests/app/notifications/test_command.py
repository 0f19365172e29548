import json
import sys
from pathlib import Path

import pytest

from app.notifications.sender import DeliveryError
from tests.app.notifications.samples import message, receiver

ECHO = "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + os.environ['PLATESCRIBE_PLATE'])"


def test_a_program_gets_the_message_on_its_input_and_its_fields_in_the_environment(tmp_path: Path) -> None:
    out, sent = tmp_path / "out; rm -rf x", message("A'B$C")
    receiver("command", command=[sys.executable, "-c", ECHO, str(out)]).make_sender().send(sent)

    text = out.read_text()
    assert json.loads(text[: text.rindex("}") + 1]) == sent.to_json()
    assert text.endswith("A'B$C")


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    code = "import sys; sys.exit('the barrier is stuck')"
    with pytest.raises(DeliveryError, match="ended with 1: the barrier is stuck"):
        receiver("command", command=[sys.executable, "-c", code]).make_sender().send(message())


def test_a_program_that_hangs_is_ended() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    with pytest.raises(DeliveryError, match=r"longer than 0\.2 s"):
        receiver("command", command=command, timeout_s=0.2).make_sender().send(message())


def test_a_missing_program_is_named() -> None:
    with pytest.raises(DeliveryError, match="no-such-program cannot be started"):
        receiver("command", command="no-such-program --x").make_sender().send(message())
