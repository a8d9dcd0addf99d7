"""What is arranged on its own covers nothing that stays, whatever is selected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt

from graph_editor.document.files import dumps, load
from graph_editor.document.model import NodeId, Project
from tests.canvas.drawn import overlapping
from tests.canvas.hand import ALT, SHIFT, Hand, digits, running_down

Make = Callable[[Project], Hand]
K = Qt.Key
EXAMPLES = sorted(Path("assets/examples").glob("*.netwright"))
KEYS = {
    "arrange": (K.Key_L, SHIFT),
    "gaps across": (K.Key_H, ALT | SHIFT),
    "gaps down": (K.Key_V, ALT | SHIFT),
    "straighten": (K.Key_S, ALT | SHIFT),
}
AT_REST = ("arrange", "straighten")
"""What changes nothing more when it is done again."""
ROUNDS = 6


def picked(random: Random, nodes: list[NodeId]) -> list[NodeId]:
    """Return some nodes: at random, or those that follow each other in the file."""
    count = min(random.randint(2, 6), len(nodes))
    begin = random.randrange(len(nodes) - count + 1)
    return random.choice([random.sample(nodes, count), nodes[begin : begin + count]])


def check(hand: Hand, nodes: list[NodeId], name: str) -> None:
    """Press a key twice on some nodes, and take back what it did."""
    before, covered = hand.canvas.places(), set(overlapping(hand.canvas))
    text = dumps(hand.document.project)
    hand.choose(nodes)
    hand.key(*KEYS[name])
    after, told = hand.canvas.places(), (name, nodes)
    assert set(overlapping(hand.canvas)) <= covered, told
    assert {n for n in before if before[n] != after[n]} <= set(nodes), told
    once = dumps(hand.document.project)
    if name in AT_REST:
        hand.key(*KEYS[name])
    assert dumps(hand.document.project) == once, told
    while hand.document.can_undo:
        hand.document.undo()
    assert dumps(hand.document.project) == text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_is_arranged_finds_room_among_what_stays(make_hand: Make, path: Path) -> None:
    hand, random = make_hand(load(path).project), Random(path.stem)
    for _ in range(ROUNDS):
        nodes = picked(random, list(hand.graph.nodes))
        for name in KEYS:
            check(hand, nodes, name)


def test_what_is_arranged_where_data_runs_down_finds_room_too(make_hand: Make) -> None:
    hand, random = make_hand(running_down(digits())), Random(7)
    hand.key(K.Key_L)
    arranged = make_hand(hand.document.project)
    for _ in range(ROUNDS):
        nodes = picked(random, list(arranged.graph.nodes))
        for name in KEYS:
            check(arranged, nodes, name)
