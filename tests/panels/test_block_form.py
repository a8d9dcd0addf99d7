"""The form of a block: parameters and ports by keys and clicks, and what its uses are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QWidget

from app.panels.block_form import BlockForm
from graph_editor.document.files import dumps
from graph_editor.document.model import Block, BlockId, Expr, NodeId, Parameter
from tests.panels.inspected import Desk, click
from tests.panels.judged import example

K = Qt.Key
RESIDUAL = BlockId("residual")


@pytest.fixture
def desk(qt: QApplication) -> Iterator[Desk]:
    """Return an inspector beside the block of the residual example."""
    del qt
    made = Desk(example("digits_residual"))
    made.session.show_graph(RESIDUAL, "block1")
    QApplication.processEvents()
    yield made
    made.close()


def form(desk: Desk) -> BlockForm:
    return desk.inspector.project.form


def block(desk: Desk) -> Block:
    return desk.session.project.blocks[RESIDUAL]


def press(desk: Desk, words: str) -> None:
    found = [b for b in form(desk).findChildren(QPushButton) if b.accessibleName() == words]
    click(next(button for button in found if button.isVisible()))
    QApplication.processEvents()


def typed(text: str) -> None:
    """Type over what stands in the field that has the keyboard."""
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClick(field, K.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
    QTest.keyClick(field, K.Key_Return)
    QApplication.processEvents()


def test_a_parameter_is_added_named_typed_and_described(desk: Desk) -> None:
    press(desk, "Add a parameter")
    typed("drop")
    card = form(desk).cards["drop"]
    card.kind.setFocus()
    QTest.keyClick(card.kind, K.Key_F)  # float
    QTest.keyClick(card.kind, K.Key_Return)
    QApplication.processEvents()
    card = form(desk).cards["drop"]
    card.default.editor.setFocus()
    typed("0.25")
    card.doc.setFocus()
    typed("Share that is left out.")
    assert block(desk).parameters[1] == Parameter("drop", "float", 0.25, "Share that is left out.")


def test_a_renamed_parameter_is_renamed_in_formulas_and_uses(desk: Desk) -> None:
    field = form(desk).cards["channels"].row.name
    field.setFocus()
    typed("width")
    assert [p.name for p in block(desk).parameters] == ["width"]
    assert block(desk).graph.nodes[NodeId("conv1")].args["out_channels"] == Expr("width")
    uses = [n for n in desk.session.project.main.graph.nodes.values() if n.kind == "block"]
    assert all("channels" not in node.args for node in uses)
    assert desk.session.document.undo_title == "Rename channels"


def test_a_name_that_cannot_be_is_refused_in_words_and_taken_back(desk: Desk) -> None:
    said: list[str] = []
    desk.session.said.connect(said.append)
    field = form(desk).cards["channels"].row.name
    field.setFocus()
    typed("2 wide")
    assert said
    assert form(desk).cards["channels"].row.name.text() == "channels"
    click(form(desk).cards["channels"].row.away)
    assert "channels is used by" in said[-1]
    assert [p.name for p in block(desk).parameters] == ["channels"]


def test_ports_are_added_named_ordered_and_removed(desk: Desk) -> None:
    before = dumps(desk.session.project)
    press(desk, "Add an input")
    typed("memory")
    first, second = block(desk).inputs
    assert block(desk).graph.nodes[second].name == "memory"
    row = form(desk).ports[second]
    row.up.setFocus()
    QTest.keyClick(row.up, K.Key_Space)
    assert block(desk).inputs == (second, first)
    assert not form(desk).ports[second].up.isEnabled()
    assert form(desk).ports[second].up.toolTip() == "It is the first already."
    click(form(desk).ports[second].away)
    assert block(desk).inputs == (first,)
    while desk.session.document.can_undo:
        desk.session.undo()
    assert dumps(desk.session.project) == before


def test_two_inputs_of_one_name_are_refused_and_buttons_are_called_by_names(desk: Desk) -> None:
    press(desk, "Add an input")
    typed("skip")
    press(desk, "Add an input")
    before = dumps(desk.session.project)
    typed("skip")
    assert dumps(desk.session.project) == before
    names = [block(desk).graph.nodes[port].name for port in block(desk).inputs]
    assert len(set(names)) == len(names)
    row = form(desk).ports[block(desk).inputs[1]]
    assert row.up.accessibleName() == "Move skip up"
    assert row.down.accessibleName() == "Move skip down"
    assert row.away.accessibleName() == row.away.toolTip() == "Remove skip"


def test_the_ports_of_a_use_are_called_as_the_block_calls_them(desk: Desk) -> None:
    press(desk, "Add an input")
    typed("memory")
    desk.session.show_graph("main")
    spec = desk.session.lookup("block.residual")
    assert spec is not None
    assert [spec.port_title(port) for port in block(desk).inputs] == ["x", "memory"]


def menu_of(field: QWidget) -> QMenu:
    spot = QPoint(8, 8)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(field, QContextMenuEvent(reason, spot, field.mapToGlobal(spot)))
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    assert found, "no menu opened"
    return found[0]


def chosen(menu: QMenu, place: int) -> None:
    action = menu.actions()[place]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_a_value_inside_becomes_a_parameter_by_its_menu(desk: Desk) -> None:
    desk.select("conv1")
    menu = menu_of(desk.field("kernel_size"))
    assert menu.actions()[0].text() == "Make it a parameter of the block"
    chosen(menu, 0)
    assert block(desk).parameters[1] == Parameter("kernel_size", "int", 3)
    assert block(desk).graph.nodes[NodeId("conv1")].args["kernel_size"] == Expr("kernel_size")
    desk.judge()
    assert desk.session.verdict is not None
    assert not [d for d in desk.session.verdict.diagnostics if d.severity == "error"]
    menu = menu_of(desk.field("kernel_size"))
    assert not menu.actions()[0].isEnabled()
    assert menu.actions()[0].toolTip() == "kernel_size is a formula already: =kernel_size."
    menu.close()
    desk.session.show_graph("main")
    desk.select("block1")
    assert desk.field("kernel_size").text() == "3"
    menu = menu_of(desk.field("kernel_size"))
    assert "Make it a parameter of the block" not in [a.text() for a in menu.actions()]
    menu.close()


def test_a_second_one_of_the_same_name_gets_a_number(desk: Desk) -> None:
    for node in ("conv1", "conv2"):
        desk.select(node)
        chosen(menu_of(desk.field("kernel_size")), 0)
    assert [p.name for p in block(desk).parameters] == ["channels", "kernel_size", "kernel_size_2"]


def test_the_inspector_tells_how_often_a_block_is_used(desk: Desk) -> None:
    asked: list[str] = []
    desk.inspector.command_asked.connect(asked.append)
    desk.session.show_graph("main")
    desk.select("block1")
    words = desk.inspector.block.words.text()
    assert words == "Residual block is used 3 times; what is changed inside changes all of them."
    click(desk.inspector.block.enter)
    click(desk.inspector.block.unique)
    assert asked == ["graph.enter", "graph.unique"]
    desk.select("head")
    assert not desk.inspector.block.isVisible()
