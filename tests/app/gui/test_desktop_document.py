import re
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[2] / "docs" / "desktop.md"


def test_every_one_of_the_seventeen_points_names_tests_that_exist() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    points = re.findall(r"^\| ✓ (\d+) \|.*\| (.+) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in points] == list(range(1, 18))
    for number, named in points:
        tests = re.findall(r"`([\w/]+\.py)::(\w+)`", named)
        assert tests, f"point {number} names no test"
    for file, name in re.findall(r"`([\w/]+\.py)::(\w+)`", text):
        assert re.search(rf"^def {name}\(", (HERE / file).read_text(), re.MULTILINE), f"{file}::{name} is gone"
