"""How a source does, in a word, an icon and a colour: never in colour alone."""

from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication

from app.gui.session.networks_session import NetworksSession
from app.gui.session.open_source import OpenSource
from app.gui.session.source_health import Outage, SourceHealth
from app.sources.capture import CaptureState

_LOGIN_REFUSED = "(401)"  # the status with which cameras refuse a login, over HTTP and RTSP alike


@dataclass(frozen=True, slots=True)
class ShownState:
    """What is shown of a source's state.

    icon: of the kept set. colour: a field of Theme. detail: more words, may be empty. is_stale: the picture that stands
    there is of before, so it is dimmed and says so. is_advice: it goes on as it is, if not as well as it could.
    """

    text: str
    icon: str
    colour: str
    detail: str = ""
    is_stale: bool = False
    is_advice: bool = False

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
        return _describe_networks(networks.trouble)
    if source.ended:
        if error:
            return ShownState(tr("Interrupted"), "triangle-alert", "notice", error)
        return ShownState(tr("Ended"), "circle-check", "muted")
    if source.paused:
        return ShownState(tr("Paused"), "pause", "muted")
    if (outage := source.health.outage) is not None:
        return describe_outage(outage)
    if status is None or status.state is CaptureState.CONNECTING:
        return ShownState(tr("Connecting…"), "loader-circle", "notice" if error else "muted", error)
    if status.state is CaptureState.LOST:
        return ShownState(
            tr("No connection"), "unplug", "notice", _join_sentences(error, tr("The program keeps trying."))
        )
    if source.is_recording:
        speed = "" if source.speed == 1.0 else f" {source.speed:g}\u00d7"
        return ShownState(tr("Playing") + speed, "play", "good")
    if source.health.is_slow:
        return ShownState(read_rate(source.health), "gauge", "notice", slow_advice(), is_advice=True)
    return ShownState(tr("Live"), "activity", "good")


def describe_outage(outage: Outage) -> ShownState:
    """Return the state of a camera that sends nothing: no connection, no picture, or a login that is refused."""
    clock = f"{outage.since:%H:%M:%S}"
    if _LOGIN_REFUSED in outage.reason:
        advice = tr("Give the right user and password with “Change this source…”.")
        words = tr("Login refused since {time}").format(time=clock)
        return ShownState(words, "lock", "notice", _join_sentences(outage.reason, advice), is_stale=True)
    if outage.connected:
        words = tr("No picture since {time}").format(time=clock)
        return ShownState(words, "triangle-alert", "notice", outage.reason, is_stale=True)
    words = tr("No connection since {time}").format(time=clock)
    return ShownState(
        words, "unplug", "notice", _join_sentences(outage.reason, tr("The program keeps trying.")), is_stale=True
    )


def read_rate(health: SourceHealth) -> str:
    """Return how much of a live source is read, as in "reads 0.9 of 15 a second"."""
    rates = {"read": format_rate(health.read_fps), "came": format_rate(health.camera_fps)}
    return tr("Reads {read} of {came} a second").format(**rates)


def slow_advice() -> str:
    """Return what to do where too little of a camera is read."""
    return tr(
        "This computer reads too few pictures: fast vehicles may pass unread. Close other sources, draw where to look, "
        "or compute on a graphics card."
    )


def format_rate(fps: float) -> str:
    """Return frames a second with a decimal where it matters."""
    return f"{fps:.1f}" if fps < 9.95 else f"{fps:.0f}"


def _join_sentences(error: str, then: str) -> str:
    """Return what is wrong, and behind it what is done about it."""
    return f"{error}. {then}" if error else then


def _describe_networks(trouble: str) -> ShownState:
    if trouble:
        hint = tr("A part of the program is missing or broken. `python main.py doctor` tells which.")
        return ShownState(tr("Cannot read"), "triangle-alert", "notice", f"{hint}\n{trouble}")
    words = tr("Getting ready… The very first start takes a little longer.")
    return ShownState(tr("Getting ready…"), "loader-circle", "muted", words)
