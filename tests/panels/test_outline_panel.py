"""The outline through real events: it is the document, and all of it can be done by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.panels.outline.connect_list import ConnectList
from app.panels.outline_panel import OutlinePanel
from app.session.session import Session
from graph_editor.canvas.theme import theme
from graph_editor.document.edits import add_node, in_block
from graph_editor.document.model import InPort, Node, NodeId, OutPort, PortPath
from tests.panels.judged import example, in_sight, session_on, set_value, settle

HEAD = NodeId("head")
KEY = Qt.Key
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = session_on(example("digits_residual"))
    yield made
    made.close()


@pytest.fixture
def panel(session: Session) -> Iterator[OutlinePanel]:
    with in_sight(OutlinePanel(session), 300, 640) as made:
        settle(session)
        yield made


def index(panel: OutlinePanel, node: str, graph: str = "main") -> QModelIndex:
    found = panel.rows.node_index(graph, NodeId(node))
    assert found.isValid()
    return found


def go(panel: OutlinePanel, node: str, graph: str = "main") -> None:
    panel.view.setCurrentIndex(index(panel, node, graph))


def go_to_port(panel: OutlinePanel, node: str, row: int) -> QModelIndex:
    panel.view.expand(index(panel, node))
    panel.rows.fetchMore(index(panel, node))  # where the view would only with its next layout
    child = panel.rows.index(row, 0, index(panel, node))
    panel.view.setCurrentIndex(child)
    return child


def spoken(panel: OutlinePanel, node: str, graph: str = "main") -> str:
    text = index(panel, node, graph).data(SPOKEN)
    assert isinstance(text, str)
    return text


def first_port(panel: OutlinePanel, node: str) -> str:
    return str(panel.rows.index(0, 0, index(panel, node)).data(SPOKEN))


def choose(panel: OutlinePanel, words: str) -> None:
    """Choose in the list of inputs by typing."""
    offered = panel.findChild(ConnectList)
    assert offered is not None
    assert offered.isVisible()
    QTest.keyClicks(offered.field, words)
    QTest.keyClick(offered.field, KEY.Key_Return)


def test_it_holds_every_graph_and_node_in_the_order_of_the_code(
    panel: OutlinePanel, session: Session
) -> None:
    rows = panel.rows
    graphs = [rows.index(row, 0) for row in range(rows.rowCount())]
    assert [g.data() for g in graphs] == ["Digits residual net", "Residual block"]
    for graph, key in zip(graphs, ("main", "residual"), strict=True):
        names = {rows.item(rows.index(r, 0, graph)).node for r in range(rows.rowCount(graph))}
        assert names == set(session.project.block(key).graph.nodes)
    inside = [rows.index(row, 0, graphs[1]).data() for row in range(rows.rowCount(graphs[1]))]
    assert inside == ["x", "conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu2", "y"]


def test_rows_are_read_aloud(panel: OutlinePanel, session: Session) -> None:
    assert spoken(panel, "stem") == "stem, Conv2d, output B×16×8×8, ok"
    assert spoken(panel, "conv1", "residual") == "conv1, Conv2d, output B×16×8×8, ok"
    port = go_to_port(panel, "head", 0)
    assert port.data(SPOKEN) == "input of head, from flatten, B×32"
    out = panel.rows.index(1, 0, index(panel, "head"))
    assert out.data(SPOKEN) == "output of head, to logits, B×10"
    assert (
        panel.rows.graph_index("main").data(SPOKEN) == "Digits residual net, main graph, 16 nodes"
    )
    set_value(session, "head", "in_features", 5)
    settle(session)
    assert spoken(panel, "head").startswith("head, Linear, error: in_features of")
    assert spoken(panel, "loss").endswith(", waiting for head")
    assert index(panel, "head").siblingAtColumn(1).data() == "error"


def test_a_verdict_touches_only_rows_that_say_something_else(
    panel: OutlinePanel, session: Session
) -> None:
    told: list[object] = []
    panel.rows.modelReset.connect(lambda: told.append("reset"))
    panel.rows.dataChanged.connect(lambda first, _: told.append(panel.rows.item(first).key))
    set_value(session, "head", "out_features", 12)
    settle(session)
    assert "reset" not in told
    assert {"head", "logits"} <= set(told)
    assert not {"stem", "pool", "digits"} & set(told)
    assert index(panel, "head").siblingAtColumn(1).data() == "B×12"


def test_the_selection_follows_the_canvas_and_leads_it(
    panel: OutlinePanel, session: Session
) -> None:
    session.select([HEAD, NodeId("stem")])
    chosen = {panel.rows.item(i).node for i in panel.view.selectionModel().selectedRows(0)}
    assert chosen == {"head", "stem"}
    go(panel, "pool")
    assert session.selection == {"pool"}
    QTest.keyClick(panel.view, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert session.selection == {"pool", "block2"}
    session.select([])
    assert not panel.view.selectionModel().hasSelection()


def test_the_row_of_a_port_selects_its_node(panel: OutlinePanel, session: Session) -> None:
    child = go_to_port(panel, "head", 0)
    assert session.selection == {HEAD}
    assert panel.view.currentIndex() == child


def test_f2_renames_and_undo_takes_it_back(panel: OutlinePanel, session: Session) -> None:
    go(panel, "head")
    QTest.keyClick(panel.view, KEY.Key_F2)
    field = panel.view.viewport().findChild(QLineEdit)
    assert field is not None
    assert field.text() == "head"
    field.selectAll()
    QTest.keyClicks(field, "classifier")
    QTest.keyClick(field, KEY.Key_Return)
    QTest.qWait(0)
    assert session.project.main.graph.nodes[HEAD].name == "classifier"
    assert index(panel, "head").data() == "classifier"
    session.undo()
    assert index(panel, "head").data() == "head"


def test_a_block_can_be_renamed(panel: OutlinePanel, session: Session) -> None:
    panel.view.setCurrentIndex(panel.rows.graph_index("residual"))
    QTest.keyClick(panel.view, KEY.Key_F2)
    field = panel.view.viewport().findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "Skip")
    QTest.keyClick(field, KEY.Key_Return)
    QTest.qWait(0)
    assert session.project.block("residual").name == "Skip"
    assert spoken(panel, "block1").startswith("block1, Skip, ")


def test_delete_removes_nodes_and_keeps_the_cursor(panel: OutlinePanel, session: Session) -> None:
    before = session.project
    go(panel, "pool")
    QTest.keyClick(panel.view, KEY.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert not {"pool", "block2"} & set(session.project.main.graph.nodes)
    assert session.document.undo_title == "Delete 2 nodes"
    assert not panel.rows.node_index("main", NodeId("pool")).isValid()
    assert panel.view.currentIndex().isValid()
    session.undo()
    assert session.project is before
    assert index(panel, "pool").isValid()


def test_delete_on_a_wire_takes_the_wire(panel: OutlinePanel, session: Session) -> None:
    go_to_port(panel, "head", 0)
    QTest.keyClick(panel.view, KEY.Key_Delete)
    assert InPort(HEAD, PortPath("input")) not in session.project.main.graph.wires
    assert HEAD in session.project.main.graph.nodes
    assert first_port(panel, "head") == "input of head, not connected"
    session.undo()
    assert first_port(panel, "head").startswith("input of head, from flatten")


def test_keys_move_along_wires(panel: OutlinePanel, session: Session) -> None:
    go(panel, "stem")
    QTest.keyClick(panel.view, KEY.Key_Right, ALT)
    assert session.selection == {"block1"}
    QTest.keyClick(panel.view, KEY.Key_Right, ALT)
    QTest.keyClick(panel.view, KEY.Key_Left, ALT)
    assert session.selection == {"block1"}
    said: list[str] = []
    session.said.connect(said.append)
    go(panel, "schedule")
    QTest.keyClick(panel.view, KEY.Key_Right, ALT)
    assert said == ["No wire leaves this node."]


def test_enter_on_a_port_goes_to_the_other_end(panel: OutlinePanel, session: Session) -> None:
    go_to_port(panel, "head", 1)
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert session.selection == {"logits"}


def test_enter_enters_a_block_and_asks_for_the_numbers_of_a_node(
    panel: OutlinePanel, session: Session
) -> None:
    asked: list[object] = []
    panel.edit_asked.connect(asked.append)
    go(panel, "stem")
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert asked == ["stem"]
    go(panel, "block2")
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert (session.graph_key, session.prefix) == ("residual", "block2")
    panel.view.setCurrentIndex(panel.rows.graph_index("main"))
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert (session.graph_key, session.prefix) == ("main", "")


def test_a_click_on_a_node_of_another_graph_shows_it(panel: OutlinePanel, session: Session) -> None:
    panel.view.expand(panel.rows.graph_index("residual"))
    there = index(panel, "bn2", "residual")
    panel.view.scrollTo(there)
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=panel.view.visualRect(there).center())
    assert (session.graph_key, session.prefix) == ("residual", "block1")
    assert session.selection == {"bn2"}


def test_what_is_said_of_a_block_is_said_of_the_use_that_is_shown(
    panel: OutlinePanel, session: Session
) -> None:
    assert spoken(panel, "conv1", "residual").split(", ")[2] == "output B×16×8×8"
    session.show_graph("residual", "block3")
    assert spoken(panel, "conv1", "residual").split(", ")[2] == "output B×32×4×4"


def test_an_output_is_connected_by_keys_alone(panel: OutlinePanel, session: Session) -> None:
    go(panel, "average")
    QTest.keyClick(panel.view, KEY.Key_J, CONTROL)
    choose(panel, "head")
    wires = session.project.main.graph.wires
    assert wires[InPort(HEAD, PortPath("input"))] == OutPort(NodeId("average"), "output")
    assert session.document.undo_title == "Wire average to head"
    port = go_to_port(panel, "head", 0)
    assert port.data(SPOKEN).startswith("input of head, from average")


def test_a_layer_wired_to_a_loss_gets_its_output_node(
    panel: OutlinePanel, session: Session
) -> None:
    go(panel, "logits")
    QTest.keyClick(panel.view, KEY.Key_Delete)
    go(panel, "head")
    QTest.keyClick(panel.view, KEY.Key_J, CONTROL)
    choose(panel, "cross entropy input")
    graph = session.project.main.graph
    source = graph.wires[InPort(NodeId("loss"), PortPath("input"))].node
    assert graph.nodes[source].spec == "io.output"
    assert index(panel, source).isValid()


def test_the_list_of_inputs_narrows_and_closes(panel: OutlinePanel, session: Session) -> None:
    before = session.project
    go(panel, "average")
    QTest.keyClick(panel.view, KEY.Key_J, CONTROL)
    offered = panel.findChild(ConnectList)
    assert offered is not None
    count = offered.list.count()
    QTest.keyClicks(offered.field, "head")
    assert 0 < offered.list.count() < count
    QTest.keyClicks(offered.field, " no such thing")
    QTest.keyClick(offered.field, KEY.Key_Return)
    assert offered.isVisible()
    QTest.keyClick(offered.field, KEY.Key_Escape)
    assert not offered.isVisible()
    assert session.project is before


def test_an_input_is_offered_what_may_feed_it_and_the_cursor_stays(
    panel: OutlinePanel, session: Session
) -> None:
    go_to_port(panel, "head", 0)
    QTest.keyClick(panel.view, KEY.Key_J, CONTROL)
    offered = panel.findChild(ConnectList)
    assert offered is not None
    words = [offered.list.item(row).text() for row in range(offered.list.count())]
    assert any(text.startswith("average") and "replaces" in text for text in words)
    assert not any(text.startswith(("head", "logits", "loss")) for text in words)
    choose(panel, "average")
    wires = session.project.main.graph.wires
    assert wires[InPort(HEAD, PortPath("input"))] == OutPort(NodeId("average"), "output")
    current = panel.view.currentIndex()
    assert current.data(SPOKEN).startswith("input of head, from average")
    session.undo()
    assert panel.view.currentIndex().data(SPOKEN).startswith("input of head, from flatten")
    assert session.selection == {HEAD}


def test_free_inputs_are_offered_first_and_all_of_it_lies_in_the_window(
    panel: OutlinePanel, session: Session
) -> None:
    session.apply(
        lambda p: in_block(
            p, "main", lambda g: add_node(g, NodeId("relu_zq2a"), Node("nn.ReLU", name="Free"))
        ),
        "Add",
    )
    panel.resize(340, 400)
    go(panel, "average")
    QTest.keyClick(panel.view, KEY.Key_J, CONTROL)
    offered = panel.findChild(ConnectList)
    assert offered is not None
    words = [offered.list.item(row).text() for row in range(offered.list.count())]
    assert words[0].startswith("Free")
    assert "losses[1]" in words.pop()  # one more of an optimizer
    taken = ["replaces" in text for text in words]
    assert taken == sorted(taken)
    corner = panel.mapFromGlobal(offered.pos())
    assert panel.rect().contains(QRect(corner, offered.size()))
    offered.close()


def test_every_action_of_the_menu_can_be_asked_for(panel: OutlinePanel, session: Session) -> None:
    asked: list[bool] = []
    panel.add_requested.connect(lambda: asked.append(True))
    go(panel, "head")
    actions = {act.text(): act for act in panel.menu().actions()}
    assert all(act.isEnabled() for act in actions.values())
    actions["Add a node…"].trigger()
    QTest.keyClick(panel.view, KEY.Key_A, Qt.KeyboardModifier.ShiftModifier)
    assert asked == [True, True]
    actions["Delete"].trigger()
    assert HEAD not in session.project.main.graph.nodes
    panel.view.setCurrentIndex(panel.rows.graph_index("main"))
    disabled = {act.text() for act in panel.menu().actions() if not act.isEnabled()}
    assert disabled == {
        "Connect…", "Follow the output", "Follow the input", "Delete",
    }  # fmt: skip


def test_hidden_it_follows_nothing_and_shown_it_is_true(session: Session) -> None:
    panel = OutlinePanel(session)
    set_value(session, "head", "out_features", 11)
    settle(session)
    session.select([HEAD])
    assert panel.rows.rowCount() == 0
    panel.show()
    assert index(panel, "head").siblingAtColumn(1).data() == "B×11"
    chosen = panel.view.selectionModel().selectedRows(0)
    assert [panel.rows.item(i).node for i in chosen] == [HEAD]
    panel.deleteLater()


def test_a_theme_changes_the_colours(panel: OutlinePanel, session: Session) -> None:
    session.set_theme(theme("light"))
    colour = index(panel, "head").data(Qt.ItemDataRole.ForegroundRole)
    assert colour == theme("light")["text"]
