import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.cli import evaluate
from app.cli.evaluate import TruthError, foremost, read_openalpr, read_truth
from app.pipeline import loading
from app.pipeline.events import PlateEvent
from app.pipeline.pipeline import Pipeline
from detector.types import Box
from tests.app.made_events import changed, made_event
from tests.app.runs import Networks
from tests.app.sources.clips import write_clip

BOX = Box(10, 10, 60, 24)


def read(text: str, first: float = 0, last: float = 1, source: str = "a.mp4", box: Box = BOX) -> PlateEvent:
    return made_event(1, text, source=source, first_s=first, last_s=last, box=box)


def test_one_read_a_picture_is_that_of_its_largest_plate_and_videos_keep_all() -> None:
    far = read("XX999", source="a.jpg", box=Box(0, 0, 40, 10))
    near = changed(read("AB123", source="a.jpg", box=Box(100, 100, 180, 120)), confidence=0.5)
    moving = [read("CD456"), read("EF789")]
    assert foremost([far, near, *moving]) == foremost([near, far, *moving]) == [*moving, near]


def test_a_truth_file_is_read_with_all_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("video,plate_text,first_s,last_s,also_accepted\nx.mp4,ls15 ebc,0,4.5,LS15EB0|LSI5EBC\ny.mp4,,,,\n")
    one, none = read_truth(path, tmp_path)
    assert (one.path, one.text, one.first_s, one.last_s) == (tmp_path / "x.mp4", "LS15EBC", 0.0, 4.5)
    assert one.texts == {"LS15EBC", "LS15EB0", "LSI5EBC"} and none.text == ""


def test_a_truth_file_may_tell_place_source_and_what_it_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(
        "image_path,plate_text,x1,y1,x2,y2,source,complete\na.jpg,AB1,1,2,30.5,9,street,0\nb.jpg,CD2,,,,,,\n"
    )
    some, bare = read_truth(path, tmp_path)
    assert (some.box, some.source, some.is_complete) == (Box(1, 2, 30.5, 9), "street", False)
    assert (bare.box, bare.source, bare.is_complete) == (None, "", True)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "video,plate_text,first_s\nx.mp4,AB12,soon\n"])
def test_a_truth_file_that_is_none_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(content)
    with pytest.raises(TruthError, match=r"truth\.csv"):
        read_truth(path, tmp_path)


def test_the_openalpr_layout_is_read(tmp_path: Path) -> None:
    (tmp_path / "car1.txt").write_text("car1.jpg\t194\t347\t93\t22\tAYO9034\n")
    (one,) = read_openalpr(tmp_path)
    assert (one.path, one.text, one.box) == (tmp_path / "car1.jpg", "AYO9034", Box(194, 347, 287, 369))
    with pytest.raises(TruthError, match="OpenALPR"):
        read_openalpr(tmp_path / "nowhere")


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    evaluate.add_arguments(parser)
    return evaluate.main(parser.parse_args(list(words)))


def test_the_command_ends_with_one_line_of_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: Pipeline(Networks(), Networks()))
    write_clip(tmp_path / "a.avi", 12)
    cv2.imwrite(str(tmp_path / "b.png"), np.zeros((120, 160, 3), np.uint8))
    csv_path = tmp_path / "truth.csv"
    csv_path.write_text("image_path,plate_text\na.avi,AB123C\nb.png,XY987Z\nc.png,NOT123\n")
    assert command(str(tmp_path), "--truth", str(csv_path)) == 1, "a file of the truth is not there"
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (last["plates"], last["exact"], last["false"], last["found"]) == (3, 1, 1, 1)
    assert last["frames"] == 13 and "c.png" in last["errors"][0]
    assert command(str(tmp_path)) == 2


def test_the_command_scores_the_openalpr_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(loading, "load_pipeline", lambda device, tuning: Pipeline(Networks(), Networks()))
    lines = {
        "us/car1": "car1.jpg\t30\t40\t60\t16\tAB123C",
        "us/car2": "car2.jpg\t30\t40\t60\t16\tA8123C\n",
        "eu/car3": "car3.png 120 90 30 10 XY987Z",  # by blanks, and elsewhere in the picture
    }
    for name, line in lines.items():
        text = tmp_path / f"{name}.txt"
        text.parent.mkdir(exist_ok=True)
        text.write_text(line)
        cv2.imwrite(str(text.with_name(line.split()[0])), np.zeros((120, 160, 3), np.uint8))
    (tmp_path / "readme.txt").write_text("These pictures were taken by a camera\n")
    assert command(str(tmp_path)) == 0
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (last["plates"], last["exact"], last["folded"], last["found"]) == (3, 1, 1, 2)
    assert (last["reads"], last["false"], last["duplicates"], last["errors"]) == (3, 2, 0, [])
    assert last["cer"] == round((1 + 6) / 18, 4)


@pytest.mark.parametrize(
    ("text", "plates"),
    [
        ("image_path;plate_text\na.jpg;rk-884 al\n", ["RK884AL"]),
        ("sep=;\r\nimage_path;plate_text\r\na.jpg;AB12CD\r\n", ["AB12CD"]),
        ("filename,plate\na.jpg,RK884AL\n", ["RK884AL"]),
        ("IMAGE_PATH\tPlate_Text\na.jpg\tRK884AL\n", ["RK884AL"]),
    ],
)
def test_a_truth_file_of_any_spreadsheet_is_read(tmp_path: Path, text: str, plates: list[str]) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(text, encoding="utf-8-sig")
    assert [truth.text for truth in read_truth(path, tmp_path)] == plates


def test_a_plate_that_a_spreadsheet_made_a_date_of_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("image_path;plate_text\na.jpg;12. Mai\n", encoding="utf-8")
    with pytest.raises(TruthError, match=r"line 2: '12\. Mai' is a date that a spreadsheet has made of a plate"):
        read_truth(path, tmp_path)
