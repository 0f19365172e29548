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
    with pytest.raises(SourceError, match="no such file") as caught:
        identify(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", ["rtps://cam/1", "rtsp:/cam/1", "rtsp://", "rtsp://cam 1/x", "ftp://cam/1"])
def test_a_wrong_address_is_told_with_how_one_is_written(text: str) -> None:
    with pytest.raises(
        SourceError, match=r"no such file.*; write an address as rtsp://HOST/PATH, without blanks"
    ) as error:
        identify(text)
    assert str(error.value).startswith(text)
