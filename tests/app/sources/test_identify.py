import re
from collections import Counter
from pathlib import Path

import pytest

from app.sources import camera as live
from app.sources.identify import expand, identify
from app.sources.source import SourceError, SourceKind


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("0", SourceKind.CAMERA, "camera 0"),
        ("/dev/video3", SourceKind.CAMERA, "camera 3"),
        ("camera:2", SourceKind.CAMERA, "camera 2"),
        ("camera: Logitech BRIO", SourceKind.CAMERA, "Logitech BRIO"),
        ("rtmp://host/live", SourceKind.STREAM, "rtmp://host/live"),
        ("http://host:8080/video.mjpg", SourceKind.STREAM, "http://host:8080/video.mjpg"),
    ],
)
def test_live_sources_are_told_by_their_spelling(text: str, kind: SourceKind, name: str) -> None:
    spec = identify(text)
    assert (spec.kind, spec.source_id, spec.is_live) == (kind, name, True)


def test_a_password_is_in_the_address_only() -> None:
    spec = identify("rtsp://admin:s3cret@10.0.0.5/stream1")
    assert spec.address == "rtsp://admin:s3cret@10.0.0.5/stream1"
    assert "s3cret" not in spec.source_id and "10.0.0.5/stream1" in spec.source_id


def test_files_whose_content_says_nothing_are_told_by_their_ending(tmp_path: Path) -> None:
    for name, kind in (("a.JPG", SourceKind.PICTURE), ("b.mp4", SourceKind.VIDEO), ("c.unknown", SourceKind.VIDEO)):
        (tmp_path / name).write_bytes(b"x")
        assert identify(str(tmp_path / name)).kind is kind


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.mp4: no such file"):
        identify(str(tmp_path / "nowhere.mp4"))
    with pytest.raises(SourceError, match="folder"):
        identify(str(tmp_path))


def test_a_folder_stands_for_its_videos_and_pictures_in_natural_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("clip10.mp4", "clip2.mp4", "a.png", "notes.txt", "truth.csv", ".hidden.mp4", "sub/x.jpg"):
        (tmp_path / name).write_bytes(b"x")
    names = [spec.source_id for spec in expand(str(tmp_path))]
    assert names == [str(tmp_path / name) for name in ("a.png", "clip2.mp4", "clip10.mp4", "sub/x.jpg")]


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no video and no picture"):
        expand(str(tmp_path))


def test_cameras_are_found_by_part_of_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "cameras", lambda: {0: "Integrated Camera", 2: "Logitech BRIO"})
    assert live.camera_index("7") == 7
    assert live.camera_index("brio") == 2
    with pytest.raises(SourceError, match="0: Integrated Camera, 2: Logitech BRIO"):
        live.camera_index("Sony")


def test_the_kernels_list_of_cameras_leaves_out_their_metadata(tmp_path: Path) -> None:
    for entry, index, name in (("video0", "0", "Cam A"), ("video1", "1", "Cam A"), ("video2", "0", "Cam B")):
        (tmp_path / entry).mkdir()
        (tmp_path / entry / "index").write_text(index + "\n")
        (tmp_path / entry / "name").write_text(name + "\n")
    assert live._linux_cameras(tmp_path) == {0: "Cam A", 2: "Cam B"}


def test_an_address_that_is_no_text_is_refused_since_opencv_crashes_at_it() -> None:
    with pytest.raises(SourceError, match="UTF-8"):
        identify("rtsp://cam/\udcff")


@pytest.mark.parametrize(
    "text", ["a" * 5000, "9" * 5000, "a\x00b", "postgresql://u:hunter2@db/plates", "rtsp:/u:hunter2@cam"]
)
def test_words_no_disk_can_hold_and_misspelt_addresses_are_told_without_their_passwords(text: str) -> None:
    with pytest.raises(SourceError, match=r"no such file|is not known here") as caught:
        identify(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rtps://cam/1", "rtps:// is not known here; addresses begin with rtsp://"),
        ("rtsp:/cam/1", "no such file, camera or address; write an address as rtsp://HOST/PATH"),
        ("rtsp://", "no host in this address; write it as rtsp://HOST/PATH"),
        ("ftp://cam/1", "ftp:// cannot be read by this build; copy the file here first"),
        ("srt://127.0.0.1:9999", "srt:// cannot be read by this build; relay it"),
    ],
)
def test_a_wrong_address_is_told_with_how_one_is_written(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=re.escape(words)) as error:
        identify(text)
    assert str(error.value).startswith(text)


def test_the_address_of_a_file_is_its_path(tmp_path: Path) -> None:
    path = tmp_path / "gate ü#1.jpg"
    path.write_bytes(b"x")
    assert identify(path.as_uri()).address == str(path)
    assert identify(path.as_uri().replace("file:///", "file://localhost/")).address == str(path)
    with pytest.raises(SourceError, match="another machine"):
        identify("file://server/share/a.mp4")


def test_a_pattern_stands_for_the_files_that_match(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("base10.jpg", "base2.jpg", "other.jpg", "sub/base3.jpg", "odd[1].jpg"):
        (tmp_path / name).write_bytes(b"x")

    def names(pattern: str) -> list[str]:
        return [Path(spec.address).name for spec in expand(str(tmp_path / pattern))]

    assert names("base*.jpg") == ["base2.jpg", "base10.jpg"]
    assert names("**/base?.jpg") == ["base2.jpg", "base3.jpg"]
    assert names("odd[1].jpg") == ["odd[1].jpg"], "a file that is called so is no pattern"
    with pytest.raises(SourceError, match=r"no file matches"):
        expand(str(tmp_path / "none*.jpg"))


def test_nothing_in_a_folder_is_passed_over_in_silence(tmp_path: Path) -> None:
    for name in ("a.jpg", "notes.txt", "more.TXT", "sheet.csv", ".hidden.mp4", "noending"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    passed_over: Counter[str] = Counter()
    assert [Path(spec.address).name for spec in expand(str(tmp_path), passed_over)] == ["a.jpg"]
    assert passed_over == {
        ".txt": 2,
        ".csv": 1,
        "hidden": 1,
        "without ending, of unknown content": 1,
        "no file (a link to nothing, a pipe or a device)": 1,
    }


def test_a_folder_that_links_lead_to_is_read_once_and_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "z real").mkdir()
    (tmp_path / "z real" / "a.jpg").write_bytes(b"x")
    (tmp_path / "a link").symlink_to(tmp_path / "z real")
    (tmp_path / "z real" / "back").symlink_to(tmp_path)
    assert [spec.source_id for spec in expand(str(tmp_path))] == [str(tmp_path / "z real" / "a.jpg")]
    outside = tmp_path / "only links"
    outside.mkdir()
    (outside / "there").symlink_to(tmp_path / "z real")
    assert len(expand(str(outside))) == 1
