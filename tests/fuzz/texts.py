"""Tables, settings, states and addresses of other people."""

import os
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import a_picture, put, taken


def _truth_seeds(_: Path) -> list[bytes]:
    return [
        b"video,plate_text,first_s,last_s,also_accepted\na.mp4,AB12CDE,0.5,3,AB12COE;AB12CD\nb.mp4,XY1,,,\n",
        "\ufeffimage_path,plate_text\nü.jpg,ТЕ57\n".encode(),
    ]


def _feed_truth(data: bytes, folder: Path) -> bool:
    from app.cli.evaluate import TruthError, read_truth

    return taken(put(folder, "truth.csv", data), lambda path: read_truth(path, folder), TruthError)


def _data_seeds(_: Path) -> list[bytes]:
    return [
        b"image_path,plate_text,plate_region,source,split\na.jpg,AB12CDE,GB,x,train\na.jpg,XY1,,,val\n",
        b"\xef\xbb\xbfimage_path,plate_text\r\na.jpg,AB12CDE\r\n",
    ]


def _feed_data(data: bytes, folder: Path) -> bool:
    from recognizer.training import datasets

    a_picture(folder)
    return taken(put(folder, "data.csv", data), datasets.load, ValueError, FileNotFoundError)


def _watch_seeds(_: Path) -> list[bytes]:
    return [
        b"list,plate,tolerance,look_alikes,hours,note\nblock,AB12*,1,yes,Mon-Fri 08:00-18:00,stolen\nallow,XY,0,no,,\n",
        b"\xef\xbb\xbfplate;note\r\nAB 12;'=1+1\r\n",
    ]


def _feed_watch(data: bytes, folder: Path) -> bool:
    from app.store.errors import LogError
    from app.store.export import watch_from_csv

    return taken(put(folder, "watch.csv", data), watch_from_csv, LogError)


def _settings_seeds(_: Path) -> list[bytes]:
    return [
        b'[detection]\ndevice = "cpu"\nsize = 640\nmin_score = 0.3\n[reading]\ncountries = ["DE", "NL"]\n',
        b'[log]\nfolder = "/tmp/x"\nkeep_days = 30\npictures = false\n[decision]\nrepeat_s = 1e1\nagreement = 2\n',
    ]


def _feed_settings(data: bytes, folder: Path) -> bool:
    from app.config import settings

    path = put(folder, "settings.toml", data)
    loaded = settings.load(path)
    assert all(str(path) in problem for problem in loaded.problems)
    return not loaded.problems


def _known_seeds(_: Path) -> list[bytes]:
    return [
        b'{"sources": [{"name": "gate", "kind": "stream", "address": "rtsp://u:p@h/1", "zones": '
        b'{"include": [[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]], "exclude": []}}], "recent": ["a.mp4"]}'
    ]


def _feed_known(data: bytes, folder: Path) -> bool:
    from app import saved_sources as known

    loaded = known.load(put(folder, "sources.json", data))
    return loaded != known.SavedSources()


def _state_seeds(_: Path) -> list[bytes]:
    line = b'{"source": "a.mp4|1|2", "error": "", "lengths": {"csv": 120}}\n'
    return [line * 3, b'{"run": "20261127T021056-2517d1dc"}\n' + line]


def _feed_state(data: bytes, folder: Path) -> bool:
    from app.sinks.resume import StateFile

    done = StateFile(put(folder, "out.csv.state", data)).load()
    assert all(length >= 0 for length in done.lengths.values())
    return bool(done.sources)


def _address_seeds(_: Path) -> list[bytes]:
    texts = ("rtsp://admin:hunter2@10.0.0.5:554/live?x=1", "camera:front", "/dev/video0", "clip.mp4", "0", "~/a.mp4")
    return [text.encode() for text in texts]


def _log_seeds(_: Path) -> list[bytes]:
    texts = ("sqlite:///plates.sqlite3", "postgresql://u:hunter2@db:5432/plates?x=1", "plates.sqlite3", "~me/x")
    return [text.encode() for text in texts]


def _feed_address(data: bytes, folder: Path) -> bool:
    from app.config.redaction import redact
    from app.sources.identify import identify
    from app.sources.source import SourceError

    text = os.fsdecode(data)  # as the command line gives it
    assert redact(redact(text)) == redact(text)
    return taken(redact(text), lambda _: identify(text), SourceError)


def _feed_log(data: bytes, folder: Path) -> bool:
    from app.config.redaction import redact
    from app.store.errors import LogError
    from app.store.location import locate

    text = os.fsdecode(data)
    return taken(redact(text), lambda _: locate(text, folder), LogError)


TARGETS: Sequence[Target] = (
    Target("truth", _truth_seeds, _feed_truth),
    Target("data", _data_seeds, _feed_data),
    Target("watch", _watch_seeds, _feed_watch),
    Target("settings", _settings_seeds, _feed_settings),
    Target("known", _known_seeds, _feed_known),
    Target("state", _state_seeds, _feed_state),
    Target("address", _address_seeds, _feed_address),
    Target("log-address", _log_seeds, _feed_log),
)
