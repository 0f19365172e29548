"""What is remembered of sources: those set up by hand, where each is looked at, what was opened lately.

Kept in a file only the user can read; an address with a password goes to the system's keyring where there is one.
"""

import json
import logging
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from platformdirs import user_config_path

from app.config.bootstrap import APP_NAME
from app.config.redaction import MASK, redact
from app.config.secrets import Keyring
from app.pipeline.zones import Zones, zones_from_table, zones_to_table
from app.sources.source import SourceKind, SourceSpec
from app.sources.source_id import SourceId

T = TypeVar("T")
_log = logging.getLogger(__name__)
_RECENT = 10
_SERVICE = APP_NAME


@dataclass(frozen=True, slots=True)
class SavedSource:
    """A camera or stream that was set up, opened again at the next start."""

    name: str
    kind: SourceKind
    address: str
    zones: Zones = field(default_factory=Zones)

    @property
    def spec(self) -> SourceSpec:
        """The source to open; its name is what frames and the log bear."""
        return SourceSpec(self.kind, SourceId(self.name), self.address)


@dataclass(frozen=True, slots=True)
class SavedSources:
    """All that is remembered; recent holds files and addresses without secrets, the latest first."""

    sources: tuple[SavedSource, ...] = ()
    recent: tuple[str, ...] = ()

    def with_source(self, source: SavedSource) -> "SavedSources":
        """Return it with a source added, or replaced if one of that name is known."""
        others = tuple(item for item in self.sources if item.name != source.name)
        return replace(self, sources=(*others, source))

    def without_source(self, name: str) -> "SavedSources":
        """Return it without a source."""
        return replace(self, sources=tuple(item for item in self.sources if item.name != name))

    def with_recent(self, *names: str) -> "SavedSources":
        """Return it with what was opened now in front."""
        shown = tuple(dict.fromkeys((*(redact(name) for name in names), *self.recent)))
        return replace(self, recent=shown[:_RECENT])

    def zones(self, source_id: str) -> Zones:
        """Return where a known source is looked at."""
        return next((item.zones for item in self.sources if item.name == source_id), Zones())

    def zones_of(self, spec: SourceSpec) -> Zones | None:
        """Return where a source is looked at that was set up under this name or address; None for any other."""
        for item in self.sources:
            if spec.source_id in (item.name, redact(item.address)) and spec.is_live:
                return item.zones
        return None


def default_path() -> Path:
    """Where it is kept unless told otherwise."""
    return user_config_path(APP_NAME) / "sources.json"


def load(path: Path | None = None, ring: Keyring | None = None) -> SavedSources:
    """Read what is remembered; a file that cannot be read is put aside under another name, and nothing is known."""
    path = path or default_path()
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        sources = tuple(_source(item, ring) for item in table["sources"])
        return SavedSources(sources, tuple(str(name) for name in table["recent"])[:_RECENT])
    except OSError:
        return SavedSources()
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        with suppress(OSError):
            path.replace(path.with_name(path.name + ".damaged"))  # someone may want to mend it
        return SavedSources()


def save(known: SavedSources, path: Path | None = None, ring: Keyring | None = None) -> None:
    """Write it whole or not at all, for the user alone. OSError: it cannot be written."""
    path = path or default_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [_row(source, ring) for source in known.sources]
    table = {"sources": rows, "recent": list(known.recent)}
    before = _in_keyring(path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(table, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    for gone in before - {str(row["name"]) for row in rows if MASK in str(row["address"])}:
        if ring is not None:
            _ask(partial(ring.delete_password, _SERVICE, gone))


def _in_keyring(path: Path) -> set[str]:
    """Return the sources whose password was put into the keyring when the file was written."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["sources"]
        return {str(row["name"]) for row in rows if MASK in str(row["address"])}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return set()


def _ask(question: Callable[[], T]) -> tuple[bool, T | None]:
    """Return whether the keyring did what it was asked, and its answer: one that stays locked, or is gone, does not."""
    try:
        return True, question()
    except Exception as error:  # each keyring has errors of its own
        _log.warning("the keyring of the system did not answer: %s", type(error).__name__)
        return False, None


def _row(source: SavedSource, ring: Keyring | None) -> dict[str, object]:
    """Return what is written of a source; a password only where no keyring takes it."""
    address = source.address
    if ring is not None and redact(address) != address:
        taken, _ = _ask(partial(ring.set_password, _SERVICE, source.name, address))
        address = redact(address) if taken else address
    zones = zones_to_table(source.zones)
    return {"name": source.name, "kind": source.kind.value, "address": address, "zones": zones}


def _source(row: dict[str, object], ring: Keyring | None) -> SavedSource:
    name, address = str(row["name"]), str(row["address"])
    if ring is not None and MASK in address:  # else the keyring may hold the address it had before it was changed
        _, whole = _ask(partial(ring.get_password, _SERVICE, name))
        address = whole or address
    return SavedSource(name, SourceKind(row["kind"]), address, zones_from_table(row["zones"]))
