"""Guides by real drags: what is moved snaps to what it lines up with, and lines say so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt

from graph_editor.canvas.items.guide_lines import GuideLines
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import ALT, Hand, drawn, ins, out, placed

Make = Callable[[Project], Hand]
A, B = NodeId("a"), NodeId("b")


def lines(hand: Hand) -> list[GuideLines]:
    found = [item for item in hand.canvas.world.items() if isinstance(item, GuideLines)]
    return [item for item in found if item.boundingRect().width()]


def off_grid() -> Project:
    """Return two nodes of which one lies beside the grid."""
    return placed(drawn(a="nn.ReLU", b="nn.ReLU"), {"b": (131.0, 203.0)})


def scaled(hand: Hand, x: float, y: float) -> QPoint:
    zoom = hand.canvas.zoom()
    return QPoint(round(x * zoom), round(y * zoom))


def test_a_node_snaps_to_the_edge_of_another_one_and_a_line_shows_it(make_hand: Make) -> None:
    hand = make_hand(off_grid())
    start = hand.at("a")
    hand.press(start)
    hand.move(start + scaled(hand, 20, 20))
    assert not lines(hand)
    hand.move(start + scaled(hand, 133, 40))
    assert len(lines(hand)) == 1
    assert hand.canvas.places()[A][0] == 131
    hand.release(start + scaled(hand, 133, 40))
    assert not lines(hand)
    assert hand.canvas.places()[A] == (131, 40)
    assert hand.steps() == 1
    hand.document.undo()
    assert hand.canvas.places()[A] == (0, 0)


def test_alt_lets_it_free_and_so_does_the_setting(make_hand: Make) -> None:
    hand = make_hand(off_grid())
    start = hand.at("a")
    end = start + scaled(hand, 133, 43)
    hand.press(start)
    hand.move(end)
    assert lines(hand)
    hand.move(end, modifiers=ALT)
    assert not lines(hand)
    x, y = hand.canvas.places()[A]
    assert (x, y) != (131, 40)
    assert abs(x - 133) <= 1
    assert abs(y - 43) <= 1
    hand.key(Qt.Key.Key_Escape)
    hand.release(end)
    hand.canvas.snaps = False
    hand.drag(start, end)
    assert abs(hand.canvas.places()[A][0] - 133) <= 1


def test_escape_takes_the_lines_away(make_hand: Make) -> None:
    hand = make_hand(off_grid())
    start = hand.at("a")
    hand.press(start)
    hand.move(start + scaled(hand, 133, 40))
    assert lines(hand)
    hand.key(Qt.Key.Key_Escape)
    assert not lines(hand)
    assert hand.canvas.places()[A] == (0, 0)
    assert hand.steps() == 0


def test_a_wire_is_drawn_straight_by_a_drag(make_hand: Make) -> None:
    spots = {"a": (0.0, 3.0), "b": (400.0, 160.0)}  # one is off the grid, and of another height
    hand = make_hand(placed(drawn(a="nn.MultiheadAttention", b="nn.ReLU"), spots))
    hand.drag(hand.port(out("a", "attn_output")), hand.port(ins("b")))
    wire = hand.canvas.world.wires[ins("b")]
    rise = wire.start[1] - wire.end[1]
    assert rise
    hand.drag(hand.at("b"), hand.at("b") + scaled(hand, 40, rise + 2))
    assert wire.start[1] == wire.end[1]
    assert hand.steps() == 2
