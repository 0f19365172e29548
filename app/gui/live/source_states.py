"""How a source does, in a word, an icon and a colour: never in colour alone."""

from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication

from app.gui.session.networks_session import NetworksSession
from app.gui.session.open_source import OpenSource
from app.sources.capture import CaptureState


@dataclass(frozen=True, slots=True)
class ShownState:
    """What is shown of a source's state; icon of the kept set, colour a field of Theme, detail may be empty."""

    text: str
    icon: str
    colour: str
    detail: str = ""

    @property
    def is_passing(self) -> bool:
        """Whether it will change by itself in a moment."""
        return self.icon == "loader-circle"


def tr(text: str) -> str:
    """Translate a text of the states."""
    return QCoreApplication.translate("States", text)


def describe_state(source: OpenSource, networks: NetworksSession) -> ShownState:
    """Return the state of a source as a person understands it."""
    status = source.status
    error = source.error or (status.error if status is not None else "")
    if networks.pipeline is None and (networks.trouble or not error):
        return _of_networks(networks.trouble)
    if source.ended:
        if error:
            return ShownState(tr("Broken off"), "triangle-alert", "notice", error)
        return ShownState(tr("Ended"), "circle-check", "muted")
    if source.paused:
        return ShownState(tr("Paused"), "pause", "muted")
    if status is None or status.state is CaptureState.CONNECTING:
        return ShownState(tr("Connecting…"), "loader-circle", "notice" if error else "muted", error)
    if status.state is CaptureState.LOST:
        return ShownState(tr("No connection"), "unplug", "notice", _sentences(error, tr("It is tried again.")))
    if status.state is CaptureState.STALLED:
        return ShownState(tr("No picture coming"), "triangle-alert", "notice", error)
    if source.is_recording:
        speed = "" if source.speed == 1.0 else f" {source.speed:g}\u00d7"
        return ShownState(tr("Playing") + speed, "play", "good")
    return ShownState(tr("Live"), "activity", "good")


def _sentences(error: str, then: str) -> str:
    """Return what is wrong, and behind it what is done about it."""
    return f"{error}. {then}" if error else then


def _of_networks(trouble: str) -> ShownState:
    if trouble:
        hint = tr("A part of the program is missing or broken. `python main.py doctor` tells which.")
        return ShownState(tr("Cannot read"), "triangle-alert", "notice", f"{hint}\n{trouble}")
    words = tr("Getting ready… The very first start takes a little longer.")
    return ShownState(tr("Getting ready…"), "loader-circle", "muted", words)
