"""Blocks in a whole window: the path to a deep one, the way back, and commands of the menu."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.commands.registry import BY_ID
from app.window.breadcrumb import Breadcrumb
from app.window.workplace import Workplace
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.rename import RenameLine
from graph_editor.document.edits import group
from graph_editor.document.ids import IdSource
from graph_editor.document.model import NodeId, Project
from tests.panels.judged import example
from tests.window.inhabited import Inhabited, is_cut

K = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NAMES = ("Feature extractor", "Residual stage of four", "Bottleneck with attention", "Squeezing",
         "Inner convolutions", "Deepest of all")  # fmt: skip


def nested() -> Project:
    """Return the digits example with two layers in a block in a block, six deep."""
    project, chosen, ids = example("digits_cnn"), [NodeId("conv1"), NodeId("bn1")], IdSource("n")
    for name in NAMES:
        done = group(project, "main", chosen, name, ids)
        project, chosen = done.project, [done.node]
    return project


def use(place: Workplace) -> NodeId:
    nodes = place.session.project.block(place.session.graph_key).graph.nodes
    return next(key for key, node in nodes.items() if node.kind == "block")


def steps(path: Breadcrumb) -> list[QToolButton]:
    found = [b for b in path.findChildren(QToolButton) if b.isVisible() and b is not path.home]
    return sorted(found, key=lambda button: button.x())


def test_the_path_to_a_block_six_deep_is_never_cut_and_leads_anywhere(house: Inhabited) -> None:
    place = house.stand(nested())
    place.canvas.setFocus()
    for _ in NAMES:
        place.canvas.select([use(place)])
        QTest.keyClick(place.canvas, K.Key_Return)
        house.rest()
        for widget in place.shell.tools.path.findChildren(QToolButton):
            assert not widget.isVisible() or not is_cut(widget)
    shown = [button.text() for button in steps(place.shell.tools.path)]
    assert shown == ["…", NAMES[1], NAMES[0]]
    place.shell.resize(2600, 900)
    house.rest()
    shown = [button.text() for button in steps(place.shell.tools.path)]
    assert shown == ["Digits CNN", *(n if len(n) < 25 else f"{n[:23]}…" for n in NAMES[::-1])]
    place.shell.resize(1280, 720)
    house.rest()
    dots = steps(place.shell.tools.path)[0].menu()
    entries = {action.text(): action for action in dots.actions()}
    assert list(entries) == ["Digits CNN", *NAMES[:1:-1]]
    dots.popup(dots.pos())
    QTest.mouseClick(
        dots, Qt.MouseButton.LeftButton, pos=dots.actionGeometry(entries[NAMES[4]]).center()
    )
    assert place.session.prefix.count("/") == 1
    assert place.session.selection == {use(place)}


def test_esc_leads_out_to_the_same_sight_with_the_block_selected(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))
    place.canvas.setFocus()
    place.canvas.select([NodeId("block2")])
    place.canvas.zoom_in()
    before = place.canvas.sight()
    QTest.keyClick(place.canvas, K.Key_Return)
    assert place.session.prefix == "block2"
    QTest.keyClick(place.canvas, K.Key_Escape)
    assert place.session.graph_key == "main"
    assert place.session.selection == place.canvas.selected() == {"block2"}
    assert place.canvas.sight() == pytest.approx(before, abs=0.01)


def test_commands_say_why_not_before_they_are_tried(house: Inhabited) -> None:
    place = house.stand(example("digits_residual"))

    def reason(name: str) -> str:
        return BY_ID[name].unavailable(place)

    assert reason("graph.group") == "Select the nodes that are to become a block."
    assert reason("graph.add_parameter") == "This is the main graph: go into a block first."
    place.canvas.select([NodeId("block1")])
    assert not reason("graph.unique")
    assert not reason("graph.ungroup")
    place.session.show_graph("residual", "block1")
    assert reason("graph.promote") == "Select one node of the block."
    place.canvas.select([NodeId("conv1")])
    assert "kernel_size" in [each.title for each in BY_ID["graph.promote"].choices(place)]  # type: ignore[misc]  # it has some


def test_undo_inside_a_block_draws_the_graph_above_once(house: Inhabited) -> None:
    place = house.stand()
    place.canvas.setFocus()
    place.canvas.select([NodeId("conv2"), NodeId("bn2")])
    for _ in range(2):  # the second time follows what the first has left
        QTest.keyClick(place.canvas, K.Key_G, CTRL)
        house.rest()
        QTest.keyClick(place.canvas.findChild(RenameLine), K.Key_Return)
        QTest.keyClick(place.canvas, K.Key_Return)
        assert place.session.graph_key != "main"
        QTest.keyClick(place.canvas, K.Key_Z, CTRL)
        house.rest()
        assert place.session.graph_key == "main"
        scene, graph = place.canvas.world, place.session.project.main.graph
        items = sorted(item.id for item in scene.items() if isinstance(item, NodeItem))
        assert items == sorted(graph.nodes)
        assert scene.wires.keys() == set(graph.wires)
        QTest.keyClick(place.canvas, K.Key_A, CTRL)
        QTest.keyClick(place.canvas, K.Key_Escape)
        place.canvas.select([NodeId("conv2"), NodeId("bn2")])
