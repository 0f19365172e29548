"""One name, one thing: no class of the program bears the name of another."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "inference", "detector", "recognizer")


def classes() -> dict[str, list[str]]:
    """Where each class of the program is defined, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_no_two_classes_have_one_name() -> None:
    named = classes()
    assert len(named) > 200, "the packages were found"
    assert {name: places for name, places in named.items() if len(places) > 1} == {}
