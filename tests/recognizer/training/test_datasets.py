"""Reading data sets as people have them: with gaps, damage and odd members."""

import json
import tracemalloc
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from recognizer.alphabet import Alphabet
from recognizer.training import datasets
from recognizer.training.datasets import load

SHARED = Path(__file__).parents[3] / "../shared/data"


def picture(width=20, height=10):
    return cv2.imencode(".png", np.full((height, width, 3), 90, np.uint8))[1].tobytes()


def annotation(text, *tags):
    return json.dumps({"description": text, "tags": list(tags), "size": {"height": 10, "width": 20}, "objects": []})


def put(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def pack(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def project(*entries, dataset="cars"):
    """Files of a project of (name, text, tags...)."""
    files = {}
    for name, text, *tags in entries:
        files[f"{dataset}/ann/{name}.json"] = annotation(text, *tags)
        files[f"{dataset}/img/{name}.png"] = picture()
    return files


MIXED = {
    "meta.json": "{}",
    **project(("a", "A123", "train"), ("b", "B7", "val"), ("c", "C1", "test")),
    **project(("d", "D4"), dataset="cars__test"),
    "cars/ann/lonely.json": annotation("X1", "train"),
    "cars/ann/empty.json": annotation("  ", "train"),
    "cars/img/empty.png": picture(),
    "cars/img/unread.jpg": picture(),
}


@pytest.fixture(params=["folder", "zip"])
def store(request, tmp_path):
    """Makes a project of files, as a folder or as a zip."""
    if request.param == "folder":
        return lambda files: put(tmp_path / "project", files)
    return lambda files: pack(tmp_path / "project.zip", files)


def test_a_project_gives_texts_splits_and_pictures(store):
    data = load(store(MIXED))
    assert {(s.text, s.split, s.source) for s in data.samples} == {
        ("A123", "train", "cars"),
        ("B7", "val", "cars"),
    }
    assert all(s.image().shape == (10, 20, 3) and s.image().dtype == np.uint8 for s in data.samples)
    assert data.alphabet == Alphabet("1237AB")
    assert data.longest == 4


def test_the_alphabet_comes_from_outside_the_test_split(store):
    files = project(("a", "AB1", "train"), ("b", "B1", "val"), ("c", "A1", "test"), ("d", "AX", "test"))
    data = load(store(files), split="test")
    assert data.alphabet == Alphabet("1AB")
    assert [s.text for s in data.samples] == ["A1"]
    assert [(out.name, out.why) for out in data.left_out] == [("cars/img/d.png", "characters outside the alphabet: X")]


def test_the_data_sets_name_gives_the_split_of_untagged_pictures(store):
    data = load(store(MIXED), alphabet=Alphabet(), split="test")
    assert sorted(s.text for s in data.samples) == ["C1", "D4"]


def test_what_is_left_out_is_told_with_its_reason(store):
    data = load(store(MIXED), alphabet=Alphabet())
    assert {(out.name, out.why) for out in data.left_out} == {
        ("cars/ann/lonely.json", "annotation without picture"),
        ("cars/img/empty.png", "empty text"),
        ("cars/img/unread.jpg", "picture without annotation"),
    }
    assert "left out 1: annotation without picture (such as cars/ann/lonely.json)" in data.report()


def test_texts_the_network_cannot_learn_are_left_out(store):
    files = project(("a", "AA11", "train"), ("b", "A1B1", "train"), ("c", "Я1", "val"), ("d", "A1B1A1", "val"))
    data = load(store(files), alphabet=Alphabet("AB1"), steps=5)
    assert [s.text for s in data.samples] == ["A1B1"]
    reasons = {out.name[-5]: out.why for out in data.left_out}
    assert reasons["a"] == "text too long: needs 6 steps, the network has 5"
    assert reasons["c"] == "characters outside the alphabet: Я"
    assert reasons["d"] == "text too long: needs 6 steps, the network has 5"


def test_without_tags_one_in_twenty_is_validation_by_seed(store):
    path = store(project(*[(f"p{i:03}", "AB1") for i in range(200)]))
    splits = [[s.split for s in load(path, seed=seed).samples] for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]
    assert splits[0].count("val") == 10 and splits[0].count("train") == 190
    train = {s.name for s in load(path, split="train", seed=1).samples}
    assert not train & {s.name for s in load(path, split="val", seed=1).samples}


def test_newer_projects_name_annotations_after_the_whole_file_and_tag_by_objects(store):
    files = {
        "p/ds/ann/a.jpg.json": json.dumps({"description": "A1", "tags": [{"name": "dirty"}, {"name": "val"}]}),
        "p/ds/img/a.jpg": picture(),
    }
    (sample,) = load(store(files)).samples
    assert (sample.text, sample.split, sample.name) == ("A1", "val", "p/ds/img/a.jpg")


@pytest.mark.parametrize(
    "content", ["{not json", "[]", '"AB"', '{"description": 7}', '{"description": "A", "tags": 3}']
)
def test_a_broken_annotation_is_an_error_that_names_it(store, content):
    files = {**project(("a", "A1")), "cars/ann/broken.json": content, "cars/img/broken.png": picture()}
    with pytest.raises(ValueError, match=r"project.*cars/ann/broken\.json: not a Supervisely annotation"):
        load(store(files))


@pytest.mark.parametrize("content", [b"", b"not a picture", picture()[:30]])
def test_a_broken_picture_is_an_error_that_names_it(store, content):
    files = {**project(("a", "A1")), "cars/img/a.png": content}
    (sample,) = load(store(files)).samples
    with pytest.raises(ValueError, match=r"cars/img/a\.png: not a picture"):
        sample.image()


def test_members_that_climb_out_stay_inside_the_zip(tmp_path):
    files = {"../../x/ann/a.json": annotation("A1"), "../../x/img/a.png": picture(), **project(("b", "B1"))}
    (tmp_path / "sub").mkdir()
    data = load(pack(tmp_path / "sub" / "p.zip", files))
    assert sorted(s.text for s in data.samples) == ["A1", "B1"]
    assert all(s.image().shape == (10, 20, 3) for s in data.samples)
    assert [p.name for p in tmp_path.rglob("*")] == ["sub", "p.zip"]


def test_a_huge_member_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "LARGEST_MEMBER", 1000)
    path = pack(tmp_path / "p.zip", {**project(("a", "A1")), "cars/img/a.png": b"\0" * 5000})
    (sample,) = load(path).samples
    with pytest.raises(ValueError, match=r"p\.zip, cars/img/a\.png: 5,000 bytes"):
        sample.image()


def test_a_member_that_understates_its_size_is_not_unpacked_beyond_it(tmp_path):
    path = pack(tmp_path / "p.zip", {**project(("a", "A1")), "cars/img/a.png": b"\0" * (200 << 20)})
    said = (200 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(said, (1000).to_bytes(4, "little")))
    (sample,) = load(path).samples
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"p\.zip, cars/img/a\.png"):
        sample.image()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20, "the bomb went off"


