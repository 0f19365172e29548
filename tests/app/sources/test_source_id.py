import pytest

from app.sources.source_id import SourceId, TrackKey


@pytest.mark.parametrize("source", ["gate", "clips/a.mp4", "lane #2", "", "rtsp://cam/1#sub"])
def test_a_track_is_named_by_its_source_and_number(source: str) -> None:
    key = TrackKey(SourceId(source), 12)
    assert str(key) == f"{source}#12" and TrackKey.parse(str(key)) == key


@pytest.mark.parametrize("text", ["gate", "gate#", "gate#x", "~ab12", ""])
def test_what_names_no_track_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no track"):
        TrackKey.parse(text)
