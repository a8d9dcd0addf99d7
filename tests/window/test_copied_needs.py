"""What copied nodes need in another window comes along: blocks in blocks, code, frames, notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.session.trusting import is_trusted
from app.window.workplace import Workplace
from graph_editor.document.edits import add_frame, add_note, group, layout_of
from graph_editor.document.files import dumps, load
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Graph, NodeId, OutPort, Project
from tests.window.inhabited import Inhabited

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
HEAD = NodeId("head")


@pytest.fixture(autouse=True)
def own_clipboard(qt: QApplication) -> Iterator[None]:
    del qt
    QGuiApplication.clipboard().clear()
    yield
    QGuiApplication.clipboard().clear()


def press(place: Workplace, key: Qt.Key) -> None:
    """Press a key with Ctrl on the canvas of a window that has come to the front."""
    place.shell.activateWindow()
    QApplication.processEvents()
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, key, CTRL)


def rich() -> tuple[Project, NodeId]:
    """Return a project and a use in it of a block in a block around custom code, in a frame."""
    project, ids = load("tests/projects/custom_code.netwright").project, IdSource("n")
    inner = group(project, "main", [NodeId("swish")], "Inner", ids)
    outer = group(inner.project, "main", [NodeId("flat"), inner.node], "Outer", ids)
    made = add_frame(outer.project, "main", [outer.node, HEAD], "Körper")
    return add_note(made, "main", (0.0, -400.0), "Übrigens:\ntwo lines, “quoted”"), outer.node


def said(place: Workplace) -> list[str]:
    heard: list[str] = []
    place.session.said.connect(heard.append)
    return heard


def shape(graph: Graph) -> tuple[Counter[str], Counter[tuple[str, ...]]]:
    """Return what a graph has, whatever its nodes are called: specs, and wires by their ends."""

    def end(start: OutPort) -> tuple[str, str]:
        return graph.nodes[start.node].spec, str(start.port)

    wires = [(*end(s), graph.nodes[t.node].spec, str(t.port)) for t, s in graph.wires.items()]
    return Counter(node.spec for node in graph.nodes.values()), Counter(wires)


def test_all_that_nodes_need_comes_along_and_one_step_takes_it_back(house: Inhabited) -> None:
    project, _ = rich()
    here, there = house.stand(project), house.stand(Project())
    before = dumps(there.session.project)
    press(here, K.Key_A)
    press(here, K.Key_C)
    assert not here.session.document.can_undo
    text = QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().setText(text.replace("\n", "\r\n"))  # as some editors leave it
    press(there, K.Key_V)
    house.rest()
    made = there.session.project
    assert shape(made.main.graph) == shape(project.main.graph)
    assert {b.name: shape(b.graph) for b in made.blocks.values()} == {
        b.name: shape(b.graph) for b in project.blocks.values()
    }
    assert dict(made.code) == dict(project.code)
    assert not is_trusted(made)
    layout = layout_of(made, "main")
    (frame,) = layout["frames"]
    kinds = sorted(made.main.graph.nodes[n].kind for n in frame["nodes"])
    assert (frame["title"], kinds) == ("Körper", ["block", "nn"])
    (note,) = layout["notes"]
    assert note["text"] == "Übrigens:\ntwo lines, “quoted”"
    assert there.canvas.selected() == frozenset(made.main.graph.nodes)
    press(there, K.Key_Z)
    assert dumps(there.session.project) == before


def test_pasted_into_a_drawing_that_has_the_same_ids_nothing_there_changes(
    house: Inhabited,
) -> None:
    here, there = house.stand(rich()[0]), house.stand()
    old = dict(there.session.project.main.graph.nodes)
    old_wires = dict(there.session.project.main.graph.wires)
    press(here, K.Key_A)
    press(here, K.Key_C)
    for _ in range(3):
        press(there, K.Key_V)
    made = there.session.project
    assert old.items() <= dict(made.main.graph.nodes).items()
    assert old_wires.items() <= dict(made.main.graph.wires).items()
    spots = list(there.canvas.places().values())
    assert len(set(spots)) == len(spots)
    assert len(made.blocks) == 2  # three uses of what is the same block
    assert len(made.code) == 1


@pytest.mark.parametrize("name", ["Outer", "Inner"])
def test_a_block_is_not_pasted_into_itself(house: Inhabited, name: str) -> None:
    project, use = rich()
    here, there = house.stand(project), house.stand(project)
    here.canvas.select([use])
    press(here, K.Key_C)
    for _ in range(1 if name == "Outer" else 2):
        graph = there.session.project.block(there.session.graph_key).graph
        there.canvas.setFocus()
        there.canvas.select([n for n, node in graph.nodes.items() if node.kind == "block"])
        there.shell.activateWindow()
        house.rest()
        QTest.keyClick(there.canvas, K.Key_Return)
        house.rest()
    assert there.session.project.block(there.session.graph_key).name == name
    before, heard = dumps(there.session.project), said(there)
    press(there, K.Key_V)
    assert dumps(there.session.project) == before
    assert len(heard) == 1
    assert f"“{name}”" in heard[0]
    assert "would contain itself" in heard[0]
