"""Graphs whose data runs down: tensors at the top and bottom edge, the training plan beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt

from benchmarks.canvas import findings_of
from graph_editor.document.edits import layout_of, runs_down
from graph_editor.document.files import dumps, load, loads
from graph_editor.document.model import NodeId, Project
from tests.canvas.drawn import crossings, overlapping, through
from tests.canvas.hand import Hand, digits, drawn, ins, out
from tests.canvas.test_arranging import EXAMPLES, PLAIN, chain

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_runs_down_with_no_wire_through_a_node(make_hand: Make, path: Path) -> None:
    hand = make_hand(load(path).project)
    for key in ("main", *hand.document.project.blocks):
        hand.canvas.show_graph(key)
        hand.canvas.arrange_all(direction="down")
        assert not overlapping(hand.canvas)
        assert not through(hand.canvas)
        if path.stem in PLAIN:
            assert not crossings(hand.canvas)
        for wire in hand.canvas.world.wires.values():
            if not wire.is_plan:
                assert (wire.leaves, wire.enters) == ("bottom", "top")


def test_turning_a_graph_is_one_step_and_is_taken_back(make_hand: Make) -> None:
    hand = make_hand(digits())
    before, steps = dumps(hand.document.project), hand.steps()
    hand.canvas.arrange_all(direction="down")
    after = dumps(hand.document.project)
    assert hand.steps() == steps + 1
    assert runs_down(loads(after).project, "main")
    hand.canvas.arrange_all()
    assert dumps(hand.document.project) == after, "it stays as it is, and in its direction"
    hand.document.undo()
    assert dumps(hand.document.project) == before
    assert {w.leaves for w in hand.canvas.world.wires.values()} == {"right", "bottom"}
    hand.document.redo()
    assert dumps(hand.document.project) == after
    hand.canvas.arrange_all(direction="right")
    assert not runs_down(hand.document.project, "main")
    assert "direction" not in layout_of(hand.document.project, "main")


def test_all_ports_of_a_chain_are_below_each_other(make_hand: Make) -> None:
    hand = make_hand(chain(6))
    hand.canvas.arrange_all(direction="down")
    assert all(wire.is_upright for wire in hand.canvas.world.wires.values())


def test_the_plan_stands_at_the_right_of_its_loss(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.arrange_all(direction="down")
    rect = {node: item.rect() for node, item in hand.canvas.world.nodes.items()}
    loss, optimizer = rect[NodeId("loss")], rect[NodeId("optimizer")]
    assert loss.right() < optimizer.left() < optimizer.right() < rect[NodeId("schedule")].left()
    across = hand.canvas.world.wires[ins("optimizer", "losses[0]")]
    assert across.is_level
    assert across.is_plan


def test_shapes_on_wires_that_run_down_are_over_no_node(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_findings(findings_of(hand.document.project))
    hand.canvas.arrange_all(direction="down")
    labels, told = hand.canvas.world.labels, 0
    for wire in hand.canvas.world.wires.values():
        plate = labels.plate(wire) if wire.label else None
        if plate is not None:
            told += 1
            assert not any(i.rect().intersects(plate) for i in hand.canvas.world.nodes.values())
        assert plate is not None or not wire.is_upright or wire.is_plan
    assert told >= 12


def test_a_wire_is_drawn_from_a_bottom_to_a_top(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.Linear"))
    hand.canvas.arrange_all(direction="down")
    start, end = hand.canvas.port_place(out("a")), hand.canvas.port_place(ins("b"))
    assert abs(start.y() - hand.canvas.node_rect(NodeId("a")).bottom()) <= 1
    assert abs(end.y() - hand.canvas.node_rect(NodeId("b")).top()) <= 1
    hand.drag(start, end)
    assert hand.graph.wires[ins("b")] == out("a")


def test_arrow_keys_go_along_data_that_runs_down(make_hand: Make) -> None:
    hand = make_hand(chain(3))
    hand.canvas.arrange_all(direction="down")
    hand.canvas.select([NodeId("n1")])
    hand.key(Qt.Key.Key_Down)
    assert hand.canvas.selected() == {NodeId("n2")}
    hand.key(Qt.Key.Key_Up)
    assert hand.canvas.selected() == {NodeId("n1")}
