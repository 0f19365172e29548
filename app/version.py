"""The program's version, in this one place: pyproject.toml and the wheel take it from here."""

__version__ = "0.2.0"
