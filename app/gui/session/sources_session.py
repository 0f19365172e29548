"""The open sources and how they are played: opening, pausing, seeking, closing."""

import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.config.redaction import redact
from app.gui.session.current_settings import CurrentSettings
from app.gui.session.networks_session import NetworksSession
from app.gui.session.open_source import OpenSource, Tick, shown_name
from app.gui.session.requests import WindowRequests
from app.pipeline.events import PlateEvent
from app.pipeline.types import Frame, FrameResult
from app.pipeline.zones import Zones
from app.sinks.window import News, WindowFeed
from app.sources.identify import expand, identify
from app.sources.open_capture import apply_settings
from app.sources.source import SourceError, SourceSpec
from app.sources.source_id import SourceId
from app.store.types import BLOCK

_MOST_AT_ONCE = 4  # more files than this are work for the queue, not for the eye


class SourcesSession(QObject):
    """Owns the open sources. Made and used in the GUI thread only.

    Signals carry small values, never frames; plate events come in batches.
    """

    changed = pyqtSignal()  # a source was opened or closed
    state_changed = pyqtSignal(str)  # source_id; at most twice a second
    events = pyqtSignal(tuple)  # tuple[PlateEvent, ...], in order
    not_opened = pyqtSignal(str)  # what the user wanted to open and why it cannot be, a line each, without secrets

    def __init__(
        self,
        settings: CurrentSettings,
        networks: NetworksSession,
        feed: WindowFeed,
        requests: WindowRequests,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings, self._networks, self._feed, self._requests = settings, networks, feed, requests
        self._open: dict[str, OpenSource] = {}
        self._hits: dict[str, set[str]] = {}
        self._zones: dict[str, Zones] = {}
        networks.loaded.connect(self._begin_waiting)
        settings.changed.connect(self._apply_settings)

    def show_plate(self, source_id: str, plate: str) -> None:
        """Have the list of reads select the latest read of a plate at a source."""
        source = self._open.get(source_id)
        keys = [tick.track_key for tick in source.ticks.values() if tick.text == plate] if source is not None else []
        if keys:
            self._requests.read_wanted.emit(keys[-1])

    @property
    def opened(self) -> tuple[OpenSource, ...]:
        """The open sources, in the order of opening."""
        return tuple(source for source in self._open.values() if not source.closing)

    def find(self, source_id: str) -> OpenSource | None:
        """Return an open source, or None."""
        return self._open.get(source_id)

    def newest_frame(self, source_id: str) -> FrameResult | None:
        """Return the newest processed frame of a source, or None."""
        return self._feed.newest(source_id)

    def live_frame(self, source_id: str) -> Frame | None:
        """Return the frame that a live source sent last, read or not; None of a recording."""
        source = self._open.get(source_id)
        if source is None or not source.spec.is_live or source.capture is None:
            return None
        return source.capture.newest

    def waiting_frame(self, source_id: str) -> Frame | None:
        """Return the frame that a source has ready while the networks are not, or None."""
        source = self._open.get(source_id)
        if self._networks.pipeline is not None or source is None or source.capture is None:
            return None
        return source.capture.buffer.peek()

    def hit_plates(self, source_id: str) -> frozenset[str]:
        """Return the plates read at a source that are on a block list."""
        return frozenset(self._hits.get(source_id, ()))

    def open_names(self, names: Sequence[str]) -> None:
        """Open files, folders, addresses, cameras as the user named them; what cannot be is told by not_opened.

        Folders, and more than four files at once, go to the queue.
        """
        folders = tuple(name for name in names if Path(name).is_dir())
        files = tuple(name for name in names if name not in folders)
        if len(files) > _MOST_AT_ONCE:
            folders, files = (*folders, *files), ()
        refused: list[str] = []
        for name in files:
            try:
                for spec in expand(name):  # pages of a picture and tracks of a video are each a source
                    self.open(spec)
            except SourceError as error:
                refused.append(redact(str(error)))
        if refused:
            self.not_opened.emit("\n".join(refused))
        if folders:
            self._requests.queue_wanted.emit(folders)

    def open(self, spec: SourceSpec, name: str = "", zones: Zones | None = None) -> None:
        """Open one source under a name; one that is open already is opened anew, from the start."""
        if zones is not None:
            self.set_zones(spec.source_id, zones)
        known = self._open.get(spec.source_id)
        if known is not None:
            known.closing, known.spec, known.name = False, spec, name or known.name
            self._restart(known, 0.0)
        else:
            self._open[spec.source_id] = source = OpenSource(spec, name or shown_name(spec))
            self._begin(source)
        self.changed.emit()

    def close(self, source_id: str) -> None:
        """Close a source; its open tracks become final."""
        source = self._open.get(source_id)
        if source is None:
            return
        source.closing, source.wanted_s = True, None
        self._proceed(source)
        self.changed.emit()

    def zones(self, source_id: str) -> Zones:
        """Return where a source is looked at."""
        return self._zones.get(source_id, Zones())

    def set_zones(self, source_id: str, zones: Zones) -> None:
        """Look at a source only where zones allow, from now on."""
        self._zones[source_id] = zones
        if self._networks.pipeline is not None:
            self._networks.pipeline.set_zones(SourceId(source_id), zones)

    def set_paused(self, source_id: str, paused: bool) -> None:
        """Hold a recording or let it go on; one that has ended starts again."""
        source = self._recording(source_id)
        if source is None:
            return
        source.paused = paused
        if source.ended and not paused:
            self.seek(source_id, 0.0)
        elif source.played is not None:
            source.played.set_paused(paused)
        self.state_changed.emit(source_id)

    def set_speed(self, source_id: str, speed: float) -> None:
        """Play a recording so many times as fast as it was recorded."""
        if (source := self._recording(source_id)) is not None:
            source.speed = speed
            if source.played is not None:
                source.played.set_speed(speed)
            self.state_changed.emit(source_id)

    def step(self, source_id: str) -> None:
        """Pause a recording and show its next frame."""
        if (source := self._recording(source_id)) is not None:
            self.set_paused(source_id, True)
            if source.played is not None:
                source.played.step()

    def seek(self, source_id: str, media_time: float) -> None:
        """Go to a second of a recording. Tracks of the old place end first, so reads of two places never mix."""
        source = self._recording(source_id)
        if source is None:
            return
        self._restart(source, max(0.0, min(media_time, source.latest_s)))

    def take_news(self, news: News) -> None:
        """Take what the engine's thread brought of the sources, and pass the reads on."""
        for alarm in news.alarms:
            if alarm.visit.list_name == BLOCK:
                self._hits.setdefault(alarm.visit.source, set()).add(alarm.visit.plate)
        for event in news.events:
            self._mark_read(event)
        for source_id, error in news.ended:
            self._end(source_id, error)
        if news.events:
            self.events.emit(news.events)

    def check_state(self) -> None:
        """See how each source fares, and tell so."""
        for source in self._open.values():
            if source.capture is not None and source.capture.info is not None:
                source.info = source.capture.info
            if source.spec.is_live and (status := source.status) is not None:
                now = datetime.now().astimezone()
                source.health.add_sample(time.monotonic(), now, status, self._feed.processed(source.source_id))
            self.state_changed.emit(source.source_id)

    def release_all(self) -> None:
        """Wake every reader that waits for its frame to be due."""
        for source in self._open.values():
            source.release()

    def _restart(self, source: OpenSource, place: float) -> None:
        """Begin anew at a second."""
        source.wanted_s = place
        self._proceed(source)

    def _proceed(self, source: OpenSource) -> None:
        """Close a source or begin it anew, as is wanted: at once where its capture has ended, else have that end."""
        if not source.ended:
            source.release()
            self._networks.live.end_source(SourceId(source.source_id))
        elif source.closing:
            self._forget(source)
        elif source.wanted_s is not None:
            self._begin(source)

    def show_moment(self, source_id: str, media_time: float) -> None:
        """Bring the live view to a second of a recording, opening it if need be."""
        if source_id not in self._open:
            try:
                self.open(identify(source_id))
            except SourceError as error:
                self._requests.message.emit(str(error))
                return
        self.set_paused(source_id, True)
        self.seek(source_id, media_time)
        self._requests.moment_wanted.emit(source_id, media_time)

    def _recording(self, source_id: str) -> OpenSource | None:
        source = self._open.get(source_id)
        return source if source is not None and source.is_recording else None

    def _begin(self, source: OpenSource) -> None:
        loading = self._networks.pipeline is None  # a recording that played on would lose its first plates
        self._networks.live.add_capture(
            source.begin(self._networks.live.wake, self._settings.current, self._networks.stages, loading)
        )
        self.state_changed.emit(source.source_id)

    def _forget(self, source: OpenSource) -> None:
        self._open.pop(source.source_id, None)
        self._feed.forget(source.source_id)
        self._hits.pop(source.source_id, None)

    def _mark_read(self, event: PlateEvent) -> None:
        source = self._open.get(event.source)
        if source is None or event.span.is_still:
            return
        hit = event.text.plate in self._hits.get(event.source, ())
        source.mark(
            Tick(str(event.key), event.text.plate, event.evidence.media_s, hit),
            tuple(str(key) for key in event.identity.gone),
        )

    def _end(self, source_id: str, error: str) -> None:
        source = self._open.get(source_id)
        if source is None:
            return
        source.ended, source.error = True, error
        self._proceed(source)
        if source.error and not source.closing:
            self._requests.message.emit(error)
        self.state_changed.emit(source_id)

    def _apply_settings(self) -> None:
        for source in self._open.values():
            if source.capture is not None:
                apply_settings(source.capture, self._settings.current.live)

    def _begin_waiting(self) -> None:
        """The networks are there: what was opened meanwhile begins."""
        for source_id, zones in self._zones.items():
            self.set_zones(source_id, zones)
        for source in self._open.values():
            source.go_on()
