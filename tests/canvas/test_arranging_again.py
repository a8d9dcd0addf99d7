"""What is arranged stays as it is: a second "Arrange" changes nothing, whatever the graph."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QRectF

from graph_editor.canvas.items.frame_item import NOTE_WIDTH
from graph_editor.document.edits import add_note, layout_of, move_nodes
from graph_editor.document.files import load
from graph_editor.document.model import Block, FrozenMap, Graph, Node, NodeId, Project
from tests.canvas.drawn import overlapping
from tests.canvas.hand import Hand, ins, out
from tests.first_examples import FOLDER

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

EXAMPLES = sorted(FOLDER.glob("*.netwright"))
WAYS: tuple[Literal["right", "down"], ...] = ("right", "down")


def woven(count: int, chance: random.Random) -> Graph:
    """Return a graph without circles whose nodes read earlier ones, near and far."""
    wires = {}
    for node in range(1, count):
        for port in ("input", "other")[: 1 + (chance.random() < 0.6)]:
            near = chance.random() < 0.7
            source = chance.randrange(max(0, node - 6) if near else 0, node)
            wires[ins(f"n{node}", port)] = out(f"n{source}")
    nodes = {NodeId(f"n{node}"): Node("op.add") for node in range(count)}
    return Graph(FrozenMap(nodes), FrozenMap(wires))


def changes_nothing_again(hand: Hand) -> None:
    for way in WAYS:
        hand.canvas.arrange_all(direction=way)
        once, steps = hand.document.project, hand.steps()
        assert not overlapping(hand.canvas)
        hand.canvas.arrange_all(direction=way)
        hand.canvas.arrange_all()
        assert hand.document.project is once
        assert hand.steps() == steps


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_in_order_once_they_are_arranged(make_hand: Make, path: Path) -> None:
    hand = make_hand(load(path).project)
    for key in ("main", *hand.document.project.blocks):
        hand.canvas.show_graph(key)
        changes_nothing_again(hand)


@pytest.mark.parametrize(("count", "seed"), [*product((8, 16, 32), range(3))])
def test_woven_graphs_are_in_order_once_they_are_arranged(
    make_hand: Make, count: int, seed: int
) -> None:
    chance = random.Random(seed)
    hand = make_hand(Project(main=Block(graph=woven(count, chance))))
    anywhere = {
        node: (float(chance.randrange(2000)), float(chance.randrange(2000)))
        for node in hand.graph.nodes
    }
    hand.document.apply(lambda project: move_nodes(project, "main", anywhere), "Move")
    changes_nothing_again(hand)


@pytest.mark.parametrize("way", WAYS)
def test_a_note_goes_along_with_the_node_beside_it_and_covers_none(
    make_hand: Make, way: Literal["right", "down"]
) -> None:
    project = Project(main=Block(graph=woven(12, random.Random(3))))
    spots = {node: (300.0 * n, 700.0 * (n % 2)) for n, node in enumerate(project.main.graph.nodes)}
    project = move_nodes(project, "main", spots)
    for node in ("n3", "n8"):
        x, y = spots[NodeId(node)]
        project = add_note(project, "main", (x, y - 60), "Said of this node")
    hand = make_hand(project)
    before = hand.steps()
    hand.canvas.arrange_all(direction=way)
    assert hand.steps() == before + 1
    notes = layout_of(hand.document.project, "main")["notes"]
    for note, node in zip(notes, ("n3", "n8"), strict=True):
        x, y = note["at"]
        item = hand.canvas.world.nodes[NodeId(node)]
        assert x == item.x0
        assert y <= item.y0 - 60
        area = QRectF(x, y, NOTE_WIDTH, 30)
        assert not any(each.rect().intersects(area) for each in hand.canvas.world.nodes.values())
    changes_nothing_again(hand)
