"""Reads plates: CNN -> bidirectional RNN -> CTC. Importing this package loads no torch; using PlateReader does."""

from typing import TYPE_CHECKING, Any

from recognizer.readings import Alternative, Reading

if TYPE_CHECKING:
    from recognizer.reader import PlateReader

__all__ = ["Alternative", "PlateReader", "Reading"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the signature of PEP 562
    if name == "PlateReader":
        from recognizer.reader import PlateReader

        return PlateReader
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
