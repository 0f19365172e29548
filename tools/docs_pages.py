"""Writes the pages of the documentation that say what the code says: the settings and the command line.

mkdocs calls `on_files` when it builds (mkdocs.yml, hooks). The pages lie nowhere, so none can fall behind the code.
"""

import argparse
import contextlib
import io
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.config import settings  # noqa: E402  (the path above is needed where the program is not installed)


def on_files(files: Any, config: Any) -> Any:  # noqa: ANN401 - mkdocs has no types here
    """Add the generated pages to the files of the documentation."""
    from mkdocs.structure.files import File

    for name, text in pages().items():
        files.append(File.generated(config, name, content=text))
    return files


def pages() -> dict[str, str]:
    """The generated pages: their place under docs, and their Markdown."""
    return {"reference/settings.md": settings_page(), "reference/command-line.md": command_line_page()}


def settings_page() -> str:
    """A table a section of the settings file."""
    lines = [
        "# Settings",
        "",
        "The settings lie in `settings.toml`. `platescribe doctor` says where that file is, and the window has a",
        "dialog for it. A line that is deleted goes back to its default.",
    ]
    section = ""
    for entry in settings.schema():
        if entry.section != section:
            section = entry.section
            lines += ["", f"## {settings.section_label(section)} {{#{section}}}", "", _HEAD]
        lines.append(_setting_row(entry))
    return "\n".join(lines) + "\n"


_HEAD = "| Setting | Default | Allowed | What it does |\n|---|---|---|---|"


def _setting_row(entry: settings.SettingEntry) -> str:
    option = entry.option
    effect = f"**{option.label}.** {option.help}"
    if not option.live:
        effect += " Takes effect at the next start."
    return f"| `{entry.key}` | `{_shown(entry.default)}` | {_allowed(entry)} | {effect} |"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(list(value)) if isinstance(value, tuple) else f'"{value}"' if isinstance(value, str) else str(value)


def _allowed(entry: settings.SettingEntry) -> str:
    option = entry.option
    if option.choices:
        return ", ".join(f"`{choice}`" for choice in option.choices)
    if option.low is None or option.high is None:
        return {bool: "true, false", tuple: "a list of texts"}.get(entry.kind, "a text")
    zero = f"; 0: {option.zero.lower()}" if option.zero else ""
    return f"{option.low:g} to {option.high:g}{' ' + option.unit if option.unit else ''}{zero}"


def command_line_page() -> str:
    """Every command's own help."""
    from app.cli.main import COMMANDS, command_parser
    from app.config import bootstrap

    bootstrap.prepare()
    os.environ["COLUMNS"] = "100"  # the width of the help, whatever the terminal
    lines = [
        "# Command line",
        "",
        "`platescribe` is the installed command; in a checkout it is `python main.py`. Every command has `--help`.",
    ]
    for command in COMMANDS:
        parser = command_parser(command)
        lines += _help(f"platescribe {command.name}", parser.format_help(), 2)
        for name, own in _commands_of(parser).items():
            lines += _help(f"platescribe {command.name} {name}", own.format_help(), 3)
    for library in ("detector", "recognizer"):
        module = import_module(f"{library}.__main__")
        lines += _help(f"python -m {library}", _printed(module, []), 2)
        for name in module.COMMANDS:
            lines += _help(f"python -m {library} {name}", _printed(module, [name]), 3)
    return "\n".join(lines) + "\n"


def _help(title: str, text: str, level: int) -> list[str]:
    return ["", f"{'#' * level} {title}", "", "```text", text.strip(), "```"]


def _printed(module: ModuleType, words: list[str]) -> str:
    """What a library's command prints when it is asked for help."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        module.main([*words, "--help"])
    return printed.getvalue()


def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands that a command has of its own."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
