"""`log search|export|correct|purge|retain` and `watch add|remove|list|import|export` on the command line."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.cli.arguments import output_file, positive, share
from app.config import settings
from app.config.wording import counted
from app.records import Record
from app.store import export
from app.store.errors import LogCorrupt, LogError, LogUnavailable
from app.store.retention import Forgotten, purge, retain
from app.store.search import ANY_LIST, Query
from app.store.store import Store
from app.store.types import BLOCK, LISTS
from app.store.watchlist import WatchEntry

_COUNTED = 100_000  # beyond this a search says "over"


def add_log_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `log` to its parser."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    search = commands.add_parser("search", help="show the visits that match, newest first")
    _add_query(search)
    search.add_argument("--limit", type=positive, default=50, metavar="N", help="rows shown (50)")
    saved = commands.add_parser("export", help="write the visits that match to a file or folder")
    _add_query(saved)
    saved.add_argument("--csv", type=output_file, metavar="FILE", help="CSV for spreadsheets")
    saved.add_argument("--jsonl", type=output_file, metavar="FILE", help="JSON, one object a line")
    saved.add_argument("--crops", type=Path, metavar="FOLDER", help="the plates' pictures")
    correct = commands.add_parser("correct", help="set what a plate really is; what was read is kept beside it")
    correct.add_argument("id", type=positive, help="the visit's number, as search shows it")
    correct.add_argument("text", metavar="PLATE", help="the right plate")
    correct.add_argument("--note", help="a note kept with the visit")
    forget = commands.add_parser("purge", help="remove every trace of one plate, pictures included")
    forget.add_argument("--plate", required=True, help="the plate, without wildcards")
    old = commands.add_parser("retain", help="delete visits logged more than so many days ago, with their pictures")
    old.add_argument("--days", type=float, required=True, metavar="N", help="days to keep")
    for command in (forget, old):
        command.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    for command in (search, saved, correct, forget, old):
        _add_place(command)


def add_watch_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `watch` to its parser."""
    commands = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = commands.add_parser("add", help="put a plate or pattern on a list")
    add.add_argument("plate", help="a plate, or a pattern with * and ?")
    _add_list(add, BLOCK)
    add.add_argument("--tolerance", type=int, default=0, metavar="N", help="characters that may differ (0)")
    add.add_argument("--exact", action="store_true", help="do not take look-alikes (O and 0, I and 1) for the same")
    add.add_argument("--hours", default="", help="when it counts, as 'Mon-Fri 08:00-18:00; Sat 22:00-06:00'")
    add.add_argument("--note", default="", help="a note shown with a hit")
    remove = commands.add_parser("remove", help="take a plate or pattern off")
    remove.add_argument("plate")
    _add_list(remove, "")
    shown = commands.add_parser("list", help="show the lists")
    _add_list(shown, "")
    read = commands.add_parser("import", help="add entries from a CSV; nothing is taken if a line is wrong")
    read.add_argument("file", type=Path, metavar="CSV")
    _add_list(read, BLOCK)
    write = commands.add_parser("export", help="write the lists to a CSV")
    write.add_argument("file", type=output_file, metavar="CSV")
    _add_list(write, "")
    for command in (add, remove, shown, read, write):
        _add_place(command)


def main_log(args: argparse.Namespace) -> int:
    """Run `log`; the exit status is 0, or 1 with a message if it could not be done."""
    actions = {"search": _search, "export": _export, "correct": _correct, "purge": _purge, "retain": _retain}
    opening = {"search": _open_to_read, "export": _open_to_read, "correct": _open_beside}
    return _run(args, actions[args.action], opening.get(args.action, _open_alone))


def main_watch(args: argparse.Namespace) -> int:
    """Run `watch`; the exit status is 0, or 1 with a message if it could not be done."""
    actions = {"add": _add, "remove": _remove, "list": _list, "import": _import, "export": _export_watch}
    opening = _open_to_read if args.action in ("list", "export") else _open_beside
    return _run(args, actions[args.action], opening)


Opening = Callable[[str | Path | None, Path | None], Store]


def _open_to_read(log: str | Path | None, pictures: Path | None) -> Store:
    return Store.open(log, pictures, read_only=True)


def _open_alone(log: str | Path | None, pictures: Path | None) -> Store:
    return Store.open(log, pictures)


