"""Letting the window go first: the networks use all the processor that is left, and not more."""

import os
import sys
import threading
from contextlib import suppress

_NICER = 5


def yield_to_window() -> None:
    """Lower the priority of this thread, and of those it starts, where the system has one for each thread (Linux)."""
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICER)
