"""Data sets of pictures, with their annotations, as folders and zips."""

from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.fuzzing import Target
from tests.fuzz.inputs import a_picture, picture, put, taken


def _openalpr_seeds(_: Path) -> list[bytes]:
    return [b"a.jpg\t10\t5\t20\t8\tAB12CDE\nb.jpg\t1\t2\t3\t4\tXY1\n", b"a.jpg 10 5 20 8 AB12CDE\n"]


def _feed_openalpr(data: bytes, folder: Path) -> bool:
    from app.cli.evaluate import TruthError, read_openalpr
    from detector.training import datasets

    a_picture(folder)
    put(folder, "a.txt", data)
    datasets.read_openalpr(folder)  # names what is wrong in its problems
    return taken(folder, read_openalpr, TruthError)


def _yolo_seeds(_: Path) -> list[bytes]:
    return [
        b"path: .\ntrain: images/val\nval: images/val\nnames: {0: plate}\n",
        b"val: images/val\nnames: [plate]\n",
    ]


def _feed_yolo(data: bytes, folder: Path) -> bool:
    from detector.training.convert import convert_datasets

    path = _yolo(folder)
    path.write_bytes(data)
    return taken(folder, lambda _: convert_datasets([path], [], [], folder / "out"), ValueError, FileNotFoundError)


def _yolo(folder: Path) -> Path:
    """A sound YOLO data set in folder."""
    for name, data in (("images/val/a.jpg", None), ("labels/val/a.txt", b"0 0.5 0.5 0.2 0.2\n")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is not None or not path.exists():
            path.write_bytes(data or picture(".jpg"))
    return put(folder, "data.yaml", b"val: images/val\nnames: [plate]\n")


def _label_seeds(_: Path) -> list[bytes]:
    return [b"0 0.5 0.5 0.2 0.2\n0 0.1 0.1 0.05 0.05\n", b"0 0.9 0.9 0.3 0.3 0.9\n"]


def _feed_label(data: bytes, folder: Path) -> bool:
    from detector.training.datasets import read_yolo

    path = _yolo(folder)
    put(folder, "labels/val/a.txt", data)
    found = read_yolo(path)
    return not found.problems


def _sources_seeds(_: Path) -> list[bytes]:
    return [b"image_path,split,source\nimages/val/a.jpg,val,alpha\n", b"image_path,source\nimages/val/a.jpg,../../x\n"]


def _feed_sources(data: bytes, folder: Path) -> bool:
    from detector.training.convert import convert_datasets

    path = _yolo(folder)
    put(folder, "sources.csv", data)
    before = _outside(folder)
    good = taken(folder, lambda _: convert_datasets([path], [], [], folder / "out"), ValueError)
    assert _outside(folder) == before, "a file was written outside the folder"
    return good


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
    from detector.training.datasets import read_voc

    a_picture(folder)
    path = put(folder, "a.xml", data)
    found = read_voc(folder)
    assert all(problem.path == path for problem in found.problems)
    return not found.problems


def _annotation_seeds(_: Path) -> list[bytes]:
    return [
        b'{"description": "AB12CDE", "tags": [{"name": "train"}], "size": {"height": 24, "width": 40}, "objects": []}',
        b'{"description": "XY1", "tags": ["val"]}',
    ]


def _feed_annotation(data: bytes, folder: Path) -> bool:
    from recognizer.training import datasets

    for part in ("img", "ann"):
        (folder / "set" / part).mkdir(parents=True, exist_ok=True)
    if not (folder / "set" / "img" / "a.jpg").exists():
        put(folder / "set" / "img", "a.jpg", picture(".jpg"))
    put(folder / "set" / "ann", "a.json", data)
    return taken(folder, datasets.load, ValueError)


def _zip_seeds(folder: Path) -> list[bytes]:
    import zipfile

    found = []
    for packing in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = folder / "seed.zip"
        with zipfile.ZipFile(path, "w", packing) as archive:
            archive.writestr("set/img/a.jpg", picture(".jpg"))
            archive.writestr("set/ann/a.json", _annotation_seeds(folder)[0])
        found.append(path.read_bytes())
    return found


def _feed_zip(data: bytes, folder: Path) -> bool:
    from recognizer.training import datasets

    datasets._read_archive.cache_clear()
    path = put(folder, "set.zip", data)
    before = sorted(folder.rglob("*"))
    good = taken(path, lambda _: [sample.image() for sample in datasets.load(path).samples], ValueError)
    assert sorted(folder.rglob("*")) == before
    return good


TARGETS: Sequence[Target] = (
    Target("openalpr", _openalpr_seeds, _feed_openalpr),
    Target("yolo", _yolo_seeds, _feed_yolo),
    Target("label", _label_seeds, _feed_label),
    Target("sources", _sources_seeds, _feed_sources),
    Target("voc", _voc_seeds, _feed_voc),
    Target("annotation", _annotation_seeds, _feed_annotation),
    Target("zip", _zip_seeds, _feed_zip),
)