def _open_beside(log: str | Path | None, pictures: Path | None) -> Store:
    """Open the log although a window, a run or a service may be writing it; made first where there is none."""
    try:
        return Store.open_beside(log, pictures)
    except (LogCorrupt, LogUnavailable):  # opened alone it is made, brought up to date, or set aside
        return Store.open(log, pictures)


def _run(args: argparse.Namespace, action: Callable[[Store, argparse.Namespace], int], opening: Opening) -> int:
    try:
        log = args.log or settings.log_file(settings.load().settings)
        with opening(log, args.pictures) as store:
            for notice in store.notices:
                print(notice, file=sys.stderr)
            return action(store, args)
    except LogError as error:
        print(error, file=sys.stderr)
        return 1


def _search(store: Store, args: argparse.Namespace) -> int:
    query = _query(args)
    page = store.page(query, limit=args.limit)
    table = _table("No", "Time", "Plate", "Confidence", "Reads", "List", "Source")
    for visit in page.visits:
        table.add_row(*(escape(text) for text in _cells(visit)))
    if page.visits:
        _show(table)
    count = store.count(query, _COUNTED)
    over = "over " if count == _COUNTED else ""
    some = f"{len(page.visits)} of {over}{counted(count, 'visit')}"
    print(some if count else "No visit matches. Try * and ?, or fewer filters.")
    return 0


def _export(store: Store, args: argparse.Namespace) -> int:
    if not (args.csv or args.jsonl or args.crops):
        raise LogError("Say where to: --csv FILE, --jsonl FILE or --crops FOLDER.")
    query = _query(args)
    if args.csv:
        print(f"{counted(export.to_csv(store.each(query), args.csv), 'visit')} written to {args.csv}")
    if args.jsonl:
        print(f"{counted(export.to_jsonl(store.each(query), args.jsonl), 'visit')} written to {args.jsonl}")
    if args.crops:
        copied = export.to_crops(store.each(query), store.pictures, args.crops)
        print(f"{counted(copied, 'picture')} copied to {args.crops}")
    return 0


def _correct(store: Store, args: argparse.Namespace) -> int:
    visit = store.correct(args.id, args.text, args.note)
    print(f"Record {visit.id} is {visit.plate}; it was read as {visit.original_plate or visit.plate}.")
    return 0


def _purge(store: Store, args: argparse.Namespace) -> int:
    done = purge(store, args.plate, args.dry_run)
    entries = counted(done.watch_entries, "watch-list entry", "watch-list entries")
    rest = f"{counted(done.alternatives, 'alternative')}, {entries}, {counted(done.notes, 'note')}"
    print(f"{_forgotten(done, args.dry_run)}, {rest}.")
    for file in done.unsearched:
        print(
            f"{file} was set aside damaged and may hold the plate, with pictures: delete it yourself.", file=sys.stderr
        )
    return 0


def _retain(store: Store, args: argparse.Namespace) -> int:
    if args.days == 0:  # `log.keep_days` has it for the very opposite
        raise LogError("--days 0 would delete every read. `log.keep_days = 0` in the settings keeps them for ever.")
    done = retain(store, args.days, args.dry_run)
    print(f"{_forgotten(done, args.dry_run)} ({done.picture_bytes / 1e6:.1f} MB).")
    return 0


def _add(store: Store, args: argparse.Namespace) -> int:
    entry = WatchEntry(args.list, args.plate, args.tolerance, not args.exact, args.hours, args.note)
    new = store.watch.add(entry)
    print(f"{args.plate} {'is now' if new else 'was already, and is changed,'} on the {args.list} list.")
    return 0


def _remove(store: Store, args: argparse.Namespace) -> int:
    removed = store.watch.remove(args.plate, args.list)
    if not removed:
        raise LogError(
            f"{args.plate} is on no list{f' named {args.list}' if args.list else ''}; `watch list` shows all."
        )
    print(f"{removed} removed.")
    return 0


def _list(store: Store, args: argparse.Namespace) -> int:
    table = _table("List", "Plate", "Tolerance", "Look-alikes", "Hours", "Note")
    entries = store.watch.entries(args.list)
    for entry in entries:
        same = "same" if entry.look_alikes else "differ"
        cells = (entry.list_name, entry.plate, str(entry.tolerance), same, entry.hours or "always", entry.note)
        table.add_row(*(escape(text) for text in cells))
    if entries:
        _show(table)
    else:
        print("The lists are empty. `watch add PLATE` starts one.")
    return 0


