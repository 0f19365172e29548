"""The tests of searches stand on a log of their own."""

from tests.app.store.conftest import log_file, store

__all__ = ["log_file", "store"]
