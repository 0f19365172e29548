"""docs/reliability.md names tests that are there, wherever they lie."""

import ast
import re

from app.config.paths import ROOT


def test_every_test_it_names_exists() -> None:
    named = re.findall(r"\b(test_\w+)`", (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8"))
    assert len(named) > 30
    there = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        there |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert not set(named) - there
