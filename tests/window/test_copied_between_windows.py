"""Nodes go from one window to another by real keys, with wires, blocks, code, ties and bends."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.window.workplace import Workplace
from graph_editor.document.edits import in_block, rename_node, set_bends, tie
from graph_editor.document.files import load
from graph_editor.document.model import BlockId, Graph, InPort, NodeId, PortPath, Project
from tests.window.inhabited import Inhabited

CTRL = Qt.KeyboardModifier.ControlModifier
RESIDUAL = Path("assets/examples/digits_residual.netwright")


def press(house: Inhabited, place: Workplace, key: Qt.Key) -> None:
    """Go to a window and press Ctrl with a key on its canvas."""
    place.shell.activateWindow()
    house.rest()
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, key, CTRL)
    house.rest()


def counted(graph: Graph) -> tuple[list[str], int, int]:
    return sorted(n.spec for n in graph.nodes.values()), len(graph.wires), len(graph.ties)


def test_a_whole_drawing_is_copied_into_an_empty_window(house: Inhabited) -> None:
    project = load(RESIDUAL).project
    uses = [k for k, node in project.main.graph.nodes.items() if node.kind == "block"]
    ends = [end for end in project.main.graph.wires if end.node in uses]
    project = set_bends(project, "main", ends[0], [(40.0, 900.0)])
    one, other = house.stand(project), house.stand(Project())
    press(house, one, Qt.Key.Key_A)
    press(house, one, Qt.Key.Key_C)
    press(house, other, Qt.Key.Key_V)
    there = other.session.project
    assert counted(there.main.graph) == counted(project.main.graph)
    assert set(there.blocks) == set(project.blocks)
    assert len(there.layout["main"]["bends"]) == len(project.layout["main"]["bends"])
    assert other.session.selection == frozenset(there.main.graph.nodes)
    assert one.session.project is one.session.document.project
    press(house, other, Qt.Key.Key_Z)
    assert not other.session.project.main.graph.nodes
    assert not other.session.project.blocks
    QGuiApplication.clipboard().clear()


def test_tied_weights_are_tied_in_the_copy(house: Inhabited) -> None:
    one, other = house.stand(), house.stand(Project())
    one.session.apply(
        lambda p: in_block(p, "main", lambda g: tie(g, "bn1.weight", "bn2.weight")), "Tie"
    )
    one.session.select([NodeId("bn1"), NodeId("bn2")])
    press(house, one, Qt.Key.Key_C)
    press(house, other, Qt.Key.Key_V)
    graph = other.session.project.main.graph
    assert len(graph.ties) == 1
    ends = {end.partition(".")[0] for pair in graph.ties.items() for end in pair}
    assert ends == set(map(str, graph.nodes))
    assert InPort(NodeId("bn1"), PortPath("input")) not in graph.wires
    QGuiApplication.clipboard().clear()


def test_a_block_that_is_here_otherwise_is_told(house: Inhabited) -> None:
    project = load(RESIDUAL).project
    uses = [k for k, node in project.main.graph.nodes.items() if node.kind == "block"]
    block = project.main.graph.nodes[uses[0]].spec.removeprefix("block.")
    one, other = house.stand(project), house.stand(project)
    for place in (one, other):
        place.session.select([uses[0]])
        press(house, one, Qt.Key.Key_C)
        press(house, other, Qt.Key.Key_V)
        assert other.session.project.blocks == project.blocks
        name = project.blocks[BlockId(block)].name
        words = f"Paste 1 node with {name} as it is here" if place is other else "Paste 1 node"
        assert other.shell.status.said.full == f"{words}. Ctrl+Z undoes it."
        one.session.apply(
            lambda p: in_block(p, block, lambda g: rename_node(g, NodeId("conv1"), "First")), "Name"
        )
    QGuiApplication.clipboard().clear()
