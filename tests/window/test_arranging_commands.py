"""Selecting and lining up in a whole window: menus with their reasons, and keys."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from graph_editor.document.model import NodeId
from tests.panels.judged import until
from tests.window.inhabited import Inhabited

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def words(menu: QMenu) -> dict[str, str]:
    """Return the entries of a menu with the reasons why they are off."""
    return {a.text(): "" if a.isEnabled() else a.toolTip() for a in menu.actions() if a.text()}


def test_submenus_offer_to_select_and_to_line_up_and_say_why_not(house: Inhabited) -> None:
    place = house.stand()
    menus = place.shell.title_row.menus
    for name, title, entry in (
        ("Edit", "Select", "Select upstream"),
        ("Graph", "Align", "Align left edges"),
    ):
        place.canvas.select(())
        menus[name].popup(QPoint(0, 0))
        until(menus[name].isVisible)
        inner = next(a.menu() for a in menus[name].actions() if a.text() == title)
        assert isinstance(inner, QMenu)
        assert words(inner)[entry].startswith("Select ")
        menus[name].close()
        place.canvas.select([NodeId("conv1"), NodeId("bn1")])
        menus[name].popup(QPoint(0, 0))
        assert words(inner)[entry] == ""
        menus[name].close()


def test_keys_select_and_line_up_what_the_session_has_selected(house: Inhabited) -> None:
    place = house.stand()
    place.canvas.setFocus()
    place.session.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, Qt.Key.Key_G, SHIFT)
    nodes = place.session.project.main.graph.nodes
    chosen = place.session.selection
    assert chosen == {key for key, node in nodes.items() if node.spec == "nn.Conv2d"}
    QTest.keyClick(place.canvas, Qt.Key.Key_Left, ALT | SHIFT)
    assert len({place.canvas.places()[node][0] for node in chosen}) == 1
    assert place.session.document.undo_title == f"Align {len(chosen)} nodes at the left"
