"""The main numbers of a node are edited where it stands: typed, dragged, as formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from graph_editor.canvas.inline_form import InlineForm
from graph_editor.canvas.minimap import Minimap
from graph_editor.document.files import load
from graph_editor.document.model import Expr, NodeId
from tests.canvas.hand import LEFT, NONE, Hand, digits, drawn

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
K = Qt.Key
CONV = NodeId("conv1")


def form(hand: Hand) -> InlineForm:
    (found,) = [f for f in hand.canvas.findChildren(InlineForm) if f.isVisible()]
    return found


def field(hand: Hand, name: str) -> QLineEdit:
    found = form(hand).form.rows[name].editor
    assert isinstance(found, QLineEdit)
    return found


def is_open(hand: Hand) -> bool:
    return any(f.isVisible() for f in hand.canvas.findChildren(InlineForm))


def opened(make_hand: Make, node: str = "conv1") -> Hand:
    hand = make_hand(digits())
    hand.click(hand.at(node))
    hand.double_click(hand.at(node))
    hand.release(hand.at(node))
    return hand


def type_over(box: QLineEdit, text: str) -> None:
    box.selectAll()
    QTest.keyClicks(box, text)


def test_a_double_click_opens_the_numbers_and_typing_sets_them(make_hand: Make) -> None:
    hand = opened(make_hand)
    assert hand.view.rect().contains(form(hand).geometry())
    assert {"out_channels", "kernel_size"} <= form(hand).form.rows.keys()
    type_over(field(hand, "out_channels"), "48")
    assert hand.graph.nodes[CONV].args["out_channels"] == 48
    QTest.keyClick(field(hand, "out_channels"), K.Key_Tab)
    assert field(hand, "kernel_size").hasFocus()
    type_over(field(hand, "kernel_size"), "5")
    QTest.keyClick(field(hand, "kernel_size"), K.Key_Return)
    assert not is_open(hand)
    assert hand.canvas.hasFocus()
    assert hand.graph.nodes[CONV].args["kernel_size"] == 5
    assert hand.steps() == 2
    hand.document.undo()
    assert hand.graph.nodes[CONV].args["out_channels"] == 48


def test_enter_opens_the_selected_node_too(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_Return)
    assert is_open(hand)
    QTest.keyClick(field(hand, "out_channels"), K.Key_Escape)
    assert not is_open(hand)
    assert hand.steps() == 0


def test_a_number_is_dragged_as_one_step(make_hand: Make) -> None:
    hand = opened(make_hand)
    box = field(hand, "kernel_size")
    before = hand.graph.nodes[CONV].args["kernel_size"]
    assert isinstance(before, int)
    QTest.mousePress(box, LEFT, NONE, QPoint(10, 8))
    for x in (20, 30, 40):
        _move(box, QPoint(x, 8))
    assert hand.graph.nodes[CONV].args["kernel_size"] > before
    QTest.mouseRelease(box, LEFT, NONE, QPoint(40, 8))
    assert is_open(hand)
    assert hand.steps() == 1


def _move(widget: QWidget, spot: QPoint) -> None:
    glob = QPointF(widget.mapToGlobal(spot))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(spot), glob, none, LEFT, NONE)
    QApplication.sendEvent(widget, event)


def test_what_is_no_number_is_said_and_changes_nothing(make_hand: Make) -> None:
    hand = opened(make_hand)
    before = hand.document.project
    type_over(field(hand, "out_channels"), "many")
    assert form(hand).form.rows["out_channels"].message.text()
    QTest.keyClick(field(hand, "out_channels"), K.Key_Return)
    QApplication.processEvents()
    assert is_open(hand)
    assert hand.document.project == before
    row, room = form(hand).form.rows["out_channels"], form(hand).rect()
    words = row.message
    assert words.height() >= words.heightForWidth(words.width())
    assert words.mapTo(row, QPoint()).y() >= row.editor.geometry().bottom()
    assert room.contains(words.mapTo(form(hand), words.rect().bottomRight()))
    assert hand.view.rect().contains(form(hand).geometry())
    QTest.keyClick(field(hand, "out_channels"), K.Key_Escape)
    assert field(hand, "out_channels").text() == "16"
    QTest.keyClick(field(hand, "out_channels"), K.Key_Escape)
    assert not is_open(hand)


def test_wrong_text_that_is_left_by_a_click_elsewhere_is_said(make_hand: Make) -> None:
    hand = opened(make_hand)
    type_over(field(hand, "out_channels"), "x1")
    hand.click(hand.empty())
    assert not is_open(hand)
    assert "x1" in hand.sentences[-1]
    assert hand.steps() == 0


def test_the_minimap_lies_below_the_fields(make_hand: Make) -> None:
    hand = make_hand(digits())
    Minimap(hand.canvas)
    hand.canvas.set_zoom(1.0)
    seen = False
    for dx in range(0, 400, 40):
        node = hand.canvas.world.nodes[NodeId("head")]
        hand.canvas.centerOn(node.rect().center() - QPointF(dx, dx / 2))
        hand.double_click(hand.at("head"))
        hand.release(hand.at("head"))
        QApplication.processEvents()
        (shown,) = hand.canvas.findChildren(Minimap)
        both = form(hand).geometry().intersected(shown.geometry())
        if shown.isVisible() and not both.isEmpty():
            seen = True
            assert hand.canvas.childAt(both.center()) is not shown
        QTest.keyClick(form(hand), K.Key_Escape)
    assert seen


def test_inside_a_block_a_formula_over_its_parameters_is_taken(make_hand: Make) -> None:
    hand = make_hand(load("tests/projects/block_parameters.netwright").project)
    key, block = next((k, b) for k, b in hand.document.project.blocks.items() if b.parameters)
    name = next(p.name for p in block.parameters if p.type == "int")
    node = next(n for n, use in block.graph.nodes.items() if use.spec in ("nn.Conv2d", "nn.Linear"))
    hand.canvas.show_graph(key)
    hand.double_click(hand.at(node))
    hand.release(hand.at(node))
    size = "out_features" if block.graph.nodes[node].spec == "nn.Linear" else "out_channels"
    type_over(field(hand, size), f"=2 * {name}")
    assert hand.graph.nodes[node].args[size] == Expr(f"2 * {name}")


def test_a_click_elsewhere_another_graph_and_deletion_close_it(make_hand: Make) -> None:
    hand = opened(make_hand)
    hand.click(hand.empty())
    assert not is_open(hand)
    hand.double_click(hand.at("conv1"))
    hand.release(hand.at("conv1"))
    assert is_open(hand)
    hand.canvas.show_graph("main")
    assert not is_open(hand)


def test_a_node_without_numbers_says_so(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    hand.double_click(hand.at("a"))
    hand.release(hand.at("a"))
    assert not is_open(hand)
    assert hand.sentences == ["ReLU has no numbers to edit; F2 renames it."]


def test_keys_in_the_form_do_not_act_on_the_canvas(make_hand: Make) -> None:
    hand = opened(make_hand)
    QTest.keyClick(field(hand, "out_channels"), K.Key_Delete)
    QTest.keyClick(field(hand, "out_channels"), K.Key_Backspace)
    assert CONV in hand.graph.nodes