def _import(store: Store, args: argparse.Namespace) -> int:
    entries = export.watch_from_csv(args.file, args.list)
    new = store.watch.add(*entries)
    read = counted(len(entries), "entry", "entries")
    print(f"{read} read from {args.file}: {new} new, {len(entries) - new} changed.")
    return 0


def _export_watch(store: Store, args: argparse.Namespace) -> int:
    written = export.watch_to_csv(store.watch.entries(args.list), args.file)
    print(f"{counted(written, 'entry', 'entries')} written to {args.file}")
    return 0


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", metavar="URL", help="the log: a file, or an SQLAlchemy address (default: your own)")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="its pictures (default: beside the database)")


def _add_list(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("--list", choices=LISTS, default=default, help=f"which list ({default or 'all'})")


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plate", nargs="?", default="", help="a plate; * is any run of characters, ? any one")
    parser.add_argument("--exact", action="store_true", help="do not take look-alikes (O and 0, I and 1) for the same")
    parser.add_argument("--no-alternatives", action="store_true", help="leave out what a plate only may have been")
    parser.add_argument("--since", type=_when, metavar="TIME", help="2026-03-01, 2026-03-01T08:00, or 7d, 12h, 30m ago")
    parser.add_argument("--until", type=_when, metavar="TIME", help="the same; a visit at this time is left out")
    parser.add_argument("--source", default="", help="the source, * and ? allowed")
    parser.add_argument("--list", choices=(*LISTS, ANY_LIST), default="", help="hits of a watch list only")
    parser.add_argument("--region", default="", metavar="CC", help="where the plate is from, as DE, US or US-CA")
    parser.add_argument("--min-confidence", type=share, default=0.0, metavar="X", help="0 to 1")
    sure = parser.add_mutually_exclusive_group()
    sure.add_argument("--sure", dest="sure", action="store_true", default=None, help="only sure reads")
    sure.add_argument("--unsure", dest="sure", action="store_false", help="only reads that are marked unsure")
    parser.add_argument("--corrected", action="store_true", default=None, help="only what a person corrected")


def _query(args: argparse.Namespace) -> Query:
    if args.since is not None and args.until is not None and args.since >= args.until:
        raise LogError("--since is not before --until: no time lies between them.")
    return Query(
        plate=args.plate,
        look_alikes=not args.exact,
        alternatives=not args.no_alternatives,
        since=args.since,
        until=args.until,
        source=args.source,
        list_name=args.list,
        region=args.region,
        sure=args.sure,
        min_confidence=args.min_confidence,
        corrected=args.corrected,
    )


def _when(text: str) -> datetime:
    """Read a time in ISO 8601 (local unless it has an offset), or how long ago, as 7d, 12h, 30m."""
    units = {"d": "days", "h": "hours", "m": "minutes"}
    if text[:-1].isdecimal() and text[-1:] in units:
        try:
            return datetime.now().astimezone() - timedelta(**{units[text[-1]]: int(text[:-1])})
        except OverflowError as error:
            raise argparse.ArgumentTypeError(f"'{text}' is too long ago") from error
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no time: write 2026-03-01T08:00, or 7d, 12h, 30m") from error


def _cells(visit: Record) -> Iterable[str]:
    plate = visit.plate if visit.original_plate is None else f"{visit.plate} (read {visit.original_plate})"
    time = visit.first_time.astimezone().isoformat(sep=" ", timespec="seconds")
    return str(visit.id), time, plate, f"{visit.confidence:.2f}", str(visit.reads), visit.list_name, visit.source


def _forgotten(done: Forgotten, dry_run: bool) -> str:
    what = f"{counted(done.visits, 'visit')}, {counted(done.pictures, 'picture')}"
    return f"{'Would delete' if dry_run else 'Deleted'} {what}"


def _table(*headings: str) -> Table:
    table = Table()
    for heading in headings:
        table.add_column(heading, justify="right" if heading in ("No", "Confidence", "Reads", "Tolerance") else "left")
    return table


def _show(table: Table) -> None:
    """Print a table; whole lines where the output is no terminal, so that other programs can take it apart."""
    console = Console()
    if not console.is_terminal:
        console.width = 400
    console.print(table)
