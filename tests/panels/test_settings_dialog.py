"""The settings dialog: what the table says, at once, with reasons for what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton

from app.dialogs.settings_dialog import SettingsDialog
from app.dialogs.settings_field import SettingsField
from app.settings.store import Settings
from app.settings.table import BY_KEY, PAGES, TABLE, Setting

EDITORS = {"switch": QCheckBox, "choice": QComboBox, "keys": QPushButton}


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def dialog(qt: QApplication, settings: Settings) -> Iterator[SettingsDialog]:
    made = SettingsDialog(settings)
    made.show()
    made.activateWindow()
    qt.processEvents()
    yield made
    made.close()
    made.deleteLater()


def shown(dialog: SettingsDialog) -> list[str]:
    return [key for key, field in dialog.fields.items() if field.isVisible()]


def retype(field: SettingsField, text: str) -> None:
    assert isinstance(field.editor, QLineEdit)
    field.editor.selectAll()
    QTest.keyClicks(field.editor, text)


def test_every_entry_stands_on_its_page_with_the_fitting_editor(dialog: SettingsDialog) -> None:
    for at, page in enumerate(PAGES):
        dialog.pages.setCurrentRow(at)
        assert shown(dialog) == [setting.key for setting in TABLE if setting.page == page]
    for setting in TABLE:
        field = dialog.fields[setting.key]
        assert isinstance(field.editor, EDITORS.get(setting.kind, QLineEdit))
        assert field.doc.text() == setting.doc


def test_the_arrow_keys_turn_the_pages(dialog: SettingsDialog) -> None:
    dialog.pages.setFocus()
    QTest.keyClick(dialog.pages, Qt.Key.Key_Down)
    assert dialog.fields[shown(dialog)[0]].setting.page == PAGES[1]


def test_a_choice_holds_at_once(dialog: SettingsDialog, settings: Settings) -> None:
    field = dialog.fields["theme"]
    assert isinstance(field.editor, QComboBox)
    field.editor.setFocus()
    QTest.keyClicks(field.editor, "Light")
    assert settings["theme"] == "light"
    assert field.reset.isVisible()
    QTest.mouseClick(field.reset, Qt.MouseButton.LeftButton)
    assert settings.is_default("theme")
    assert field.editor.currentText() == "System"
    assert not field.reset.isVisible()


def test_a_wrong_number_says_why_and_changes_nothing(
    dialog: SettingsDialog, settings: Settings
) -> None:
    dialog.show_setting("threads")
    field = dialog.fields["threads"]
    retype(field, "4")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert settings["threads"] == 4
    retype(field, "99999")
    QTest.keyClick(field.editor, Qt.Key.Key_Tab)
    assert settings["threads"] == 4
    assert field.problem.isVisible()
    assert "from 0 to 1,024" in field.problem.text()
    assert field.editor.property("state") == "error"
    QTest.mouseClick(field.reset, Qt.MouseButton.LeftButton)
    assert settings.is_default("threads")
    assert field.problem.text() == ""
    assert field.editor.text() == "0"


def test_no_half_of_a_number_is_ever_set(dialog: SettingsDialog, settings: Settings) -> None:
    dialog.show_setting("code_letters")
    field = dialog.fields["code_letters"]
    told: list[object] = []
    settings.subscribe(lambda key: told.append(settings[key]))
    retype(field, "99")
    assert field.problem.text() == "", "it is not known yet what it will be"
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(field.editor, key)
        assert dialog.isVisible()
        assert "from 9 to 28 px" in field.problem.text()
        assert field.editor.text() == "99"
    retype(field, "20")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert told == [20]
    assert dialog.isVisible()
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert told == [20]


@pytest.mark.parametrize("searched", [False, True])
def test_closing_shows_what_is_refused_instead(
    dialog: SettingsDialog, settings: Settings, searched: bool
) -> None:
    dialog.show_setting("code_letters")
    field = dialog.fields["code_letters"]
    retype(field, "99")
    if searched:
        dialog.search.setFocus()
        QTest.keyClicks(dialog.search, "threads")
        assert not field.isVisible()
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert field.isVisible()
    assert field.problem.isVisible()
    assert dialog.focusWidget() is field.editor
    QTest.keyClick(field.editor, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert settings.is_default("code_letters")


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, None])
def test_a_number_that_fits_is_kept_however_the_dialog_is_left(
    dialog: SettingsDialog, settings: Settings, key: Qt.Key | None
) -> None:
    dialog.show_setting("code_letters")
    retype(dialog.fields["code_letters"], "20")
    if key is None:
        QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(dialog.fields["code_letters"].editor, key)
    assert not dialog.isVisible()
    assert settings["code_letters"] == 20


def test_typing_on_heals_a_refused_text(dialog: SettingsDialog, settings: Settings) -> None:
    dialog.show_setting("device")
    field = dialog.fields["device"]
    retype(field, "cuda:")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert "cuda:1" in field.problem.text()
    assert settings["device"] == "cpu"
    QTest.keyClicks(field.editor, "3")
    assert field.problem.text() == ""
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert settings["device"] == "cuda:3"


def test_a_number_is_tidied_when_it_is_left(dialog: SettingsDialog, settings: Settings) -> None:
    dialog.show_setting("threads")
    field = dialog.fields["threads"]
    retype(field, "007")
    QTest.keyClick(field.editor, Qt.Key.Key_Tab)
    assert settings["threads"] == 7
    assert field.editor.text() == "7"


def test_a_search_finds_entries_on_all_pages(dialog: SettingsDialog) -> None:
    QTest.keyClicks(dialog.search, "threads")
    assert "threads" in shown(dialog)
    assert "theme" not in shown(dialog)
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "e")
    assert len({BY_KEY[key].page for key in shown(dialog)}) > 1
    dialog.search.clear()
    QTest.keyClicks(dialog.search, "zzzz")
    assert shown(dialog) == []
    assert dialog.nothing.isVisible()


def test_a_change_from_elsewhere_is_shown(dialog: SettingsDialog, settings: Settings) -> None:
    settings.set("theme", "hc")
    field = dialog.fields["theme"]
    assert isinstance(field.editor, QComboBox)
    assert field.editor.currentText() == "High contrast"


def test_a_closed_dialog_is_told_nothing(qt: QApplication, settings: Settings) -> None:
    dialog = SettingsDialog(settings)
    dialog.show()
    dialog.close()
    dialog.deleteLater()
    qt.sendPostedEvents(None, 52)
    settings.set("theme", "light")


def test_a_disk_that_refuses_is_said(qt: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.json")
    dialog = SettingsDialog(settings)
    dialog.show()
    dialog.show_setting("threads")
    retype(dialog.fields["threads"], "2")
    QTest.keyClick(dialog.fields["threads"].editor, Qt.Key.Key_Return)
    assert dialog.isVisible(), "nobody could have read it"
    assert "not kept" in dialog.fields["threads"].problem.text()
    assert settings["threads"] == 2
    dialog.deleteLater()


@pytest.mark.parametrize(
    ("setting", "typed", "kept"),
    [
        (Setting("theme", "P", "On", "D.", "switch", False), None, True),
        (Setting("theme", "P", "Share", "D.", "number", 1.0, least=0, greatest=2), "0.5", 0.5),
    ],
)
def test_the_other_kinds_of_editors(
    qt: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    setting: Setting,
    typed: str | None,
    kept: object,
) -> None:
    monkeypatch.setitem(BY_KEY, "theme", setting)
    settings = Settings()
    field = SettingsField(setting, settings)
    field.show()
    if typed is None:
        field.editor.setFocus()
        QTest.keyClick(field.editor, Qt.Key.Key_Space)
    else:
        retype(field, typed)
        QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert settings["theme"] == kept
    field.deleteLater()
