"""Commands: each message starts a program of the user's, which gets the message as JSON on its standard input."""

import json
import os
import shlex
import subprocess
from collections.abc import Mapping
from typing import Any

from app.config.redaction import redact
from app.notifications.message import Message
from app.notifications.sender import (
    TIMEOUT_S,
    DeliveryError,
    Kind,
    ReceiverError,
    ReceiverOption,
    Sender,
    register_kind,
)

OPTIONS = (
    ReceiverOption("command", "Program and its arguments, as one text or a list; no shell is involved.", required=True),
    ReceiverOption("timeout_s", "A program that runs longer is ended, in seconds.", default=TIMEOUT_S),
)


class CommandSender(Sender):
    """Starts a program for each message and waits for it; exit status 0 means that the message arrived."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        words = options["command"]
        self._words = shlex.split(words, posix=os.name != "nt") if isinstance(words, str) else [str(w) for w in words]
        if not self._words:
            raise ReceiverError("command: names no program")
        self._timeout_s = float(options["timeout_s"])

    def send(self, message: Message) -> None:
        """Runs the program with the message on its standard input."""
        body = json.dumps(message.to_json(), ensure_ascii=False).encode()
        fields = {f"PLATESCRIBE_{name.upper()}": value for name, value in message.fields().items() if "\0" not in value}
        try:
            done = subprocess.run(
                self._words,
                input=body,
                capture_output=True,
                timeout=self._timeout_s,
                env=os.environ | fields,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(f"{self._words[0]} ran longer than {self._timeout_s:g} s and was ended") from error
        except (OSError, ValueError) as error:
            raise DeliveryError(f"{self._words[0]} cannot be started: {error}") from error
        if done.returncode != 0:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise DeliveryError(redact(f"{self._words[0]} ended with {done.returncode}: {''.join(last)}"))


register_kind(Kind("command", "Command", OPTIONS, CommandSender))
