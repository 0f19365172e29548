"""What `serve` does: opens log, receivers and sources, offers the HTTP interface, and ends cleanly."""

import argparse
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING

from app import saved_sources
from app.config import settings as settings_file
from app.config.secrets import system_keyring
from app.config.settings import Settings
from app.config.wording import counted
from app.notifications.opening import open_notifier
from app.notifications.sender import ReceiverError
from app.saved_sources import SavedSource
from app.service.live_events import LiveEvents
from app.service.service import Health, Service
from app.service.systemd import notify_systemd
from app.sinks.log import HitRelay
from app.sinks.notifications import NotificationSink
from app.sources.identify import identify
from app.sources.source import SourceError
from app.store.errors import LogError
from app.store.journal import open_journal

if TYPE_CHECKING:
    import uvicorn

_STATUS_S = 10.0  # between two reports to systemd


def serve(args: argparse.Namespace) -> int:
    """Read until SIGTERM or SIGINT; return the exit status."""
    try:
        return _serve(args)
    except (LogError, ReceiverError, SourceError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _serve(args: argparse.Namespace) -> int:
    chosen, sources = _settings(args), _sources(args)
    if not sources:
        where = args.saved or saved_sources.default_path()
        raise ValueError(f"No source to read: none is saved in {where}. Name addresses, or add cameras in the window.")
    address = _http_address(args.http) if args.http else None
    hits, events = HitRelay(), LiveEvents()
    journal = open_journal(args.log or settings_file.log_file(chosen), on_alarm=hits)
    try:
        notifier = open_notifier(chosen)
        service = Service(chosen, sources, journal, hits, notifier, [NotificationSink(events, journal.run)])
        web = _web_server(service, events, address) if address else None
    except BaseException:
        journal.close()
        raise
    return _run(service, web)


def _run(service: Service, web: "uvicorn.Server | None") -> int:
    stopping = threading.Event()
    with_signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in with_signals}

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in with_signals:
        signal.signal(number, stop)
    try:
        service.start()
        print(f"Reading {counted(len(service.sources), 'source')}; SIGTERM or Ctrl-C ends it.", flush=True)
        thread = _start_web(web, stopping) if web is not None else None
        notify_systemd("READY=1")
        while not stopping.wait(_STATUS_S):
            notify_systemd(f"STATUS={service.state().health.value}\nWATCHDOG=1")
        notify_systemd("STOPPING=1")
        if web is not None and thread is not None:
            web.should_exit = True
            thread.join(5.0)
        failed = service.state().health is Health.FAILED
        return 0 if service.stop() and not failed else 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _settings(args: argparse.Namespace) -> Settings:
    loaded = settings_file.load()
    for problem in loaded.problems:
        print(problem, file=sys.stderr)
    chosen = loaded.settings
    return replace(chosen, detection=replace(chosen.detection, device=args.device)) if args.device else chosen


def _sources(args: argparse.Namespace) -> list[SavedSource]:
    if args.sources:
        specs = [identify(address) for address in args.sources]
        return [SavedSource(str(spec.source_id), spec.kind, spec.address) for spec in specs]
    return list(saved_sources.load(args.saved, system_keyring()).sources)


def _http_address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or not 0 <= int(port) < 65536:
        raise ValueError(f"--http {text}: write PORT, or HOST:PORT such as 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def _web_server(service: Service, events: LiveEvents, address: tuple[str, int]) -> "uvicorn.Server":
    try:
        import uvicorn

        from app.service.http import create_http_app
    except ImportError as error:
        raise ValueError(f"--http needs {error.name}: pip install 'platescribe[serve]'") from error
    from app.service.access import TOKEN_VARIABLE, load_token, token_path

    token = load_token()
    http = create_http_app(service, events, token)
    where = f"the environment variable {TOKEN_VARIABLE}" if not token_path().is_file() else str(token_path())
    print(f"HTTP interface at http://{address[0]}:{address[1]}/ (token in {where})", flush=True)
    config = uvicorn.Config(http, *address, log_level="warning", timeout_graceful_shutdown=2, server_header=False)
    return uvicorn.Server(config)


def _start_web(web: "uvicorn.Server", stopping: threading.Event) -> threading.Thread:
    """Runs the web server in a thread; its failure, such as a port that is taken, ends the service."""

    def run() -> None:
        with suppress(SystemExit):  # uvicorn's way to say that the port is taken, which it has printed
            web.run()
        stopping.set()

    thread = threading.Thread(target=run, name="http", daemon=True)
    thread.start()
    return thread
