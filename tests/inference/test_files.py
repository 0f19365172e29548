import pytest

from inference.files import cache_folder, replacing, sha256_of, write_whole


def test_the_sum_is_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "a") == expected
    (tmp_path / "a").write_bytes(b"abcd")
    assert sha256_of(tmp_path / "a") != expected
    (tmp_path / "b").write_bytes(b"abc")
    (tmp_path / "b").replace(tmp_path / "a")
    assert sha256_of(tmp_path / "a") == expected


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "folder" / "a"
    write_whole(path, lambda unfinished: unfinished.write_text("first"))

    def fail(unfinished):
        unfinished.write_text("half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        write_whole(path, fail)
    assert path.read_text() == "first" and [file.name for file in path.parent.iterdir()] == ["a"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_of_two_files_the_second_appears_last(tmp_path):
    with replacing(tmp_path / "net.bin", tmp_path / "net.xml") as (data, text):
        text.write_text("text")
        data.write_text("data")
        assert not (tmp_path / "net.xml").exists()
    assert (tmp_path / "net.bin").read_text() + (tmp_path / "net.xml").read_text() == "datatext"


def test_without_room_for_a_cache_it_is_named_all_the_same(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_folder().name == "platescribe" and not cache_folder().exists()
