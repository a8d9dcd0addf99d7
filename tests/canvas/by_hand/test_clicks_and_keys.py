"""What clicks on notes and frames select, what a resting pointer is told, and copies by key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from graph_editor.canvas.backdrop import Mark
from graph_editor.document.edits import layout_of
from graph_editor.document.model import NodeId, Project
from tests.canvas.by_hand.test_frames import bar, chosen, framed
from tests.canvas.hand import CTRL, NONE, RIGHT, SHIFT, Hand, digits, drawn, fed, ins, noted, out

Make = Callable[[Project], Hand]
K = Qt.Key
FRAME = Mark("frame", 0)


def told(hand: Hand, spot: QPoint) -> str:
    """Rest the pointer at a place; return what is told there."""
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, hand.view.mapToGlobal(spot))
    QApplication.sendEvent(hand.view, event)
    text = QToolTip.text()
    QToolTip.hideText()
    return text


def test_a_click_on_a_title_selects_the_frame_and_others_add_and_toggle(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU"))
    framed(hand, "Both", NodeId("a"), NodeId("b"))
    hand.click(bar(hand))
    assert chosen(hand) == {FRAME}
    assert not hand.canvas.selected()
    hand.click(hand.at("c"))
    assert chosen(hand) == frozenset()
    hand.click(bar(hand), SHIFT)
    assert (chosen(hand), hand.canvas.selected()) == ({FRAME}, {"c"})
    hand.click(bar(hand), CTRL)
    assert (chosen(hand), hand.canvas.selected()) == (frozenset(), {"c"})


def test_a_click_on_a_note_selects_it_alone(make_hand: Make) -> None:
    hand = make_hand(noted(drawn(a="nn.ReLU"), (0.0, 120.0, "One"), (400.0, 120.0, "Two")))
    hand.click(hand.at("a"))
    hand.click(hand.canvas.mapFromScene(420.0, 130.0))
    assert chosen(hand) == {Mark("note", 1)}
    assert not hand.canvas.selected()


def test_the_menu_of_a_note_colours_it(make_hand: Make) -> None:
    hand = make_hand(noted(drawn(a="nn.ReLU"), (0.0, 120.0, "One")))
    QTest.mouseClick(hand.view, RIGHT, NONE, hand.canvas.mapFromScene(20.0, 130.0))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(act for act in menu.actions() if act.text() == "Pink").trigger()
    menu.close()
    (note,) = layout_of(hand.document.project, "main")["notes"]  # type: ignore[misc]  # a tuple
    assert note["colour"] == "pink"
    assert hand.steps() == 1


@pytest.mark.parametrize("where", ["port", "wire"])
def test_a_pointer_that_rests_on_a_port_or_a_wire_is_told_of_it(
    make_hand: Make, where: str
) -> None:
    hand = make_hand(fed(drawn(a="nn.ReLU", b="nn.GELU"), out("a"), ins("b")))
    words = told(hand, hand.port(ins("b")) if where == "port" else hand.middle(ins("b")))
    assert ("from ReLU" in words) is (where == "port")
    assert ("ReLU → GELU" in words) is (where == "wire")


@pytest.mark.parametrize(("key", "other"), [(K.Key_Down, "b"), (K.Key_Up, "a")])
def test_up_and_down_go_to_the_node_beside(make_hand: Make, key: Qt.Key, other: str) -> None:
    project = drawn(a="nn.ReLU", b="nn.ReLU", s="nn.ReLU")
    hand = make_hand(fed(project, out("s"), ins("a"), ins("b")))
    hand.drag(hand.at("b"), hand.at("a") + QPoint(0, 120))
    hand.click(hand.at("a" if other == "b" else "b"))
    hand.key(key)
    assert hand.canvas.selected() == {other}


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        (K.Key_Down, "digits", "relu2"),
        (K.Key_Down, "loss", "optimizer"),
        (K.Key_Up, "optimizer", "loss"),
        (K.Key_Up, "flatten", "conv1"),
        (K.Key_Down, "bn2", "accuracy"),
    ],
)
def test_up_and_down_stay_in_the_column(make_hand: Make, key: Qt.Key, start: str, end: str) -> None:
    hand = make_hand(digits())
    hand.choose([start])
    hand.key(key)
    assert hand.canvas.selected() == {end}


def test_arrows_that_lead_nowhere_say_so_and_nodes_without_wires_are_left_for_the_nearest(
    make_hand: Make,
) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.GELU", c="nn.Tanh"))
    row = sorted("abc", key=lambda node: hand.at(node).x())
    hand.choose(row[:1])
    for node in row[1:]:
        hand.key(K.Key_Right)
        assert hand.canvas.selected() == {node}
    hand.key(K.Key_Left)
    assert hand.canvas.selected() == {row[1]}
    assert not hand.sentences
    hand.key(K.Key_Down)
    assert hand.sentences == [f"No node stands below {hand.canvas.title(NodeId(row[1]))}."]


def test_copies_by_key_bring_the_wires_between(make_hand: Make) -> None:
    hand = make_hand(fed(drawn(a="nn.ReLU", b="nn.ReLU"), out("a"), ins("b")))
    hand.choose(["a", "b"])
    hand.key(K.Key_C, CTRL)
    hand.key(K.Key_V, CTRL)
    assert (len(hand.graph.nodes), len(hand.graph.wires)) == (4, 2)
    hand.key(K.Key_D, CTRL)
    assert (len(hand.graph.nodes), len(hand.graph.wires)) == (6, 3)
    hand.key(K.Key_X, CTRL)
    assert (len(hand.graph.nodes), len(hand.graph.wires)) == (4, 2)
    hand.key(K.Key_V, CTRL)
    assert (len(hand.graph.nodes), len(hand.graph.wires)) == (6, 3)
    assert hand.steps() == 4
