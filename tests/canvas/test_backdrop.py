"""Frames, notes and tied weights are drawn behind and beside the nodes, and follow them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from graph_editor.canvas.backdrop import Z_TIES, tied_pairs
from graph_editor.canvas.items.frame_item import FrameItem, NoteItem
from graph_editor.document.edits import (
    add_frame,
    add_note,
    change_frame,
    in_block,
    move_nodes,
    remove_frame,
    tie,
    untie,
)
from graph_editor.document.model import FrozenMap, Graph, Node, NodeId, Project, Weights
from tests.canvas.hand import Hand, digits

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

CONV, NORM = NodeId("conv1"), NodeId("bn1")


def kind(hand: Hand, of: type[QGraphicsItem]) -> list[QGraphicsItem]:
    return [item for item in hand.canvas.world.items() if type(item) is of]


def test_a_frame_lies_around_its_nodes_and_follows_them(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.document.apply(lambda p: add_frame(p, "main", [CONV, NORM], "Features", 1), "Frame")
    (frame,) = kind(hand, FrameItem)
    both = hand.canvas.world.extent([CONV, NORM])
    assert frame.sceneBoundingRect().contains(both)
    hand.document.apply(lambda p: move_nodes(p, "main", {CONV: (-900.0, -700.0)}), "Move")
    assert frame.sceneBoundingRect().contains(hand.canvas.world.extent([CONV, NORM]))
    hand.canvas.show_places({NORM: (0.0, 1500.0)})
    assert frame.sceneBoundingRect().contains(hand.canvas.world.extent([CONV, NORM]))


def test_frames_are_behind_wires_and_nodes(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.document.apply(lambda p: add_frame(p, "main", [CONV], "One"), "Frame")
    (frame,) = kind(hand, FrameItem)
    others = [*hand.canvas.world.nodes.values(), *hand.canvas.world.wires.values()]
    assert all(frame.zValue() < item.zValue() for item in others)


def test_frames_change_and_go(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.document.apply(lambda p: add_frame(p, "main", [CONV], "One"), "Frame")
    hand.document.apply(lambda p: change_frame(p, "main", 0, title="Two"), "Rename")
    assert len(kind(hand, FrameItem)) == 1
    hand.document.apply(lambda p: remove_frame(p, "main", 0), "Remove")
    assert not kind(hand, FrameItem)
    hand.document.undo()
    assert len(kind(hand, FrameItem)) == 1


def test_notes_stand_where_they_were_written(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.document.apply(
        lambda p: add_note(p, "main", (40.0, 600.0), "Goal\n" + "word " * 40), "Note"
    )
    (note,) = kind(hand, NoteItem)
    assert (note.pos().x(), note.pos().y()) == (40.0, 600.0)
    assert note.boundingRect().height() > 60
    hand.canvas.set_zoom(1.0)
    hand.canvas.centerOn(note)
    assert not hand.canvas.grab().isNull()


def test_tied_weights_are_joined_by_a_line(make_hand: Make) -> None:
    hand = make_hand(digits())

    def lines() -> list[QGraphicsItem]:
        found = kind(hand, QGraphicsPathItem)
        return [item for item in found if item.zValue() == Z_TIES and item.boundingRect().width()]

    assert not lines()
    edit = hand.document.apply
    edit(lambda p: in_block(p, "main", lambda g: tie(g, "bn1.weight", "bn2.weight")), "Tie")
    assert tied_pairs(hand.graph) == ((NodeId("bn1"), NodeId("bn2")),)
    assert lines()
    edit(lambda p: in_block(p, "main", lambda g: untie(g, "bn1.weight")), "Untie")
    assert not lines()


def test_another_graph_has_a_backdrop_of_its_own(make_hand: Make) -> None:
    from graph_editor.document.files import load

    hand = make_hand(load("assets/examples/digits_residual.netwright").project)
    hand.document.apply(lambda p: add_frame(p, "main", [NodeId("stem")], "Stem"), "Frame")
    hand.canvas.show_graph("residual")
    assert not kind(hand, FrameItem)
    hand.canvas.show_graph("main")
    assert len(kind(hand, FrameItem)) == 1


def test_nodes_that_share_weights_in_two_ways_have_one_line() -> None:
    same = Node("nn.Linear", weights=Weights(same_as=NodeId("b")))
    nodes = {NodeId("a"): same, NodeId("b"): Node("nn.Linear"), NodeId("c"): Node("nn.Linear")}
    ties = FrozenMap({"a.weight": "b.weight", "c.weight": "b.weight", "c.bias": "b.bias"})
    graph = Graph(nodes=FrozenMap(nodes), ties=ties)
    assert tied_pairs(graph) == (("a", "b"), ("b", "c"))
