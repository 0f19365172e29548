"""The command line: picks a command, imports only what that command needs, and returns its exit status."""

import argparse
import difflib
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from app.config.bootstrap import has_display
from app.config.paths import DEMO_CLIP
from app.config.redaction import redact
from app.version import __version__

PROGRAM = "platescribe"
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl-C


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments without the passwords in them."""

    def error(self, message: str) -> NoReturn:
        super().error(redact(message))


@dataclass(frozen=True, slots=True)
class Command:
    """One sub-command; its module is imported when the command is used, not before."""

    name: str
    help: str
    module: str
    arguments: str = "add_arguments"
    action: str = "main"


COMMANDS = (
    Command("gui", "open the window (what happens without a command), with FILEs if given", "app.gui"),
    Command("run", "read recordings, pictures or folders without a window", "app.cli.run"),
    Command("serve", "read the saved cameras around the clock, without a window", "app.cli.serve"),
    Command("evaluate", "score a run against a truth file", "app.cli.evaluate"),
    Command("log", "search, correct, export what was read", "app.cli.log", "add_log_arguments", "main_log"),
    Command("watch", "keep the watch lists", "app.cli.log", "add_watch_arguments", "main_watch"),
    Command("notify", "show who is told of reads, and try a receiver", "app.cli.notify"),
    Command("bench", "measure how fast this machine is, or compare with a git revision", "app.bench"),
    Command("doctor", "check this machine and this installation", "app.cli.doctor"),
)
_BY_NAME = {command.name: command for command in COMMANDS}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in argv (the process's own arguments if None) and return the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):  # a console that lacks a character must not end a run
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _dispatch(words)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `main.py log search | head`
        sys.stderr.close()
        return 1


def _dispatch(words: list[str]) -> int:
    if words and words[0] in ("-h", "--help"):
        _overview().print_help()
        return 0
    if "--version" in words[:2]:
        print(f"{PROGRAM} {__version__}")
        return 0
    if words and words[0] in _BY_NAME:
        return _run(_BY_NAME[words[0]], words[1:])
    if words and (unknown := _mistyped(words[0])):
        print(unknown, file=sys.stderr)
        return 2
    return _run(_BY_NAME["gui"], words)


def _run(command: Command, words: list[str]) -> int:
    if command.name == "gui" and not has_display() and not _asks_for_help(words):
        return _without_display(words)
    parser = command_parser(command)
    asked, its_words = _of_action(parser, words)
    if unknown := _unknown_option(its_words, asked.format_usage()):
        asked.error(unknown)
    action: Callable[[argparse.Namespace], int] = getattr(import_module(command.module), command.action)
    return action(parser.parse_args(words))


def command_parser(command: Command) -> _Parser:
    """Return the parser of a command's arguments."""
    parser = _Parser(prog=f"{PROGRAM} {command.name}", description=_sentence(command.help))
    add_arguments: Callable[[argparse.ArgumentParser], None] = getattr(import_module(command.module), command.arguments)
    add_arguments(parser)
    return parser


def _of_action(parser: argparse.ArgumentParser, words: list[str]) -> tuple[argparse.ArgumentParser, list[str]]:
    """The parser of the command's own command that is asked for, and the words that are its; else what was given."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and words and words[0] in action.choices:
            return action.choices[words[0]], words[1:]
    return parser, words


def _asks_for_help(words: list[str]) -> bool:
    return any(word in ("-h", "--help") for word in words)


def _without_display(words: list[str]) -> int:
    """Read the files of words, or else the demo clip, without a window; leaves a CSV and an annotated video."""
    print("No display here, so no window.", end=" ")
    if words:
        print("Reading the files instead.")
        return _run(_BY_NAME["run"], words)
    print(f"Reading the demo clip instead; results go to {Path('out')}.")
    Path("out").mkdir(exist_ok=True)
    return _run(_BY_NAME["run"], [str(DEMO_CLIP), "--csv", "out/demo.csv", "--video", "out/demo.mp4"])


def _mistyped(word: str) -> str:
    """Return what to say of a word that is neither command, option, address nor existing file; empty if it is one."""
    if word.startswith("--"):
        usages = [command_parser(_BY_NAME[name]).format_usage() for name in ("gui", "run")]
        unknown = _unknown_option([word], "".join(usages))
        return f"{PROGRAM}: {unknown}" if unknown else ""
    path_like = any(mark in word for mark in "./\\:") or word.startswith("-") or word.isdecimal()
    if path_like or Path(word).exists():
        return ""
    near = difflib.get_close_matches(word, _BY_NAME, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Commands: {', '.join(_BY_NAME)}."
    return f"{PROGRAM}: '{word}' is neither a command nor a file here. {hint}"


def _unknown_option(words: Sequence[str], usage: str) -> str:
    """Return what to say of the first option that usage does not name: argparse asks for a missing SOURCE first."""
    known = ["--help", "--version", *re.findall(r"--[\w-]+", usage)]
    names = [word.partition("=")[0] for word in words[: words.index("--") if "--" in words else None]]
    wrong = next((name for name in names if name.startswith("--") and not any(o.startswith(name) for o in known)), "")
    if not wrong or usage.rstrip().endswith(" ..."):  # the options of a command's own commands are theirs
        return ""
    near = difflib.get_close_matches(wrong, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else "--help lists the options."
    return f"there is no option '{wrong}'. {hint}"


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Reads number plates in live camera pictures and recordings, on this machine, and keeps a log.",
        epilog=f"`{PROGRAM} COMMAND --help` tells more of one command. `{PROGRAM} FILE...` opens files in the window.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        commands.add_parser(command.name, help=command.help)
    return parser


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
