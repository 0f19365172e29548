"""The receivers that the user set up: notifications.toml beside the settings, secrets in the system's keyring."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.config.secrets import Keyring
from app.config.settings import default_path as settings_path
from app.notifications.message import EventName
from app.notifications.rules import ANY_TIME, DEFAULT_EVENTS, Rule
from app.notifications.sender import Kind, ReceiverError, Sender, kinds
from app.store.hours import parse_hours

#: A secret that stands as `env:NAME` is read from that environment variable, as containers and services want it.
_FROM_ENVIRONMENT = "env:"
#: Under this name the system's keyring keeps the secrets.
KEYRING_SERVICE = "platescribe-notifications"
_RULE_NAMES = ("events", "lists", "sources", "zones", "hours", "min_confidence")
_NAME = re.compile(r"[\w .-]{1,64}")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told. options: the values of its kind's options, checked, without secrets from the keyring."""

    name: str
    kind: Kind
    rule: Rule = ANY_TIME
    options: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True

    def make_sender(self, secrets: Keyring | None = None) -> Sender:
        """Returns a sender for this receiver; ReceiverError says what is wrong with its settings."""
        values = {option.name: self.options.get(option.name, option.default) for option in self.kind.options}
        for option in self.kind.options:
            if option.secret:
                values[option.name] = self._secret(str(values[option.name]), option.name, secrets)
            if option.required and values[option.name] in ("", [], ()):
                raise ReceiverError(f"receiver {self.name!r}: {option.name} is missing. {option.help}")
        try:
            return self.kind.make(values)
        except ReceiverError as error:
            raise ReceiverError(f"receiver {self.name!r}: {error}") from error
        except (TypeError, ValueError) as error:
            raise ReceiverError(f"receiver {self.name!r}: a setting has a wrong form ({error})") from error

    def _secret(self, value: str, option: str, secrets: Keyring | None) -> str:
        if value.startswith(_FROM_ENVIRONMENT):
            name = value.removeprefix(_FROM_ENVIRONMENT)
            if name not in os.environ:
                raise ReceiverError(f"receiver {self.name!r}: {option} names the variable {name}, which is not set")
            return os.environ[name]
        if not value and secrets is not None:
            return secrets.get_password(KEYRING_SERVICE, f"{self.name}/{option}") or ""
        return value


def default_path() -> Path:
    """Where the receivers are kept unless told otherwise."""
    return settings_path().with_name("notifications.toml")


def load_receivers(path: Path | None = None) -> tuple[Receiver, ...]:
    """Reads the file of receivers; none where there is no such file.

    Raises ReceiverError naming the file, the receiver and what is wrong: nobody should believe that they will be told
    when they will not.
    """
    path = path or default_path()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, RecursionError) as error:
        raise ReceiverError(f"{path}: cannot be read ({error}). Correct the file or delete it.") from error
    try:
        rows = table.pop("receiver", [])
        if table or not isinstance(rows, list):
            unknown = ", ".join(table) or "receiver"
            raise ReceiverError(f"{unknown!r} is unknown here; each receiver stands below a line [[receiver]]")
        receivers = tuple(_receiver(row) for row in rows)
        names = [receiver.name for receiver in receivers]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ReceiverError(f"two receivers are called {twice!r}; give each a name of its own")
    except ReceiverError as error:
        raise ReceiverError(f"{path}: {error}") from error
    return receivers


def _receiver(row: object) -> Receiver:
    if not isinstance(row, dict):
        raise ReceiverError("each receiver stands below a line [[receiver]]")
    values = dict(row)
    name, known = values.pop("name", ""), kinds()
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ReceiverError(f"name {name!r}: a receiver needs one of up to 64 letters, digits, blanks, - . _")
    kind = values.pop("kind", "")
    if not isinstance(kind, str) or kind not in known:
        raise ReceiverError(f"receiver {name!r}: kind {kind!r} is none of {', '.join(sorted(known))}")
    enabled = values.pop("enabled", True)
    if not isinstance(enabled, bool):
        raise ReceiverError(f"receiver {name!r}: enabled is true or false")
    rule = _rule(name, {key: values.pop(key) for key in _RULE_NAMES if key in values})
    for option in values:
        if known[kind].option(option) is None:
            names = ", ".join(option.name for option in known[kind].options)
            raise ReceiverError(f"receiver {name!r}: there is no option {option!r}; a {kind} has {names}")
    return Receiver(name, known[kind], rule, values, enabled)


def _rule(name: str, values: Mapping[str, Any]) -> Rule:
    try:
        events = frozenset(EventName(event) for event in _texts(values, "events")) or DEFAULT_EVENTS
    except ValueError as error:
        known = ", ".join(event.value for event in EventName)
        raise ReceiverError(f"receiver {name!r}: events: {error}; known: {known}") from error
    try:
        hours = parse_hours(str(values.get("hours", "")))
        least = values.get("min_confidence", 0.0)
        if isinstance(least, bool) or not isinstance(least, int | float) or not 0 <= least <= 1:
            raise ValueError(f"min_confidence is a number from 0 to 1, not {least!r}")
        lists, sources, zones = (_texts(values, key) for key in ("lists", "sources", "zones"))
    except ValueError as error:
        raise ReceiverError(f"receiver {name!r}: {error}") from error
    return Rule(events, lists, sources, zones, hours, float(least))


def _texts(values: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = values.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise ValueError(f"{key} is a list of texts, not {found!r}")
    return tuple(found)
