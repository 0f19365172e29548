"""The settings: one schema, kept in a TOML file that the settings dialog and a text editor may both change."""

import dataclasses
import json
import os
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, get_type_hints

from platformdirs import user_config_path, user_data_path

from app.config.bootstrap import APP_NAME

Value: TypeAlias = bool | int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingOption:
    """What the dialog shows of one setting: help tells its effect; live says that a change needs no new start.

    zero: what 0 stands for, where it is no number like the others.
    """

    label: str
    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    live: bool = True
    zero: str = ""


def _option(
    default: Value,
    label: str,
    help: str,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    choices: tuple[str, ...] = (),
    live: bool = True,
    zero: str = "",
) -> Any:  # noqa: ANN401 (like dataclasses.field, it stands where the value's own type is declared)
    option = SettingOption(label, help, low, high, unit, choices, live, zero)
    return dataclasses.field(default=default, metadata={"option": option})


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Finding plates"""

    device: str = _option(
        "auto",
        "Compute on",
        "auto takes an NVIDIA GPU where there is one. Else: cpu, cuda:1, gpu or npu (Intel).",
        live=False,
    )
    size: int = _option(
        0,
        "Picture size",
        "Larger finds smaller plates and takes longer. As trained is best for most cameras.",
        low=0,
        high=1920,
        unit="px",
        live=False,
        zero="As trained",
    )
    min_score: float = _option(
        0.3,
        "Sure enough to be a plate",
        "Lower finds more plates, and more things that are not plates.",
        low=0.05,
        high=0.95,
    )
    min_plate_px: int = _option(
        10, "Smallest plate", "Plates lower than this are too small to read: left out.", low=4, high=200, unit="px"
    )


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """Reading plates"""

    countries: tuple[str, ...] = _option(
        (), "Countries", "Codes such as DE, NL; helps where O and 0 look the same. Empty: any country."
    )
    only_formats: bool = _option(
        False, "Only these countries", "On: what is no plate of the countries above is counted, not listed."
    )
    min_confidence: float = _option(
        0.45, "Sure enough to list", "Reads less sure than this are counted, not listed.", low=0.0, high=1.0
    )
    sure_confidence: float = _option(
        0.6, "Sure from", "Reads that are less sure are listed, and marked unsure.", low=0.0, high=1.0
    )
    list_unsure: bool = _option(True, "List unsure reads", "Off: reads that would be marked unsure are counted only.")


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """Deciding"""

    agreement: int = _option(
        2, "Readings that must agree", "Higher is slower to show and wrong less often.", low=1, high=10
    )
    repeat_s: float = _option(
        30.0,
        "Same plate again after",
        "A plate seen again sooner counts as the same visit.",
        low=0,
        high=86400,
        unit="s",
    )


@dataclass(frozen=True, slots=True)
class Live:
    """Cameras"""

    stall_s: float = _option(
        5.0, "Stalled after", "A camera that sends nothing for this long is reopened.", low=1, high=120, unit="s"
    )
    reconnect_max_s: float = _option(
        30.0,
        "Longest wait between attempts",
        "The wait between attempts grows from one second up to this.",
        low=1,
        high=600,
        unit="s",
    )
    lost_tone_s: int = _option(
        30,
        "Tone when a camera is lost for",
        "A tone is played once when a camera has sent nothing for this long.",
        low=0,
        high=3600,
        unit="s",
        zero="No tone",
    )


@dataclass(frozen=True, slots=True)
class Log:
    """Log"""

    folder: str = _option("", "Folder", "Where reads and pictures are kept. Empty: the user's data folder.", live=False)
    keep_days: int = _option(
        30,
        "Keep reads for",
        "Reads logged longer ago are deleted with their pictures, however old or new the recording.",
        low=0,
        high=3650,
        unit="days",
        zero="Forever",
    )
    pictures: bool = _option(True, "Keep pictures", "Off: only the text of a read is kept.")


@dataclass(frozen=True, slots=True)
class Appearance:
    """Appearance"""

    theme: str = _option(
        "system", "Colours", "Light, dark, or following the system.", choices=("system", "light", "dark")
    )
    show_boxes: bool = _option(True, "Boxes in the picture", "Off: the picture is shown without boxes.")
    hit_sound: bool = _option(True, "Sound at a hit", "Plays a tone when a plate on a block list is read.")
    hit_window: str = _option(
        "raise",
        "Window at a hit",
        "Raise: bring it to the front without taking the keyboard. Flash: only mark it in the taskbar.",
        choices=("raise", "flash", "nothing"),
    )


@dataclass(frozen=True, slots=True)
class Privacy:
    """Privacy"""

    blur_exports: bool = _option(
        False, "Blur the rest of exported pictures", "Only the plate that was read stays sharp."
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, by section."""

    detection: DetectionSettings = DetectionSettings()
    reading: ReadingSettings = ReadingSettings()
    decision: DecisionSettings = DecisionSettings()
    live: Live = Live()
    log: Log = Log()
    appearance: Appearance = Appearance()
    privacy: Privacy = Privacy()


