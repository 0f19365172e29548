"""Every kind of source has what belongs to it."""

from pathlib import Path

import pytest

from app.sources.registry import SOURCE_TYPES, make_source
from app.sources.source import SourceKind, SourceSpec

ICONS = Path(__file__).resolve().parents[3] / "assets" / "icons"


@pytest.mark.parametrize("kind", SourceKind)
def test_every_kind_can_be_made_and_shown(kind: SourceKind) -> None:
    spec = SourceSpec(kind, "gate", "0")
    assert make_source(spec).spec == spec
    assert SOURCE_TYPES[kind].label
    assert (ICONS / f"{SOURCE_TYPES[kind].icon}.svg").is_file()
