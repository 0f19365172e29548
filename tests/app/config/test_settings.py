import math
import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import settings as module
from app.config.settings import SettingEntry, Settings, data_folder, dumps, load, save, schema, with_value
from recognizer.formats import list_regions

IN_DOUBT = with_value(Settings(), "log.keep_days", 0)  # of a file with a fault
ENTRIES = {entry.key: entry for entry in schema()}
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def _values(entry: SettingEntry) -> st.SearchStrategy[object]:
    option = entry.option
    if option.choices:
        return st.sampled_from(option.choices)
    if entry.kind is bool:
        return st.booleans()
    if entry.kind is int:
        return st.integers(int(option.low or 0), int(option.high or 0))
    if entry.kind is float:
        return st.floats(option.low, option.high)
    if entry.key == "reading.countries":
        return st.lists(st.sampled_from(list_regions()), max_size=4).map(tuple)
    return TEXT


@st.composite
def _settings(draw: st.DrawFn) -> Settings:
    settings = Settings()
    for entry in schema():
        settings = with_value(settings, entry.key, draw(_values(entry)))
    return settings


@given(_settings())
def test_what_is_written_is_read_back(settings: Settings) -> None:
    table = tomllib.loads(dumps(settings))
    loaded = module._from_table(table, Path("settings.toml"))
    assert loaded.problems == ()
    assert loaded.settings == settings


@given(st.binary(max_size=200))
def test_any_bytes_in_the_file_give_settings(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    path.write_bytes(content)
    assert isinstance(load(path).settings, Settings)


def test_every_setting_has_a_label_its_effect_and_a_default_within_its_bounds() -> None:
    for entry in schema():
        assert entry.option.label and entry.option.help.endswith(".")
        assert with_value(Settings(), entry.key, entry.default) == Settings()
        if entry.kind in (int, float):
            assert entry.option.low is not None and entry.option.high is not None, entry.key


def test_every_section_has_a_heading() -> None:
    assert all(module.section_label(entry.section).strip() for entry in schema())


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == module.Loaded(Settings())


def test_save_and_load_through_the_users_folder(own_folders: Path) -> None:
    save(with_value(Settings(), "decision.agreement", 4))
    assert module.default_path().is_relative_to(own_folders)
    assert load().settings.decision.agreement == 4


def test_the_file_is_the_users_alone_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(), path)
    save(Settings(), path)
    assert [item.name for item in tmp_path.iterdir()] == ["settings.toml"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(), path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda _handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save(with_value(Settings(), "log.keep_days", 1), path)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[decision]\nagreement = 0", "between 1 and 10"),
        ('[decision]\nagreement = "two"', "a whole number"),
        ("[decision]\nagreement = true", "a whole number"),
        ("[detection]\nmin_score = nan", "between 0.05 and 0.95"),
        ('[appearance]\ntheme = "pink"', "one of system, light, dark"),
        ("[reading]\ncountries = [1]", "a list of texts"),
        ('[reading]\ncountries = ["DE", "XX"]', "'reading.countries': no plate format for region 'XX'; known are"),
        ("[decision]\nagrement = 3", "no setting 'decision.agrement'"),
        ("[decisions]\nagreement = 3", "no setting 'decisions.agreement'"),
        ("agreement = 3", "'agreement' is no known section"),
        ("[decision", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named_with_the_file_and_the_default_used(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(line)
    loaded = load(path)
    assert loaded.settings == IN_DOUBT
    (problem,) = loaded.problems
    assert str(path) in problem and said in problem


def test_one_wrong_value_does_not_cost_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[live]\nstall_s = -1\nreconnect_max_s = 3\n")
    loaded = load(path)
    assert (loaded.settings.live.stall_s, loaded.settings.live.reconnect_max_s) == (5.0, 3.0)
    assert len(loaded.problems) == 1


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("[log]\nkeep_days = 400", 400),
        ("[log]\nkeep_days = 400\n[decision]\nagreement = 0", 400),
        ("[log]\nkeep_days = 4000", 0),
        ("[log]\nkeep_day = 400", 0),
        ("[logs]\nkeep_days = 400", 0),
        ("[log]\nkeep_days = 400 days", 0),
    ],
)
def test_nothing_is_deleted_for_its_age_while_the_file_leaves_it_in_doubt(tmp_path: Path, text: str, days: int) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    loaded = load(path)
    assert loaded.settings.log.keep_days == days
    assert ("no read is deleted" in str(loaded.problems)) is (days == 0)


def test_a_change_of_an_unknown_key_is_refused() -> None:
    with pytest.raises(KeyError):
        with_value(Settings(), "log.nothing", 1)


@given(st.floats(allow_nan=True))
def test_no_number_outside_its_bounds_gets_in(value: float) -> None:
    entry = ENTRIES["detection.min_score"]
    assert entry.option.low is not None and entry.option.high is not None
    if not math.isnan(value) and entry.option.low <= value <= entry.option.high:
        assert with_value(Settings(), entry.key, value).detection.min_score == value
    else:
        with pytest.raises(ValueError, match="between"):
            with_value(Settings(), entry.key, value)


def test_the_log_folder_follows_its_setting() -> None:
    assert module.data_folder(with_value(Settings(), "log.folder", "/somewhere")) == Path("/somewhere")
    assert module.data_folder(Settings()).name == "platescribe"


@pytest.mark.parametrize("value", ["[" * 5000, "9" * 5000])
def test_a_file_that_python_refuses_to_parse_gives_the_defaults(tmp_path: Path, value: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"a = {value}")
    loaded = load(path)
    assert loaded.settings == IN_DOUBT and str(path) in loaded.problems[0]


def test_a_number_too_large_is_named_and_the_default_used(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[decision]\nrepeat_s = " + "9" * 400)
    loaded = load(file)
    assert loaded.settings == IN_DOUBT
    assert "repeat_s" in loaded.problems[0] and "too large" in loaded.problems[0]


def test_a_home_of_nobody_is_a_folder_like_any_other() -> None:
    chosen = with_value(Settings(), "log.folder", "~nobody-is-called-so/log")
    assert data_folder(chosen) == Path("~nobody-is-called-so/log")


def test_settings_of_earlier_versions_that_decide_nothing_now_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[reading]\nmin_length = 4\nmax_length = 10\nonly_formats = true\n")
    loaded = load(path)
    assert loaded.problems == () and loaded.settings.reading.only_formats
