"""The shortcuts sheet: found at a glance, searched, and keys changed by pressing them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app.commands.shortcuts import present, slots, usual
from app.dialogs.gesture_table import mouse_gestures
from app.dialogs.key_rows import GestureRow, KeyRow
from app.dialogs.key_sheet import columns_of
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.settings.store import Settings
from tests.house.sources import ROOT

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def sheet(qt: QApplication, tmp_path: Path) -> Iterator[ShortcutsDialog]:
    made = ShortcutsDialog(Settings(tmp_path / "settings.json"))
    made.show()
    qt.processEvents()
    yield made
    made.close()
    made.deleteLater()


def titles(sheet: ShortcutsDialog) -> list[str]:
    return [row.slot.title for row in sheet.sheet.key_rows()]


def type_in(sheet: ShortcutsDialog, text: str) -> None:
    sheet.search.clear()
    QTest.keyClicks(sheet.search, text)


def choose(sheet: ShortcutsDialog, name: str) -> KeyRow:
    """Find a line by its words and go to it with the arrow keys."""
    type_in(sheet, slots()[name].title)
    QTest.keyClick(sheet.search, K.Key_Down)
    focus = sheet.focusWidget()
    while isinstance(focus, KeyRow) and focus.slot.name != name:
        QTest.keyClick(focus, K.Key_Down)
        assert sheet.focusWidget() is not focus
        focus = sheet.focusWidget()
    assert isinstance(focus, KeyRow)
    return focus


def click(sheet: ShortcutsDialog, words: str) -> None:
    found = [b for b in sheet.findChildren(QPushButton) if b.text() == words and b.isVisible()]
    assert len(found) == 1, words
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def test_it_shows_all_that_has_keys_and_finds_the_rest(sheet: ShortcutsDialog) -> None:
    assert titles(sheet) == [slot.title for slot in slots().values() if slot.usual]
    QTest.mouseClick(sheet.bare, Qt.MouseButton.LeftButton, pos=sheet.bare.rect().center() / 4)
    sheet.bare.setChecked(True)
    assert len(titles(sheet)) == len(slots())
    sheet.bare.setChecked(False)
    for typed, left in (("ctrl+y", ["Redo"]), ("FILE new", ["New"]), ("forget", [])):
        type_in(sheet, typed)
        assert titles(sheet) == left
    assert sheet.nothing.isVisible()


def test_the_mouse_is_there_as_the_manual_has_it(sheet: ShortcutsDialog) -> None:
    page = (ROOT / "docs" / "gestures.md").read_text(encoding="utf-8")
    shown = sheet.findChildren(GestureRow)
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert len(shown) == len([r for r in rows if not r.startswith(("| Target", "| Keyboard"))])
    assert "Port" in mouse_gestures()
    type_in(sheet, "middle drag or Space")
    assert [row.row.does for row in shown if row.isVisible()] == ["pans"]


def test_new_keys_are_pressed_and_kept_on_disk(sheet: ShortcutsDialog, tmp_path: Path) -> None:
    row = choose(sheet, "run.train")
    QTest.keyClick(row, K.Key_Return)
    assert row.listens
    QTest.keyClick(row, K.Key_T)
    assert row.listens, "a letter alone types"
    assert "alone" in sheet.bar.words.text()
    QTest.keyClick(row, K.Key_F5)
    assert row.keys == ("F5",)
    kept = json.loads((tmp_path / "settings.json").read_text())
    assert kept["shortcuts"] == "run.train = F5"
    assert "F5" in row.accessibleName()
    assert "F5" in sheet.bar.words.text()


def test_escape_keeps_the_old_keys(sheet: ShortcutsDialog) -> None:
    row = choose(sheet, "run.train")
    QTest.keyClick(row, K.Key_Return)
    QTest.keyClick(row, K.Key_Escape)
    assert not row.listens
    assert sheet.isVisible()
    assert row.keys == ("Ctrl+R",)


def test_keys_of_another_are_told_by_name_and_taken_or_left(sheet: ShortcutsDialog) -> None:
    row = choose(sheet, "run.train")
    for answer, keys, others in (
        ("Leave it", ("Ctrl+R",), ("Ctrl+S",)),
        ("Take it from “Save”", ("Ctrl+S",), ()),
    ):
        QTest.keyClick(row, K.Key_Return)
        QTest.keyClick(row, K.Key_S, CTRL)
        assert "“Save”" in sheet.bar.words.text()
        click(sheet, answer)
        now = present(sheet._settings)
        assert (now["run.train"], now["file.save"]) == (keys, others)
    assert "Taken from “Save”" in sheet.bar.words.text()
    click(sheet, "Reset")
    assert present(sheet._settings)["run.train"] == ("Ctrl+R",)
    assert present(sheet._settings)["file.save"] == ()


def test_enter_presses_the_button_that_has_the_keyboard(sheet: ShortcutsDialog) -> None:
    row = choose(sheet, "run.train")
    QTest.keyClick(row, K.Key_Return)
    QTest.keyClick(row, K.Key_S, CTRL)
    held = sheet.focusWidget()
    assert isinstance(held, QPushButton)
    assert held.text() == "Take it from “Save”"
    QTest.keyClick(held, K.Key_Return)
    assert sheet.isVisible()
    assert present(sheet._settings)["run.train"] == ("Ctrl+S",)


def test_tab_and_more_keys_can_be_given_to_the_canvas(sheet: ShortcutsDialog) -> None:
    row = choose(sheet, "edit.duplicate")
    click(sheet, "Add keys")
    QTest.keyClick(row, K.Key_Tab, CTRL)
    assert row.keys == ("Ctrl+D", "Ctrl+Tab")
    click(sheet, "Remove")
    assert row.keys == ()
    remove = sheet.bar.buttons["Remove"]
    assert not remove.isEnabled()
    assert remove.toolTip() == "It has no keys."


def test_all_are_reset_and_brought_back(sheet: ShortcutsDialog) -> None:
    assert sheet.reset_all.toolTip() == "All keys are the usual ones."
    row = choose(sheet, "run.train")
    QTest.keyClick(row, K.Key_Return)
    QTest.keyClick(row, K.Key_F5)
    click(sheet, "Reset all")
    assert present(sheet._settings) == usual()
    click(sheet, "Bring back")
    assert present(sheet._settings)["run.train"] == ("F5",)


def test_columns_are_about_as_high_as_each_other() -> None:
    heights = [3, 1, 4, 1, 5, 9, 2, 6]
    for count in range(1, 9):
        found = columns_of(heights, count)
        assert found == sorted(found)
        assert max(found) < count
    assert columns_of(heights, 1) == [0] * 8
    assert columns_of([], 3) == []
