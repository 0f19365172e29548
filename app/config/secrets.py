"""The system's own safe for passwords."""

from typing import Protocol


class Keyring(Protocol):
    """What is used of the package keyring."""

    def get_password(self, service: str, name: str, /) -> str | None:
        """Returns a password, None where there is none."""

    def set_password(self, service: str, name: str, password: str, /) -> None:
        """Keeps a password."""

    def delete_password(self, service: str, name: str, /) -> None:
        """Forgets a password."""


def system_keyring() -> Keyring | None:
    """Returns the system's keyring, None where there is none that works."""
    try:
        import keyring
        from keyring.backends.fail import Keyring as NoKeyring
    except ImportError:
        return None
    return None if isinstance(keyring.get_keyring(), NoKeyring) else keyring
