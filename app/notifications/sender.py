"""What delivers messages to one receiver. A kind of receiver is one file: a Sender, registered by name."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.notifications.message import Message

#: Time a receiver has for one message, in seconds; then the message waits for its next try.
TIMEOUT_S = 10.0


class DeliveryError(Exception):
    """A message was not taken. permanent: the receiver refuses this very message, so trying again is no use."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class ReceiverError(ValueError):
    """A receiver's settings cannot be used; the text names the receiver, the setting and the remedy."""


class Sender(ABC):
    """Delivers messages to one receiver, in its own thread, one message at a time."""

    @abstractmethod
    def send(self, message: Message) -> None:
        """Delivers one message and returns once the receiver has it; raises DeliveryError when it does not."""

    def close(self) -> None:
        """Lets go of connections."""
        return


@dataclass(frozen=True, slots=True)
class ReceiverOption:
    """One setting of a kind of receiver, for the file, the dialog and the checks."""

    name: str
    help: str
    default: Any = ""
    required: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of receiver: its options, and how a sender is made of their checked values."""

    name: str
    label: str
    options: tuple[ReceiverOption, ...]
    make: Callable[[Mapping[str, Any]], Sender]

    def option(self, name: str) -> ReceiverOption | None:
        """Returns the option of a name, None where there is none."""
        return next((option for option in self.options if option.name == name), None)


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Makes a kind of receiver known by its name."""
    _KINDS[kind.name] = kind


def kinds() -> dict[str, Kind]:
    """Returns every kind of receiver by name."""
    from app.notifications import command, mail, mqtt, webhook  # noqa: F401  (each registers its kind)

    return dict(_KINDS)
