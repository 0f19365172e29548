"""The settings dialog: one editor a setting of the schema, problems beside their fields, saved as a whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from app.config import settings as app_settings
from app.config.settings import Settings, load, schema
from app.gui.dialogs.settings_dialog import SettingsDialog
from app.gui.session.window_session import WindowSession
from tests.app.gui.parts import make_settings_dialog


@pytest.fixture
def dialog(qtbot: QtBot, empty_session: WindowSession) -> SettingsDialog:
    """The dialog, shown, its list of countries known."""
    dialog = make_settings_dialog(empty_session)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: bool(dialog.fields["reading.countries"].widget._known), timeout=10_000)
    return dialog


def test_every_setting_has_an_editor_with_a_name_and_its_value(dialog: SettingsDialog) -> None:
    assert set(dialog.fields) == {entry.key for entry in schema()}
    assert dialog.settings == Settings()
    for entry in schema():
        widget = dialog.fields[entry.key].widget
        assert entry.option.help == widget.accessibleDescription()
        assert widget.accessibleName() or entry.kind is tuple


def test_a_change_is_in_force_and_on_disk_when_saved(
    dialog: SettingsDialog, empty_session: WindowSession, qtbot: QtBot
) -> None:
    dialog.fields["decision.agreement"].widget.setValue(4)
    dialog.fields["appearance.theme"].widget.setCurrentIndex(2)
    dialog.fields["reading.countries"].widget.codes.setText("de; nl de")
    with qtbot.waitSignal(empty_session.settings.changed):
        dialog.accept()
    wanted = Settings()
    wanted = replace(
        wanted,
        decision=replace(wanted.decision, agreement=4),
        appearance=replace(wanted.appearance, theme="dark"),
        reading=replace(wanted.reading, countries=("DE", "NL")),
    )
    assert empty_session.settings.current == wanted == load().settings


def test_a_share_is_set_in_percent_as_the_lists_show_it(dialog: SettingsDialog) -> None:
    field = dialog.fields["reading.min_confidence"].widget
    assert field.text() == "45 %"
    field.setValue(65)
    assert dialog.settings.reading.min_confidence == 0.65


def test_one_of_a_unit_is_called_so(dialog: SettingsDialog) -> None:
    days = dialog.fields["log.keep_days"].widget
    days.setValue(1)
    assert days.text() == "1 day"
    days.setValue(2)
    assert days.text() == "2 days"


def test_cancelling_changes_nothing(dialog: SettingsDialog, empty_session: WindowSession) -> None:
    dialog.fields["decision.agreement"].widget.setValue(4)
    dialog.reject()
    assert empty_session.settings.current == Settings()


def test_what_needs_a_new_start_is_named(dialog: SettingsDialog) -> None:
    assert dialog.waiting() == ()
    dialog.fields["detection.size"].widget.setValue(960)
    dialog.fields["decision.agreement"].widget.setValue(3)
    assert dialog.waiting() == ("Picture size",) and "Picture size" in dialog.restart.text()


def test_an_unknown_country_is_said_beside_the_field_and_cannot_be_saved(dialog: SettingsDialog) -> None:
    field = dialog.fields["reading.countries"].widget
    field.codes.setText("DE, XX")
    problem = dialog._problems["reading.countries"]
    assert "XX" in problem.text() and not problem.isHidden() and not dialog.save.isEnabled()
    field.codes.setText("DE")
    assert problem.isHidden() and dialog.save.isEnabled()


def test_a_folder_that_cannot_be_is_said(dialog: SettingsDialog, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    field = dialog.fields["log.folder"]
    field._set(str(file))
    assert "file" in field.problem() and not dialog.save.isEnabled()
    field._set(str(tmp_path / "new"))
    assert not field.problem() and dialog.save.isEnabled()


@pytest.mark.parametrize(
    ("codes", "text", "mark"), [("DE", "B AB 123", "✓"), ("VN", "BAB123", "✗"), ("", "BAB123", "✓")]
)
def test_a_plate_can_be_tried_against_the_countries(dialog: SettingsDialog, codes: str, text: str, mark: str) -> None:
    field = dialog.fields["reading.countries"].widget
    field.codes.setText(codes)
    field.tester.setText(text)
    assert field.verdict.text().startswith(mark)


def test_a_preset_fills_in_its_countries(dialog: SettingsDialog) -> None:
    field = dialog.fields["reading.countries"].widget
    field.set_value(("US",))
    assert field.value() == ("US",) and dialog.settings.reading.countries == ("US",)


def test_a_section_goes_back_to_its_defaults(dialog: SettingsDialog) -> None:
    dialog.fields["decision.agreement"].widget.setValue(7)
    dialog.fields["live.stall_s"].widget.setValue(60)
    dialog.sections.setCurrentRow(1)
    next(
        made for made in dialog.foot.buttons() if dialog.foot.buttonRole(made) == QDialogButtonBox.ButtonRole.ResetRole
    ).click()
    assert dialog.settings.decision == Settings().decision and dialog.settings.live.stall_s == 60


def test_settings_that_cannot_be_saved_hold_and_are_told(
    dialog: SettingsDialog, empty_session: WindowSession, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(app_settings, "save", full)
    dialog.fields["decision.agreement"].widget.setValue(5)
    with qtbot.waitSignal(empty_session.requests.message) as told:
        dialog.accept()
    assert "No space left" in told.args[0] and empty_session.settings.current.decision.agreement == 5
