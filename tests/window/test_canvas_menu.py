"""The right button offers what can be done with what lies under it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from app.window.workplace import Workplace
from graph_editor.canvas.inline_form import InlineForm
from graph_editor.document.model import InPort, NodeId, PortPath
from tests.window.inhabited import Inhabited

RIGHT, NONE = Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier


def asked(place: Workplace, spot: QPoint) -> list[str]:
    """Return what the menu at a place says, and close it."""
    QTest.mouseClick(place.canvas.viewport(), RIGHT, NONE, spot)
    return words(place)


def words(place: Workplace) -> list[str]:
    (menu,) = [m for m in place.canvas.findChildren(QMenu) if m.isVisible()]
    found = [action.text() for action in menu.actions() if not action.isSeparator()]
    menu.close()
    return found


def test_a_node_a_wire_and_the_ground_have_their_own_menus(house: Inhabited) -> None:
    place = house.stand()
    canvas = place.canvas
    found = asked(place, canvas.node_place(NodeId("conv1")))
    assert canvas.selected() == {"conv1"}
    assert {"Open", "Rename…", "Replace…", "Duplicate", "Delete", "Delete and heal"} <= set(found)
    assert {"Select upstream", "Select downstream"} <= set(found)
    assert len(found) == len(set(found))
    wire = InPort(NodeId("relu1"), PortPath("input"))
    middle = canvas.world.wires[wire].path().pointAtPercent(0.5)
    found = asked(place, canvas.mapFromScene(middle))
    assert canvas.world.chosen_wire == wire
    assert found == ["Put into the wire…", "Detach", "Delete"]
    found = asked(place, QPoint(8, 8))
    assert found[0] == "Add node…"
    assert "Select all" in found


def test_a_selection_is_kept_and_an_entry_acts_on_it(house: Inhabited) -> None:
    place = house.stand()
    canvas = place.canvas
    canvas.select([NodeId("conv1"), NodeId("bn1")])
    QTest.mouseClick(canvas.viewport(), RIGHT, NONE, canvas.node_place(NodeId("bn1")))
    assert canvas.selected() == {"conv1", "bn1"}
    (menu,) = [m for m in canvas.findChildren(QMenu) if m.isVisible()]
    (delete,) = [a for a in menu.actions() if a.text() == "Delete"]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, NONE, menu.actionGeometry(delete).center())
    house.rest()
    graph = place.session.project.main.graph
    assert not {"conv1", "bn1"} & graph.nodes.keys()
    place.session.undo()


def test_the_menu_key_asks_too(house: Inhabited) -> None:
    place = house.stand()
    place.canvas.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert "Rename…" in words(place)


def test_the_outline_offers_the_same_and_takes_the_same_keys(house: Inhabited) -> None:
    place = house.stand()
    panel = house.outline(place, "relu1")
    QTest.keyClick(panel.view, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    QTest.keyRelease(panel.view, Qt.Key.Key_Control)  # else it seems to be held from now on
    assert len(place.session.project.main.graph.nodes) == 18
    place.session.undo()
    panel.view.setCurrentIndex(panel.rows.node_index("main", NodeId("relu1")))
    spot = panel.view.visualRect(panel.view.currentIndex()).center()
    panel.view.menu_asked.emit(panel.view.viewport().mapToGlobal(spot))
    (menu,) = [m for m in panel.findChildren(QMenu) if m.isVisible()]
    said = {action.text() for action in menu.actions()}
    menu.close()
    assert {
        "Edit the numbers, or show the inside",
        "Delete",
        "Duplicate",
        "Delete and heal",
        "Replace…",
    } <= said
    assert len([a for a in menu.actions() if a.text() == "Delete"]) == 1


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the keyboard is."""
    held = QApplication.focusWidget()
    assert held is not None
    QTest.keyClick(held, key, modifiers)
    QTest.keyRelease(held, Qt.Key.Key_Control)  # else it seems to be held from now on


def test_the_outline_edits_numbers_and_adds_and_has_the_keyboard_back(house: Inhabited) -> None:
    place = house.stand()
    panel = house.outline(place, "conv2")
    press(Qt.Key.Key_Return)
    (form,) = [f for f in place.canvas.findChildren(InlineForm) if f.isVisible()]
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for key in (Qt.Key.Key_4, Qt.Key.Key_8, Qt.Key.Key_Return):
        press(key)
    assert place.session.project.main.graph.nodes[NodeId("conv2")].args["out_channels"] == 48
    assert not form.isVisible()
    assert panel.view.hasFocus()
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    for key in (Qt.Key.Key_G, Qt.Key.Key_E, Qt.Key.Key_L, Qt.Key.Key_U, Qt.Key.Key_Return):
        press(key)
    assert panel.view.hasFocus()
    assert panel.current is not None
    added = panel.current.node
    assert added is not None
    assert place.session.project.main.graph.nodes[added].spec == "nn.GELU"
