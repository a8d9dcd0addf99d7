"""Ctrl+F finds nodes of all graphs by what stands on them, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from app.panels.code.find_bar import FindBar
from graph_editor.canvas.minimap import Minimap
from graph_editor.document.model import NodeId
from tests.panels.judged import example

if TYPE_CHECKING:
    from app.window.workplace import Workplace
    from graph_editor.document.model import Node
    from tests.window.inhabited import Inhabited

K = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
Hit = tuple[str, str]


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def sought(place: Workplace, words: str) -> str:
    """Type words into the bar over the canvas; return what it says of them."""
    if not bars(place):
        place.canvas.setFocus()
        press(K.Key_F, CTRL)
    (bar,) = bars(place)
    assert QApplication.focusWidget() is bar.field
    bar.field.selectAll()
    QTest.keyClicks(bar.field, words)
    return said(bar)


def bars(place: Workplace) -> list[FindBar]:
    """Return the open bars over the canvas."""
    return [bar for bar in place.shell.centre.findChildren(FindBar) if bar.isVisible()]


def said(bar: FindBar) -> str:
    return bar.findChildren(QLabel)[0].text()


def here(place: Workplace) -> Hit:
    """Return the graph in sight and its selected node, which nothing covers."""
    (node,) = place.session.selection
    assert place.canvas.selected() == {node}
    room, spot = place.canvas.viewport().rect(), place.canvas.node_rect(node)
    assert room.contains(spot)
    for bar in bars(place):
        assert not bar.geometry().translated(-place.canvas.pos()).intersects(spot)
    for shown in place.canvas.findChildren(Minimap):
        assert shown.isHidden() or not shown.geometry().intersects(spot)
    return place.session.graph_key, str(node)


def all_hits(place: Workplace, words: str) -> set[Hit]:
    """Return all that is found, gone through with Enter."""
    count = int(sought(place, words).partition(" of ")[2] or 0)
    found = set()
    for _ in range(count):
        found.add(here(place))
        press(K.Key_Return)
    assert len(found) == count
    return found


def every(place: Workplace) -> dict[Hit, Node]:
    project = place.session.project
    return {
        (graph, str(node)): use
        for graph in ("main", *project.blocks)
        for node, use in project.block(graph).graph.nodes.items()
    }


def test_enter_and_f3_go_through_all_graphs_and_esc_leaves_the_hit(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))
    assert sought(place, "conv2d") == "1 of 4"
    (bar,) = bars(place)
    start = here(place)
    assert start[0] == "main"
    way = [start]
    for key in (K.Key_Return, K.Key_F3, K.Key_Enter):
        press(key)
        way.append(here(place))
    assert said(bar) == "4 of 4"
    assert len(set(way)) == 4
    assert way[-1][0] == "residual"
    assert place.session.prefix == "block1"
    for key in (K.Key_F3, K.Key_Return, K.Key_F3):
        press(key, SHIFT)
        way.append(here(place))
    assert way[4:] == way[2::-1]
    press(K.Key_Return, SHIFT)
    assert said(bar) == "4 of 4"
    press(K.Key_Escape)
    assert not bars(place)
    assert place.canvas.hasFocus()
    assert here(place) == way[3]
    press(K.Key_F3)
    assert here(place) == start
    assert not bars(place)
    assert not place.session.document.can_undo


def test_specs_arguments_shapes_and_titles_are_found(house: Inhabited) -> None:
    place = house.judged(house.stand(example("digits_residual")))
    nodes, verdict = every(place), place.session.verdict
    assert verdict is not None
    threes = {at for at, use in nodes.items() if use.args.get("kernel_size") in (3, (3, 3))}
    assert all_hits(place, "kernel_size=3") == threes != set()
    assert all_hits(place, "Kernel_Size = 3 CONV") == threes
    convs = {at for at, use in nodes.items() if use.spec == "nn.Conv2d"}
    assert all_hits(place, "nn.Conv2d") == convs
    shaped = {
        ("main", key.rpartition(".")[0])
        for key, kind in verdict.types.items()
        if kind.shape[-3:] == (32, 4, 4) and "/" not in key
    }
    assert {hit for hit in all_hits(place, "32x4x4") if hit[0] == "main"} == shaped != set()
    assert sought(place, "32×4×40") == "not found"
    assert sought(place, "kernel_size=") != "not found"
    assert sought(place, "kernel_size=30") == "not found"
    titled = {at for at, use in nodes.items() if use.name == "Head" or at[1] == "head"}
    assert all_hits(place, "head") == titled != set()


@pytest.mark.parametrize("corner", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_nothing_lies_over_a_hit_wherever_it_is_in_view(
    house: Inhabited, corner: tuple[int, int]
) -> None:
    place = house.stand()
    place.canvas.setFocus()
    assert sought(place, "softmax zzz") == "not found"
    place.canvas.set_zoom(1.1)
    room = place.canvas.viewport().rect()
    spot = place.canvas.node_rect(NodeId("conv1"))
    x, y = (room.width() - 30 - spot.width(), 30), (room.height() - 30 - spot.height(), 30)
    place.canvas.pan_by(x[1 - corner[0]] - spot.x(), y[1 - corner[1]] - spot.y())
    assert room.contains(place.canvas.node_rect(NodeId("conv1")))
    assert sought(place, "conv1").startswith("1 of ")
    assert here(place) == ("main", "conv1")


def test_what_is_typed_is_text_and_edits_are_followed(house: Inhabited) -> None:
    place = house.stand()
    assert sought(place, "conv").startswith("1 of ")
    before = place.session.project
    for key, modifiers in ((K.Key_Delete, NONE), (K.Key_D, CTRL), (K.Key_G, CTRL)):
        press(key, modifiers)
    press(K.Key_A, CTRL)
    press(K.Key_Up)
    assert place.session.project is before
    count = int(sought(place, "conv").split(" of ")[1])
    place.canvas.setFocus()
    press(K.Key_Delete)
    press(K.Key_F3)
    (bar,) = bars(place)
    assert said(bar).endswith(f" of {count - 1}")
    assert "conv" in here(place)[1]


def test_in_the_code_it_is_found_in_the_code(house: Inhabited) -> None:
    place = house.judged(house.stand())
    panel: Any = place.code()
    house.rest()
    page = panel.page
    page.setFocus()
    press(K.Key_F, CTRL)
    assert not bars(place)
    assert QApplication.focusWidget() is panel.find_bar.field
    QTest.keyClicks(panel.find_bar.field, "conv")
    first = said(panel.find_bar)
    press(K.Key_F3)
    assert said(panel.find_bar) != first
    assert place.session.selection == frozenset()


def test_without_words_find_next_says_why(house: Inhabited) -> None:
    place = house.stand()
    told: list[str] = []
    place.session.said.connect(told.append)
    place.canvas.setFocus()
    press(K.Key_F3)
    assert told[-1] == "Find in graph asks first what to look for."
    assert place.session.selection == frozenset[NodeId]()
