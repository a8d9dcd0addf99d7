"""The outline's rows are those of the document after any edits, and Qt's rules are kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from app.panels.outline.connecting import choices, wire
from app.panels.outline.items import Entrance, Exit, Item, node_order, ports_of
from app.panels.outline.model import OutlineModel
from app.session.session import Session
from graph_editor.catalogue.joining import leading_to
from graph_editor.document.edits import (
    add_node,
    connect,
    delete,
    delete_block,
    dissolve_nodes,
    in_block,
    keys_of,
    rename_node,
)
from graph_editor.document.model import (
    BlockId,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
)
from tests.panels.judged import JudgingHere, example, session_on

STRICT = QAbstractItemModelTester.FailureReportingMode.Warning


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = quiet("digits_residual")
    yield made
    made.close()


def quiet(name: str) -> Session:
    """Return a session on an example that nobody judges."""
    made = session_on(example(name))
    assert isinstance(made.judging, JudgingHere)
    made.judging.waits = True
    return made


def tree(model: OutlineModel) -> list[tuple[str, list[str]]]:
    """Return each graph and its nodes as the rows have them, through Qt's indexes."""
    found = []
    for row in range(model.rowCount()):
        graph = model.index(row, 0)
        nodes = [model.index(at, 0, graph) for at in range(model.rowCount(graph))]
        assert all(model.parent(node) == graph for node in nodes)
        found.append((model.item(graph).graph, [str(model.item(n).node) for n in nodes]))
    return found


def wanted(session: Session) -> list[tuple[str, list[str]]]:
    project = session.project
    return [
        (key, list(map(str, node_order(project, key, session.lookup)))) for key in keys_of(project)
    ]


def steps(session: Session) -> list[object]:
    """Return edits by which rows come, go and change places."""
    new = NodeId("new")
    loose = Node("nn.ReLU")
    return [
        lambda p: in_block(p, "main", lambda g: add_node(g, new, loose)),
        lambda p: in_block(
            p,
            "main",
            lambda g: connect(g, OutPort(NodeId("stem"), "output"), InPort(new, PortPath("input"))),
        ),
        lambda p: delete(p, "main", [NodeId("pool"), NodeId("block2")]),
        lambda p: dissolve_nodes(p, "residual", [NodeId("bn1")]),
        lambda p: in_block(p, "main", lambda g: rename_node(g, NodeId("head"), "last")),
        lambda p: delete_block(p, BlockId("residual"), with_instances=True),
    ]


def test_rows_follow_every_edit_and_undo(session: Session) -> None:
    model = OutlineModel(session)
    tester = QAbstractItemModelTester(model, STRICT, model)
    model.sync()
    assert tree(model) == wanted(session)
    model.fetchMore(model.node_index("main", NodeId("head")))
    for edit in steps(session):
        assert session.apply(edit, "Edit")  # type: ignore[arg-type]  # edits
        model.sync()
        assert tree(model) == wanted(session)
    while session.document.can_undo:
        session.undo()
        model.sync()
        assert tree(model) == wanted(session)
    del tester


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["undo", "redo", 0, 1, 2, 3, 4, 5]), max_size=12))
def test_rows_follow_any_sequence_even_when_looked_at_late(
    qapp: QApplication, moves: list[str | int]
) -> None:
    session = quiet("digits_residual")
    model = OutlineModel(session)
    model.sync()
    edits = steps(session)
    for at, move in enumerate(moves):
        if move == "undo":
            session.undo()
        elif move == "redo":
            session.redo()
        else:
            session.apply(edits[int(move)], "Edit")  # type: ignore[arg-type]  # edits
        if at % 3 == 0:
            model.sync()
    model.sync()
    assert tree(model) == wanted(session)
    session.close()


def test_rows_that_stay_are_the_same_rows(session: Session) -> None:
    model = OutlineModel(session)
    model.sync()
    kept = QPersistentModelIndex(model.node_index("main", NodeId("head")))
    gone = QPersistentModelIndex(model.node_index("main", NodeId("pool")))
    session.apply(lambda p: delete(p, "main", [NodeId("pool"), NodeId("stem")]), "Delete")
    model.sync()
    assert model.item(kept).node == "head"
    assert not gone.isValid()
    before = kept.row()
    end = InPort(NodeId("x1"), PortPath("input"))
    session.apply(
        lambda p: in_block(
            p,
            "main",
            lambda g: connect(
                add_node(g, NodeId("x1"), Node("nn.ReLU")), OutPort(NodeId("head"), "output"), end
            ),
        ),
        "Add",
    )
    model.sync()
    assert model.item(kept).node == "head"
    assert kept.row() <= before


