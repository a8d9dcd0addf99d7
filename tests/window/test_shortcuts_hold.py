"""Keys that the user gave hold at once, in every window, and are what the window says."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.commands.shortcuts import give, slots
from app.dialogs.manual_dialog import ManualDialog
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.panels.outline.view import OutlineView
from app.panels.running.run_states import HINT
from app.settings.store import Settings
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId, Project
from tests.window.inhabited import Inhabited

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def rebind(place: Workplace, name: str, *keys: str) -> None:
    give(place.settings, slots()[name], keys)


def sheets(place: Workplace) -> list[ShortcutsDialog]:
    return [d for d in place.shell.findChildren(ShortcutsDialog) if d.isVisible()]


def test_f1_and_a_question_mark_open_the_sheet_and_shift_f1_the_manual(house: Inhabited) -> None:
    place = house.stand(Project())
    for key, modifiers in ((K.Key_F1, Qt.KeyboardModifier.NoModifier), (K.Key_Question, SHIFT)):
        QTest.keyClick(place.canvas, key, modifiers)
        (sheet,) = sheets(place)
        QTest.keyClick(sheet.search, K.Key_Escape)
        assert not sheets(place)
    QTest.keyClick(place.canvas, K.Key_F1, SHIFT)
    (manual,) = place.shell.findChildren(ManualDialog)
    assert manual.isVisible()
    manual.close()


def test_new_keys_act_and_the_old_ones_no_longer_do(house: Inhabited) -> None:
    places = [house.stand(Project()), house.stand(Project())]
    rebind(places[0], "graph.summary", "F6")
    for place in places:
        place.shell.activateWindow()
        house.rest()
        place.shell.status.said.say("")
        QTest.keyClick(place.canvas, K.Key_T, CTRL | Qt.KeyboardModifier.AltModifier)
        assert place.shell.status.said.full == ""
        QTest.keyClick(place.canvas, K.Key_F6)
        assert place.shell.status.said.full == "There are no nodes yet."


def test_the_canvas_takes_its_keys_from_the_settings(house: Inhabited) -> None:
    place = house.stand()
    canvas, every = place.canvas, set(place.session.project.main.graph.nodes)
    rebind(place, "edit.select_all", "Ctrl+Shift+F9")
    rebind(place, "canvas/view.fit_all", "Z")
    QTest.keyClick(canvas, K.Key_A, CTRL)
    assert not canvas.selected()
    QTest.keyClick(canvas, K.Key_F9, CTRL | SHIFT)
    assert canvas.selected() == every
    canvas.zoom_to(3.0)
    QTest.keyClick(canvas, K.Key_Home)
    assert canvas.zoom() == 3.0
    QTest.keyClick(canvas, K.Key_Z)
    assert canvas.zoom() < 3.0


def test_the_menu_of_the_selection_opens_by_other_keys(house: Inhabited) -> None:
    place = house.stand()
    rebind(place, "edit.ask_menu", "Ctrl+Shift+F10")
    place.canvas.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, K.Key_F10, SHIFT)
    QTest.keyClick(place.canvas, K.Key_Menu)
    assert not [menu for menu in place.canvas.findChildren(QMenu) if menu.isVisible()]
    QTest.keyClick(place.canvas, K.Key_F10, CTRL | SHIFT)
    (menu,) = [menu for menu in place.canvas.findChildren(QMenu) if menu.isVisible()]
    menu.close()


def test_the_add_palette_opens_by_other_keys(house: Inhabited) -> None:
    place = house.stand(Project())
    rebind(place, "add.palette", "W")
    QTest.keyClick(place.canvas, K.Key_W)
    house.rest()
    focus = house.app.focusWidget()
    assert focus is not None
    assert focus is not place.canvas
    QTest.keyClick(focus, K.Key_Escape)


def test_tooltips_sentences_menus_and_the_palette_say_the_present_keys(house: Inhabited) -> None:
    place = house.stand(Project())
    tools = place.shell.tools
    assert tools.train.keys.text() == "Ctrl+R"
    rebind(place, "run.train", "Ctrl+T")
    rebind(place, "edit.undo")
    rebind(place, "file.export", "F12")
    rebind(place, "graph.next_problem", "F9")
    rebind(place, "add.palette", "W")
    house.rest()
    assert tools.train.keys.text() == "Ctrl+T"
    assert tools.export_.toolTip() == "Export Python (F12)"
    assert place.menus.actions["run.train"].shortcut().toString() == "Ctrl+T"
    assert place.session.keys.said(HINT).startswith("Press Train (Ctrl+T) to run")
    assert place.session.keys.said("Undo (Ctrl+Z)") == "Undo"
    assert place.strip._key.text() == "F9"
    assert "Press W to add" in place.canvas._hint.words()
    place.search(commands_only=True)
    assert place.palette is not None
    QTest.keyClicks(place.palette.line, "Train")
    rows = place.palette.rows
    entries = [rows.entry(rows.index(at)) for at in range(rows.rowCount())]
    assert ("Train", "Ctrl+T") in [(entry.title, entry.keys) for entry in entries if entry]
    place.palette.close_palette()


def test_the_outline_takes_its_keys_from_the_settings(house: Inhabited) -> None:
    place = house.stand()
    place.show_panel("outline")
    house.rest()
    rebind(place, "edit.delete", "Ctrl+Shift+F9")
    view = place.shell.docks["outline"].findChildren(OutlineView)[0]
    place.session.select([NodeId("conv1")])
    house.rest()
    QTest.keyClick(view, K.Key_Delete)
    assert "conv1" in place.session.project.main.graph.nodes
    QTest.keyClick(view, K.Key_F9, CTRL | SHIFT)
    assert "conv1" not in place.session.project.main.graph.nodes


def test_keys_that_cannot_be_read_are_told_at_the_start(house: Inhabited, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"shortcuts": "what is this"}))
    house.settings = Settings(file)
    place = house.stand(Project())
    assert place.shell.status.said.full.startswith("The usual shortcuts hold")
    assert place.menus.actions["run.train"].shortcut().toString() == "Ctrl+R"
