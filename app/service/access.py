"""Who may use the HTTP interface, and how often: a token, and a bound on requests."""

import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from app.config.settings import default_path as settings_path

#: In this environment variable containers and services give the token.
TOKEN_VARIABLE = "PLATESCRIBE_TOKEN"
_LEAST_TOKEN = 16  # characters; what is shorter can be guessed over a network


def token_path() -> Path:
    """Where the token is kept unless the environment has it."""
    return settings_path().with_name("service-token")


def load_token() -> str:
    """Returns the token that clients must send, made at the first start.

    Raises ValueError where the environment names one that is too short, OSError where the file cannot be read or made.
    """
    if TOKEN_VARIABLE in os.environ:
        token = os.environ[TOKEN_VARIABLE].strip()
        if len(token) < _LEAST_TOKEN:
            raise ValueError(f"{TOKEN_VARIABLE} is too short: give it at least {_LEAST_TOKEN} characters")
        return token
    path = token_path()
    if path.is_file() and (token := path.read_text(encoding="utf-8").strip()):
        return token
    path.parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe(32)
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(token + "\n", encoding="utf-8")
    return token


def is_authorised(header: str | None, token: str) -> bool:
    """Says whether an Authorization header holds the token as `Bearer TOKEN`."""
    scheme, _, given = (header or "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class RateLimit:
    """So many requests a second on average for each client, and a burst of them at once (a token bucket)."""

    #: Clients that are remembered; the oldest go first, so that many addresses cannot fill the memory.
    MOST_CLIENTS = 1024

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._clients: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def allows(self, client: str) -> bool:
        """Counts a request and says whether it is within the bound."""
        now_s = self._clock()
        with self._lock:
            left, since_s = self._clients.pop(client, (float(self._burst), now_s))
            left = min(float(self._burst), left + (now_s - since_s) * self._per_second)
            allowed = left >= 1.0
            self._clients[client] = (left - 1.0 if allowed else left, now_s)
            if len(self._clients) > self.MOST_CLIENTS:
                del self._clients[next(iter(self._clients))]
        return allowed
