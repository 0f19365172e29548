"""Tells systemd how the service does (sd_notify(3)); does nothing where systemd did not start it."""

import os
import socket


def notify_systemd(state: str) -> bool:
    """Sends a state such as READY=1, STOPPING=1 or STATUS=…; False where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return False
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.connect(address)
            channel.sendall(state.encode())
    except OSError:
        return False
    return True
