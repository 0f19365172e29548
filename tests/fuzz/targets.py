"""Everything that takes files or texts of other people, each with sound examples and what a refusal must look like."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from tests.fuzz.fuzzing import Target


@contextmanager
def refusal(name: object, *errors: type[Exception]) -> Iterator[list[bool]]:
    """Let these errors pass where they name the input; the list given is empty after a refusal, else [True]."""
    went_well = [True]
    try:
        yield went_well
    except errors as error:
        went_well.clear()
        named = (str(name), ascii(str(name))[1:-1])  # names that are no text are told escaped
        assert any(form in str(error) for form in named), f"the message does not name the input: {error}"


def _file(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _picture(suffix: str, size: tuple[int, int] = (40, 24)) -> bytes:
    image = np.random.default_rng(3).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    done, data = cv2.imencode(suffix, image)
    assert done
    return bytes(data)


# tables and texts


def _truth_seeds(_: Path) -> list[bytes]:
    return [
        b"video,plate_text,first_s,last_s,also_accepted\na.mp4,AB12CDE,0.5,3,AB12COE;AB12CD\nb.mp4,XY1,,,\n",
        "\ufeffimage_path,plate_text\nü.jpg,ТЕ57\n".encode(),
    ]


def _feed_truth(data: bytes, folder: Path) -> bool:
    from app.evaluate import TruthError, read_truth

    path = _file(folder, "truth.csv", data)
    with refusal(path, TruthError) as good:
        read_truth(path, folder)
    return bool(good)


def _openalpr_seeds(_: Path) -> list[bytes]:
    return [b"a.jpg\t10\t5\t20\t8\tAB12CDE\nb.jpg\t1\t2\t3\t4\tXY1\n", b"a.jpg 10 5 20 8 AB12CDE\n"]


def _feed_openalpr(data: bytes, folder: Path) -> bool:
    from app.evaluate import TruthError, read_openalpr
    from detector import datasets

    _a_picture(folder)
    _file(folder, "a.txt", data)
    datasets.read_openalpr(folder)  # names what is wrong in its problems
    with refusal(folder, TruthError) as good:
        read_openalpr(folder)
    return bool(good)


def _a_picture(folder: Path) -> Path:
    path = folder / "a.jpg"
    return path if path.exists() else _file(folder, "a.jpg", _picture(".jpg"))


def _data_seeds(_: Path) -> list[bytes]:
    return [
        b"image_path,plate_text,plate_region,source,split\na.jpg,AB12CDE,GB,x,train\na.jpg,XY1,,,val\n",
        b"\xef\xbb\xbfimage_path,plate_text\r\na.jpg,AB12CDE\r\n",
    ]


def _feed_data(data: bytes, folder: Path) -> bool:
    from recognizer import datasets

    _a_picture(folder)
    path = _file(folder, "data.csv", data)
    with refusal(path, ValueError, FileNotFoundError) as good:
        datasets.load(path)
    return bool(good)


def _watch_seeds(_: Path) -> list[bytes]:
    return [
        b"list,plate,tolerance,look_alikes,hours,note\nblock,AB12*,1,yes,Mon-Fri 08:00-18:00,stolen\nallow,XY,0,no,,\n",
        b"\xef\xbb\xbfplate;note\r\nAB 12;'=1+1\r\n",
    ]


def _feed_watch(data: bytes, folder: Path) -> bool:
    from app.platelog.errors import LogError
    from app.platelog.export import watch_from_csv

    path = _file(folder, "watch.csv", data)
    with refusal(path, LogError) as good:
        watch_from_csv(path)
    return bool(good)


def _settings_seeds(_: Path) -> list[bytes]:
    return [
        b'[detection]\ndevice = "cpu"\nsize = 640\nmin_score = 0.3\n[reading]\ncountries = ["DE", "NL"]\n',
        b'[log]\nfolder = "/tmp/x"\nkeep_days = 30\npictures = false\n[decision]\nrepeat_s = 1e1\nagreement = 2\n',
    ]


def _feed_settings(data: bytes, folder: Path) -> bool:
    from app import settings

    path = _file(folder, "settings.toml", data)
    loaded = settings.load(path)
    assert all(str(path) in problem for problem in loaded.problems)
    return not loaded.problems


def _known_seeds(_: Path) -> list[bytes]:
    return [
        b'{"sources": [{"name": "gate", "kind": "stream", "address": "rtsp://u:p@h/1", "zones": '
        b'{"include": [[[0.1, 0.2], [0.5, 0.2], [0.5, 0.9]]], "exclude": []}}], "recent": ["a.mp4"]}'
    ]


def _feed_known(data: bytes, folder: Path) -> bool:
    from app.gui import known

    loaded = known.load(_file(folder, "sources.json", data))
    return loaded != known.Known()


def _state_seeds(_: Path) -> list[bytes]:
    return [b'{"source": "a.mp4|1|2", "error": "", "lengths": {"csv": 120}}\n' * 3]


def _feed_state(data: bytes, folder: Path) -> bool:
    from app.batch.state import StateFile

    done = StateFile(_file(folder, "out.csv.state", data)).load()
    assert all(length >= 0 for length in done.lengths.values())
    return bool(done.sources)


def _address_seeds(_: Path) -> list[bytes]:
    texts = ("rtsp://admin:hunter2@10.0.0.5:554/live?x=1", "camera:front", "/dev/video0", "clip.mp4", "0", "~/a.mp4")
    return [text.encode() for text in texts]


def _log_seeds(_: Path) -> list[bytes]:
    texts = ("sqlite:///plates.sqlite3", "postgresql://u:hunter2@db:5432/plates?x=1", "plates.sqlite3", "~me/x")
    return [text.encode() for text in texts]


def _feed_address(data: bytes, folder: Path) -> bool:
    from app.pipeline.sources import SourceError, identify
    from app.redact import redact

    text = os.fsdecode(data)  # as the command line gives it
    assert redact(redact(text)) == redact(text)
    with refusal(redact(text), SourceError) as good:
        identify(text)
    return bool(good)


def _feed_log(data: bytes, folder: Path) -> bool:
    from app.platelog.errors import LogError
    from app.platelog.place import locate
    from app.redact import redact

    text = os.fsdecode(data)
    with refusal(redact(text), LogError) as good:
        locate(text, folder)
    return bool(good)


# data sets of pictures


def _yolo_seeds(_: Path) -> list[bytes]:
    return [
        b"path: .\ntrain: images/val\nval: images/val\nnames: {0: plate}\n",
        b"val: images/val\nnames: [plate]\n",
    ]


def _feed_yolo(data: bytes, folder: Path) -> bool:
    from detector.convert import convert

    path = _yolo(folder)
    path.write_bytes(data)
    with refusal(path.parent, ValueError, FileNotFoundError) as good:
        convert([path], [], [], folder / "out")
    return bool(good)


def _yolo(folder: Path) -> Path:
    """A sound YOLO data set in folder."""
    for name, data in (("images/val/a.jpg", None), ("labels/val/a.txt", b"0 0.5 0.5 0.2 0.2\n")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None or not path.exists():
            path.write_bytes(data or _picture(".jpg"))
    return _file(folder, "data.yaml", b"val: images/val\nnames: [plate]\n")


def _label_seeds(_: Path) -> list[bytes]:
    return [b"0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.05 0.05\n", b"0 0.9 0.9 0.3 0.3 0.9\n"]


def _feed_label(data: bytes, folder: Path) -> bool:
    from detector.datasets import read_yolo

    path = _yolo(folder)
    _file(folder, "labels/val/a.txt", data)
    found = read_yolo(path)
    return not found.problems


def _sources_seeds(_: Path) -> list[bytes]:
    return [b"image_path,split,source\nimages/val/a.jpg,val,alpha\n", b"image_path,source\nimages/val/a.jpg,../../x\n"]


def _feed_sources(data: bytes, folder: Path) -> bool:
    from detector.convert import convert

    path = _yolo(folder)
    _file(folder, "sources.csv", data)
    before = _outside(folder)
    with refusal(folder, ValueError) as good:
        convert([path], [], [], folder / "out")
    assert _outside(folder) == before, "a file was written outside the folder"
    return bool(good)


def _outside(folder: Path) -> set[str]:
    return {path.name for place in (folder, folder.parent, folder.parent.parent) for path in place.iterdir()} - {"out"}


def _voc_seeds(_: Path) -> list[bytes]:
    return [
        b'<?xml version="1.0"?><annotation><filename>a.jpg</filename><object><name>plate</name><bndbox><xmin>1</xmin>'
        b"<ymin>2</ymin><xmax>20</xmax><ymax>12</ymax></bndbox></object></annotation>",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><annotation><filename>&b;'
        b"</filename></annotation>",
    ]


def _feed_voc(data: bytes, folder: Path) -> bool:
    from detector.datasets import read_voc

    _a_picture(folder)
    path = _file(folder, "a.xml", data)
    found = read_voc(folder)
    assert all(problem.path == path for problem in found.problems)
    return not found.problems


def _annotation_seeds(_: Path) -> list[bytes]:
    return [
        b'{"description": "AB12CDE", "tags": [{"name": "train"}], "size": {"height": 24, "width": 40}, "objects": []}',
        b'{"description": "XY1", "tags": ["val"]}',
    ]


def _feed_annotation(data: bytes, folder: Path) -> bool:
    from recognizer import datasets

    for part in ("img", "ann"):
        (folder / "set" / part).mkdir(parents=True, exist_ok=True)
    if not (folder / "set" / "img" / "a.jpg").exists():
        _file(folder / "set" / "img", "a.jpg", _picture(".jpg"))
    _file(folder / "set" / "ann", "a.json", data)
    with refusal(folder, ValueError) as good:
        datasets.load(folder)
    return bool(good)


def _zip_seeds(folder: Path) -> list[bytes]:
    import zipfile

    found = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = folder / "seed.zip"
        with zipfile.ZipFile(path, "w", packing) as archive:
            archive.writestr("set/img/a.jpg", _picture(".jpg"))
            archive.writestr("set/ann/a.json", _annotation_seeds(folder)[0])
        found.append(path.read_bytes())
    return found


def _feed_zip(data: bytes, folder: Path) -> bool:
    from recognizer import datasets

    datasets._archive.cache_clear()
    path = _file(folder, "set.zip", data)
    before = sorted(folder.rglob("*"))
    with refusal(path, ValueError) as good:
        for sample in datasets.load(path).samples:
            sample.image()
    assert sorted(folder.rglob("*")) == before
    return bool(good)


# networks


def _reader_seeds(folder: Path) -> list[bytes]:
    from recognizer.checkpoint import Checkpoint, save
    from recognizer.config import PRESETS, Stage
    from recognizer.network import build

    stages = (Stage(4, (2, 2)), Stage(4, (4, 4), 1))
    config = replace(PRESETS["tutorial"], characters="AB12", stages=stages, hidden=4)
    save(Checkpoint(build(config), config), folder / "seed.safetensors")
    return [(folder / "seed.safetensors").read_bytes()]


def _feed_reader(data: bytes, folder: Path) -> bool:
    from recognizer.checkpoint import CheckpointError, load

    path = _file(folder, "reader.safetensors", data)
    with refusal(path, CheckpointError) as good:
        load(path)
    return bool(good)


def _detector_seeds(folder: Path) -> list[bytes]:
    import torch

    from detector.weights import save_weights

    save_weights(folder / "seed.safetensors", {"a": torch.zeros(9), "b": torch.ones(2, 3)}, "yolo26n.yaml", 640, 0.3)
    return [(folder / "seed.safetensors").read_bytes()]


def _feed_detector(data: bytes, folder: Path) -> bool:
    from detector.weights import open_weights

    path = _file(folder, "detector.safetensors", data)
    with refusal(path, ValueError) as good:
        open_weights(path).state()
    return bool(good)


def _training_seeds(folder: Path) -> list[bytes]:
    import torch

    state = {"ema_state": {"a": torch.zeros(5)}, "architecture": "yolo26n.yaml", "epoch": 3, "history": [{"step": 1}]}
    torch.save(state, folder / "seed.pt")
    return [(folder / "seed.pt").read_bytes()]


def _feed_training(data: bytes, folder: Path) -> bool:
    from detector.export import from_checkpoint

    path = _file(folder, "last.pt", data)
    with refusal(path, ValueError) as good:
        from_checkpoint(path, folder / "out.safetensors", 640, 0.3)
    return bool(good)


# pictures and video


def _picture_seeds(_: Path) -> list[bytes]:
    return [_picture(suffix) for suffix in (".jpg", ".png", ".bmp", ".webp", ".tiff", ".ppm", ".gif", ".avif")]


def _feed_picture(data: bytes, folder: Path) -> bool:
    from app.pipeline.recordings import PictureFile
    from app.pipeline.sources import SourceError, identify

    path = _file(folder, "a.jpg", data)
    with refusal(path, SourceError) as good:
        source = PictureFile(identify(str(path)))
        source.open()
        frame = source.read()
        assert frame is not None and frame.image.ndim == 3 and frame.image.shape[2] == 3
    return bool(good)


def _video_seeds(folder: Path) -> list[bytes]:
    found = []
    for name, code in (("a.mp4", "mp4v"), ("a.avi", "MJPG"), ("a.mkv", "mp4v"), ("a.webm", "VP80"), ("a.ts", "mp4v")):
        path = folder / name
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), 10, (64, 48))
        for number in range(6):
            writer.write(np.full((48, 64, 3), 40 * number, np.uint8))
        writer.release()
        if path.exists():
            found.append(path.read_bytes())
    return found


def _feed_video(data: bytes, folder: Path) -> bool:
    from app.pipeline.recordings import VideoFile
    from app.pipeline.sources import SourceError, identify

    path = _file(folder, "a.mp4", data)
    source = VideoFile(identify(str(path)))
    with refusal(path, SourceError) as good:
        source.open()
        for _ in range(40):
            if source.read() is None:
                break
    source.close()
    return bool(good)


TARGETS: Sequence[Target] = (
    Target("truth", _truth_seeds, _feed_truth),
    Target("openalpr", _openalpr_seeds, _feed_openalpr),
    Target("data", _data_seeds, _feed_data),
    Target("watch", _watch_seeds, _feed_watch),
    Target("settings", _settings_seeds, _feed_settings),
    Target("known", _known_seeds, _feed_known),
    Target("state", _state_seeds, _feed_state),
    Target("address", _address_seeds, _feed_address),
    Target("log-address", _log_seeds, _feed_log),
    Target("yolo", _yolo_seeds, _feed_yolo, quick=4000),
    Target("label", _label_seeds, _feed_label),
    Target("sources", _sources_seeds, _feed_sources),
    Target("voc", _voc_seeds, _feed_voc),
    Target("annotation", _annotation_seeds, _feed_annotation),
    Target("zip", _zip_seeds, _feed_zip),
    Target("reader", _reader_seeds, _feed_reader, native=True),
    Target("detector", _detector_seeds, _feed_detector, native=True),
    Target("training", _training_seeds, _feed_training, native=True),
    Target("picture", _picture_seeds, _feed_picture, native=True),
    Target("video", _video_seeds, _feed_video, native=True, quick=2000),
)