def test_a_zip_with_names_that_climb_writes_nothing(tmp_path):
    files = project(("a", "A1"), dataset="../../../cars") | project(("b", "B1"), dataset="/cars")
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    path = pack(folder / "p.zip", files)
    for sample in load(path).samples:
        sample.image()
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_a_member_without_a_name_is_passed_by(tmp_path):
    path = pack(tmp_path / "p.zip", project(("a", "A1")))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("x", b"nothing")
        archive.getinfo("x").filename = ""  # the directory is written at the end
    assert [s.text for s in load(path).samples] == ["A1"]


def test_a_damaged_member_is_an_error_that_names_it(tmp_path):
    path = pack(tmp_path / "p.zip", project(("a", "A1")))
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("cars/img/a.png").header_offset
    content = bytearray(path.read_bytes())
    content[start + 50 : start + 70] = bytes(20)
    path.write_bytes(content)
    (sample,) = load(path).samples
    with pytest.raises(ValueError, match=r"cars/img/a\.png: cannot be read from the zip"):
        sample.image()


def table(tmp_path, content, pictures=("a.png", "b.png", "sub/c.png")):
    put(tmp_path, dict.fromkeys(pictures, picture()))
    path = tmp_path / "plates.csv"
    path.write_text(content, encoding="utf-8-sig")
    return path