@dataclass(frozen=True, slots=True)
class SettingEntry:
    """One setting of the schema: key is 'section.name', kind one of bool, int, float, str, tuple."""

    section: str
    name: str
    kind: type
    default: Value
    option: SettingOption

    @property
    def key(self) -> str:
        """'section.name', as in the file."""
        return f"{self.section}.{self.name}"


_KEEP = "log.keep_days"
# Settings of earlier versions, which decide nothing any more: a file that has them is a sound one.
_RETIRED = frozenset({"reading.min_length", "reading.max_length"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings and what was wrong in their file, one line each; defaults stand in for what was wrong."""

    settings: Settings
    problems: tuple[str, ...] = ()


def default_path() -> Path:
    """Where the settings file lies unless told otherwise."""
    return user_config_path(APP_NAME) / "settings.toml"


def data_folder(settings: Settings) -> Path:
    """Where the log and its pictures lie."""
    return whole_path(settings.log.folder) if settings.log.folder else user_data_path(APP_NAME)


def log_file(settings: Settings) -> Path | None:
    """The log in the folder that is set, None for the user's own."""
    return data_folder(settings) / "plates.sqlite3" if settings.log.folder else None


def whole_path(text: str) -> Path:
    """Return a path that a person wrote, ~ being the home folder; ~name stays where nobody is called so."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def section_label(name: str) -> str:
    """Return a section's heading for the dialog."""
    return str(type(getattr(Settings(), name)).__doc__)


def schema() -> tuple[SettingEntry, ...]:
    """Every setting in the order of the dialog; the default tells its kind."""
    return tuple(_entries())


def _entries() -> Iterator[SettingEntry]:
    for section in dataclasses.fields(Settings):
        kind = get_type_hints(Settings)[section.name]
        defaults = kind()
        for item in dataclasses.fields(kind):
            default = getattr(defaults, item.name)
            yield SettingEntry(section.name, item.name, type(default), default, item.metadata["option"])


def load(path: Path | None = None) -> Loaded:
    """Read the settings file (the user's own if None). Never raises: what is wrong is told and left at default."""
    path = default_path() if path is None else path
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Loaded(Settings())
    except (OSError, ValueError, RecursionError) as error:  # ValueError: no UTF-8, no TOML, a number without end
        problem = f"{path}: cannot be read ({error}). Defaults are used; correct or delete the file."
        return _kept_in_doubt(Loaded(Settings(), (problem,)))
    return _from_table(table, path)


def _kept_in_doubt(loaded: Loaded) -> Loaded:
    """Keep reads for ever while it is not known for how long they are wanted: what is deleted by mistake is gone."""
    *others, last = loaded.problems
    told = f"{last} Until then no read is deleted for its age."
    return Loaded(with_value(loaded.settings, _KEEP, 0), (*others, told))


def _from_table(table: dict[str, object], path: Path) -> Loaded:
    settings, problems, sound = Settings(), list[str](), set[str]()
    known = {entry.key: entry for entry in schema()}
    for section, content in table.items():
        if not isinstance(content, dict):
            problems.append(f"{path}: '{section}' is no known section. Delete it, or put it under its [section].")
            continue
        for name, value in content.items():
            if f"{section}.{name}" in _RETIRED:
                continue
            try:
                settings = with_value(settings, f"{section}.{name}", value)
                sound.add(f"{section}.{name}")
            except KeyError:
                problems.append(f"{path}: there is no setting '{section}.{name}'. Delete that line.")
            except ValueError as error:
                default = _literal(known[f"{section}.{name}"].default)
                problems.append(f"{path}: {error} The default {default} is used; correct that line.")
    loaded = Loaded(settings, tuple(problems))
    return _kept_in_doubt(loaded) if problems and _KEEP not in sound else loaded


def with_value(settings: Settings, key: str, value: object) -> Settings:
    """Return settings with one value changed. KeyError: no such key; ValueError: not of its kind or out of bounds."""
    entry = next((entry for entry in _entries() if entry.key == key), None)
    if entry is None:
        raise KeyError(key)
    section = dataclasses.replace(getattr(settings, entry.section), **{entry.name: _checked(entry, value)})
    return dataclasses.replace(settings, **{entry.section: section})


def _checked(entry: SettingEntry, value: object) -> Value:
    if entry.kind is tuple and isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        if entry.key == "reading.countries":
            _check_countries(value)
        return tuple(value)
    if entry.kind is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            value = float(value)
        except OverflowError as error:
            raise ValueError(f"'{entry.key}' is too large a number.") from error
    if type(value) is not entry.kind:
        raise ValueError(f"'{entry.key}' must be {_KINDS[entry.kind]}, not {value!r}.")
    option = entry.option
    if option.choices and value not in option.choices:
        raise ValueError(f"'{entry.key}' must be one of {', '.join(option.choices)}, not {value!r}.")
    low, high = option.low, option.high
    # Written as "not inside", so that nan fails too.
    if low is not None and high is not None and isinstance(value, int | float) and not low <= value <= high:
        raise ValueError(f"'{entry.key}' must lie between {low:g} and {high:g}, not {value!r}.")
    return value  # type: ignore[return-value]  # narrowed by `type(value) is not entry.kind`


def _check_countries(codes: Iterable[str]) -> None:
    from recognizer.formats import FormatError, resolve_region  # the formats of all countries: read where one is named

    for code in codes:
        try:
            resolve_region(code)
        except FormatError as error:
            raise ValueError(f"'reading.countries': {error}.") from error


_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings file whole or not at all, for the user alone. OSError: it cannot be written."""
    path = default_path() if path is None else path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(dumps(settings))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def dumps(settings: Settings) -> str:
    """Return the settings as commented TOML, which `load` reads back to the same values."""
    lines = ["# Settings of Platescribe. A line that is deleted goes back to its default."]
    section = ""
    for entry in _entries():
        if entry.section != section:
            section = entry.section
            lines += ["", f"[{section}]"]
        lines.append(f"# {entry.option.label}: {entry.option.help}{_bounds(entry.option)}")
        lines.append(f"{entry.name} = {_literal(getattr(getattr(settings, section), entry.name))}")
    return "\n".join(lines) + "\n"


def _bounds(option: SettingOption) -> str:
    if option.choices:
        return f" ({', '.join(option.choices)})"
    if option.low is None or option.high is None:
        return ""
    zero = f"; 0: {option.zero[0].lower()}{option.zero[1:]}" if option.zero else ""
    return f" ({option.low:g} to {option.high:g}{' ' + option.unit if option.unit else ''}{zero})"


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):  # JSON's escapes are TOML's too, but for the one control character JSON leaves bare
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[" + ", ".join(_literal(item) for item in value) + "]"