def test_ports_come_and_go_with_wires(session: Session) -> None:
    model = OutlineModel(session)
    model.sync()
    head = model.node_index("main", NodeId("head"))
    assert model.canFetchMore(head)
    assert model.hasChildren(head)
    model.fetchMore(head)
    found = [model.item(model.index(row, 0, head)).key for row in range(model.rowCount(head))]
    assert found == ports_of(session.project.main.graph, NodeId("head"), session.lookup)
    assert [type(key) for key in found] == [Entrance, Exit]
    session.apply(lambda p: delete(p, "main", [NodeId("flatten"), NodeId("logits")]), "Delete")
    model.sync()
    head = model.node_index("main", NodeId("head"))
    texts = [model.index(row, 0, head).data() for row in range(model.rowCount(head))]
    assert texts == ["← input", "→ output"]
    assert not any(getattr(k, "source", None) or getattr(k, "target", None) for k in keys(model))


def keys(model: OutlineModel) -> list[object]:
    head = model.node_index("main", NodeId("head"))
    return [model.item(model.index(row, 0, head)).key for row in range(model.rowCount(head))]


def big(count: int) -> Session:
    """Return a session on a chain of so many layers."""
    made = quiet("digits_cnn")
    graph = made.project.main.graph
    nodes, wires = graph.nodes.thawed(), graph.wires.thawed()
    before = NodeId("relu1")
    for number in range(count):
        node = NodeId(f"n{number}")
        nodes[node] = Node("nn.ReLU")
        wires[InPort(node, PortPath("input"))] = OutPort(before, "output")
        before = node
    wires[InPort(NodeId("conv2"), PortPath("input"))] = OutPort(before, "output")
    made.apply(
        lambda p: in_block(p, "main", lambda _: Graph(FrozenMap(nodes), FrozenMap(wires))), "Grow"
    )
    return made


def test_a_large_graph_finds_its_order_a_moment_later(qt: QApplication) -> None:
    session = big(1000)
    model = OutlineModel(session)
    model.sync()
    assert tree(model) == wanted(session)
    end = InPort(NodeId("fresh"), PortPath("input"))
    session.apply(
        lambda p: in_block(
            p,
            "main",
            lambda g: connect(
                add_node(g, NodeId("fresh"), Node("nn.ReLU")), OutPort(NodeId("n5"), "output"), end
            ),
        ),
        "Add",
    )
    model.sync()
    assert (
        model.node_index("main", NodeId("fresh")).row() == len(session.project.main.graph.nodes) - 1
    )
    model._order_late()
    assert tree(model) == wanted(session)
    session.close()


@pytest.mark.parametrize("name", ["digits_residual", "digits_lstm", "digits_cnn"])
def test_every_input_that_is_offered_can_be_wired(qt: QApplication, name: str) -> None:
    session = quiet(name)
    model = OutlineModel(session)
    model.sync()
    tried = 0
    for node in session.project.main.graph.nodes:
        model.fetchMore(model.node_index("main", node))
        for source in outputs(model.item(model.node_index("main", node))):
            for choice in choices(session, "main", source, model.facts):
                assert wire(session, model.facts, "main", source, choice.port), choice
                tried += 1
                session.undo()
    assert tried > 30
    session.close()


def outputs(item: Item) -> set[OutPort]:
    return {child.key.port for child in item.children if isinstance(child.key, Exit)}


def test_inputs_before_the_node_and_of_other_kinds_are_not_offered(session: Session) -> None:
    model = OutlineModel(session)
    graph = session.project.main.graph
    source = OutPort(NodeId("head"), "output")
    offered = {c.port.node for c in choices(session, "main", source, model.facts)}
    assert not offered & leading_to(graph, NodeId("head"))
    assert "schedule" not in offered
    optimizer = OutPort(NodeId("optimizer"), "optimizer")
    ends = [c.port for c in choices(session, "main", optimizer, model.facts)]
    assert ends == []  # the one scheduler is wired to it already
