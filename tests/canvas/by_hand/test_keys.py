"""Keys, names, drops and tooltips, by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from graph_editor.document.edits import positions_of
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.canvas.hand import CTRL, SHIFT, Hand, digits, drawn, ins, out, placed, with_block

Make = Callable[[Project], Hand]
K = Qt.Key
MIME = "application/x-netwright-spec"
FOUR = [NodeId(n) for n in ("conv1", "bn1", "relu1", "conv2")]


@pytest.mark.parametrize("key", [K.Key_Delete, K.Key_Backspace])
def test_delete_takes_the_selected_nodes_and_their_wires(make_hand: Make, key: Qt.Key) -> None:
    hand = make_hand(digits())
    hand.choose(FOUR)
    hand.key(key)
    assert not set(FOUR) & set(hand.graph.nodes)
    assert not [w for w in hand.graph.wires if w.node in FOUR]
    assert hand.steps() == 1
    hand.key(key)
    assert hand.steps() == 1


def test_ctrl_delete_heals_the_wires(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.choose(FOUR[1:3])
    hand.key(K.Key_Delete, CTRL)
    assert hand.graph.wires[ins("conv2")] == out("conv1")
    assert hand.steps() == 1


def test_ctrl_a_selects_all_and_escape_none(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_A, CTRL)
    assert hand.canvas.selected() == set(hand.graph.nodes)
    hand.key(K.Key_Escape)
    assert hand.canvas.selected() == frozenset()


@pytest.mark.parametrize(
    ("key", "modifiers", "step"),
    [
        (K.Key_Left, SHIFT, (-8, 0)),
        (K.Key_Right, SHIFT | Qt.KeyboardModifier.KeypadModifier, (8, 0)),
        (K.Key_Up, CTRL, (0, -64)),
        (K.Key_Down, SHIFT, (0, 8)),
    ],
)
def test_shift_and_arrows_nudge_and_many_are_one_step(
    make_hand: Make, key: Qt.Key, modifiers: Qt.KeyboardModifier, step: tuple[int, int]
) -> None:
    hand = make_hand(digits())
    hand.choose(FOUR[:2])
    x, y = positions_of(hand.document.project, "main")[FOUR[0]]
    for _ in range(3):
        hand.key(key, modifiers)
    now = positions_of(hand.document.project, "main")[FOUR[0]]
    assert now == (x + 3 * step[0], y + 3 * step[1])
    assert hand.steps() == 1


def test_without_a_selection_nothing_moves_and_that_is_said(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_Right, SHIFT)
    assert hand.sentences == ["Nothing is selected, so there is nothing to move."]
    assert hand.steps() == 0


def test_home_fits_all_and_f_the_selection(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_Home)
    far = hand.canvas.zoom()
    assert all(hand.view.rect().contains(hand.at(node)) for node in hand.graph.nodes)
    hand.choose(FOUR[:1])
    hand.key(K.Key_F)
    assert hand.canvas.zoom() > far
    assert hand.view.rect().contains(hand.at("conv1"))
    assert hand.steps() == 0


def test_f_fits_a_selected_wire(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_Home)
    far = hand.canvas.zoom()
    hand.click(hand.middle(ins("pool")))
    hand.key(K.Key_F)
    assert hand.canvas.zoom() > far
    assert hand.view.rect().contains(hand.middle(ins("pool")))


def test_home_shows_something_of_a_drawing_that_is_too_large_and_says_so(make_hand: Make) -> None:
    spots = {"a": (0.0, 0.0), "b": (60000.0, 0.0)}
    hand = make_hand(placed(drawn(a="nn.ReLU", b="nn.GELU"), spots))
    hand.key(K.Key_Home)
    assert any(hand.view.rect().contains(hand.at(node)) for node in "ab")
    assert hand.sentences[-1].startswith("Not all of it fits into the view")


def test_l_arranges_all_and_shift_l_the_selection(make_hand: Make) -> None:
    project = drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU")
    hand = make_hand(project)
    hand.drag(hand.port(out("a")), hand.port(ins("b")))
    hand.drag(hand.at("b"), hand.at("b") + QPoint(-120, 200))
    spot = hand.canvas.places()[NodeId("c")]
    hand.choose([NodeId("a"), NodeId("b")])
    hand.key(K.Key_L, SHIFT)
    at = hand.canvas.places()
    assert at[NodeId("c")] == spot
    assert at[NodeId("a")][0] < at[NodeId("b")][0]
    assert at[NodeId("a")][1] == at[NodeId("b")][1]
    steps = hand.steps()
    hand.key(K.Key_L)
    assert hand.steps() == steps + 1


# Names


def test_f2_renames_and_enter_takes_the_name(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_F2)
    line = hand.rename_line()
    assert line.geometry().intersects(hand.canvas.node_rect(NodeId("conv1")))
    QTest.keyClicks(line, "stem")
    QTest.keyClick(line, K.Key_Return)
    assert hand.graph.nodes[NodeId("conv1")].name == "stem"
    assert hand.canvas.title(NodeId("conv1")) == "stem"
    assert hand.steps() == 1
    assert hand.canvas.hasFocus()


def test_escape_leaves_the_old_name(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("head"))
    hand.key(K.Key_F2)
    QTest.keyClicks(hand.rename_line(), "other")
    QTest.keyClick(hand.rename_line(), K.Key_Escape)
    assert hand.graph.nodes[NodeId("head")].name == "head"
    assert hand.steps() == 0


def test_an_empty_name_is_torchs_own(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("head"))
    hand.key(K.Key_F2)
    line = hand.rename_line()
    QTest.keyClick(line, K.Key_Delete)
    QTest.keyClick(line, K.Key_Return)
    assert hand.canvas.title(NodeId("head")) == "Linear"


def test_leaving_the_line_takes_the_name(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_F2)
    QTest.keyClicks(hand.rename_line(), "stem")
    hand.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert hand.graph.nodes[NodeId("conv1")].name == "stem"


def test_undo_of_the_node_closes_the_line(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.drop("nn.ReLU", QPoint(300, 300))
    hand.key(K.Key_F2)
    line = hand.rename_line()
    hand.document.undo()
    assert not line.isVisible()


def test_renaming_several_or_none_says_why_not(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(K.Key_F2)
    hand.choose(FOUR)
    hand.key(K.Key_F2)
    assert hand.sentences == ["Select a node first.", "Select one node alone to rename it."]


# Blocks


def test_a_double_click_on_a_block_shows_its_inside(make_hand: Make) -> None:
    hand = make_hand(with_block("half", "Half"))
    entered: list[tuple[str, str]] = []
    hand.canvas.graph_entered.connect(lambda key, prefix: entered.append((key, prefix)))
    hand.drop("block.half", QPoint(300, 300))
    (node,) = hand.graph.nodes
    hand.canvas.prefix = "outer"
    hand.double_click(hand.at(node))
    assert entered == [("half", f"outer/{node}")]
    assert hand.steps() == 1


# Drops


def dropped(hand: Hand, mime: str, text: str, spot: QPoint) -> bool:
    data = QMimeData()
    data.setData(mime, QByteArray(text.encode()))
    event = QDropEvent(
        QPointF(spot),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    hand.canvas.dropEvent(event)
    return event.isAccepted()


def test_what_is_dragged_from_the_palette_lands_where_it_is_dropped(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    spot = QPoint(300, 500)
    assert dropped(hand, MIME, "nn.Linear", spot)
    (node,) = hand.canvas.selected()
    assert hand.graph.nodes[node].args == FrozenMap({"out_features": 64})
    assert hand.canvas.node_rect(node).contains(spot)
    assert hand.steps() == 1


def test_other_drops_are_not_taken(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    assert not dropped(hand, "text/plain", "nn.Linear", QPoint(300, 300))
    assert dropped(hand, MIME, "nn.Nowhere", QPoint(300, 300))
    assert hand.steps() == 0
    assert hand.sentences == ["nn.Nowhere is not known here."]


# Telling


def test_the_tooltip_is_shown(make_hand: Make) -> None:
    hand = make_hand(digits())
    spot = hand.at("conv1")
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, hand.view.mapToGlobal(spot))
    QApplication.sendEvent(hand.view, event)
    assert QToolTip.text().startswith("Conv2d\ntorch.nn.Conv2d(")
    QToolTip.hideText()


def test_the_pointer_lights_the_node_or_the_wire_under_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.hover(hand.at("conv1"))
    assert hand.canvas.hovered() == "conv1"
    hand.hover(hand.empty())
    assert hand.canvas.hovered() is None
