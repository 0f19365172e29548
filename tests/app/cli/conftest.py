"""Fixtures of the log for what tests several modules together."""

from tests.app.store.conftest import log_file, store

__all__ = ["log_file", "store"]