def test_a_csv_gives_texts_regions_and_sources(tmp_path):
    path = table(
        tmp_path,
        "image_path,plate_text,plate_region,source,quality\na.png,AB1,US:va,s1,clean\nsub/c.png, C2 ,DE,s2,clean\n"
        "gone.png,X,DE,s2,clean\nb.png,,DE,s2,clean\n",
    )
    data = load(path)
    assert [(s.name, s.text, s.region, s.source) for s in data.samples] == [
        ("a.png", "AB1", "US:va", "s1"),
        ("sub/c.png", "C2", "DE", "s2"),
    ]
    assert [(out.name, out.why) for out in data.left_out] == [("gone.png", "no such picture"), ("b.png", "empty text")]
    assert data.samples[1].image().shape == (10, 20, 3)


def test_a_csv_may_name_its_splits(tmp_path):
    data = load(table(tmp_path, "image_path,plate_text,split\na.png,A,train\nb.png,A,val\nsub/c.png,A,\n"))
    assert [s.split for s in data.samples] == ["train", "val", "train"]
    with pytest.raises(ValueError, match=r"plates\.csv, line 2: split 'tset'"):
        load(table(tmp_path, "image_path,plate_text,split\na.png,A,tset\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("image,plate_text\na.png,A\n", "no column image_path"),
        ("", "no column image_path or plate_text"),
        ("image_path,plate_text\n,A\n", "line 2: image_path is empty"),
        ("image_path,plate_text\ngone.png,A\n", "no sample that can be used; left out: 1 × no such picture"),
        ("image_path,plate_text\n", "no sample that can be used"),
    ],
)
def test_a_csv_that_cannot_be_used_is_an_error_that_names_it(tmp_path, content, message):
    with pytest.raises(ValueError, match=rf"plates\.csv.*{message}"):
        load(table(tmp_path, content))


def test_a_csv_of_another_encoding_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "plates.csv"
    path.write_bytes("image_path,plate_text\nä.png,A\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"plates\.csv is not UTF-8 text"):
        load(path)


def test_other_paths_are_refused_by_name(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"absent\.zip"):
        load(tmp_path / "absent.zip")
    with pytest.raises(ValueError, match=r"notes\.txt: neither"):
        load(put(tmp_path, {"notes.txt": "hello"}) / "notes.txt")
    with pytest.raises(ValueError, match="no annotation"):
        load(tmp_path)


def test_a_missing_split_is_told_with_those_there_are(store):
    with pytest.raises(ValueError, match=r"no sample of the split 'test'; it has train 1, val 1"):
        load(store(project(("a", "A1", "train"), ("b", "A1", "val"))), split="test")


def test_the_tutorials_own_data_set():
    path = SHARED / "anpr_ocr.zip"
    if not path.exists():
        pytest.skip(f"{path} is absent: the tutorial's data set is not beside the project")
    data = load(path, split="test")
    assert len(data.samples) == 561
    assert data.alphabet == Alphabet("0123456789ABCEHKMOPTXY")
    assert data.longest == 8
    assert [out.why for out in data.left_out] == ["characters outside the alphabet: U"]
    assert data.samples[0].image().shape == (34, 152, 3)


def test_labels_are_taken_however_people_typed_them(tmp_path):
    for name in "abcd":
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.zeros((8, 16, 3), np.uint8))
    rows = ["sep=;", "image_path;plate_text", "a.png;ag-264 b", "b.png;WÜ AB 123", "c.png;g063nb<01", "d.png; AB12 "]
    (tmp_path / "plates.csv").write_text("\r\n".join(rows), encoding="utf-8-sig")
    assert [sample.text for sample in load(tmp_path / "plates.csv").samples] == [
        "AG264B",
        "WUAB123",
        "01G063NB",
        "AB12",
    ]


def test_a_label_that_a_spreadsheet_has_spoilt_is_refused_with_its_line(tmp_path):
    (tmp_path / "plates.csv").write_text("image_path,plate_text\na.png,AB12\nb.png,1.23E+05\n")
    with pytest.raises(ValueError, match=r"plates\.csv, line 3: '1.23E\+05' is a number of a spreadsheet"):
        load(tmp_path / "plates.csv")
