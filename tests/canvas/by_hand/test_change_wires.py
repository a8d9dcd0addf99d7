"""Wires that are there: moved with Ctrl, removed with Alt, cut with the knife, bent by dots."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt

from graph_editor.canvas.refusal_bubble import RefusalBubble
from tests.canvas.hand import ALT, CTRL, LEFT, NONE, RIGHT, Hand, digits, drawn, ins, out

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
K = Qt.Key
TREE = {"a": "nn.ReLU", "b": "nn.GELU", "c": "nn.Tanh", "d": "nn.Sigmoid", "e": "nn.ELU"}


def fan(make_hand: Make) -> Hand:
    """Return a hand on one output that feeds two nodes, beside a node that feeds none."""
    hand = make_hand(drawn(**TREE))
    hand.drag(hand.port(out("a")), hand.port(ins("c")))
    hand.drag(hand.port(out("a")), hand.port(ins("d")))
    assert hand.steps() == 2
    return hand


def bends(hand: Hand, wire: str) -> tuple[tuple[float, float], ...]:
    layout = hand.document.project.layout.get("main") or {}
    return (layout.get("bends") or {}).get(wire, ())


# Ctrl+drag


def test_ctrl_drag_takes_all_wires_of_an_output_to_another(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.drag(hand.port(out("a")), hand.port(out("b")), modifiers=CTRL)
    assert dict(hand.graph.wires) == {ins("c"): out("b"), ins("d"): out("b")}
    assert hand.document.undo_title == "Move 2 wires to GELU"
    assert hand.steps() == 3
    hand.document.undo()
    assert set(hand.graph.wires.values()) == {out("a")}


def test_moved_wires_that_are_dropped_on_nothing_go_back(make_hand: Make) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    start, end = hand.port(out("a")), hand.empty()
    hand.press(start, modifiers=CTRL)
    hand.move((start + end) / 2, modifiers=CTRL)
    hand.move(end, modifiers=CTRL)
    assert hand.canvas.world.hand.isVisible()
    assert not hand.canvas.world.wires[ins("c")].isVisible()
    hand.release(end, modifiers=CTRL)
    assert hand.document.project is before
    assert not hand.canvas.world.hand.isVisible()
    assert hand.canvas.world.wires[ins("c")].isVisible()
    assert hand.sentences == ["The wires stay: only another output can take them."]


def test_moved_wires_are_refused_where_one_would_close_a_circle(make_hand: Make) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    end = hand.port(out("d"))
    hand.press(hand.port(out("a")), modifiers=CTRL)
    hand.move(end, modifiers=CTRL)
    said = [b for b in hand.view.findChildren(RefusalBubble) if b.isVisible()]
    assert len(said) == 1
    hand.release(end, modifiers=CTRL)
    assert hand.document.project is before
    assert hand.sentences


def test_escape_gives_moved_wires_back(make_hand: Make) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    hand.press(hand.port(out("a")), modifiers=CTRL)
    hand.move(hand.port(out("b")), modifiers=CTRL)
    hand.key(K.Key_Escape)
    hand.release(hand.port(out("b")), modifiers=CTRL)
    assert hand.document.project is before
    assert hand.canvas.world.wires[ins("d")].isVisible()


# Alt+click


def test_alt_click_takes_a_wire_away(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.click(hand.middle(ins("d")), ALT)
    assert dict(hand.graph.wires) == {ins("c"): out("a")}
    assert hand.steps() == 3


def test_alt_click_on_a_port_takes_all_its_wires_away(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.click(hand.port(out("a")), ALT)
    assert not hand.graph.wires
    assert hand.document.undo_title == "Remove 2 wires"
    assert hand.steps() == 3


@pytest.mark.parametrize("where", ["node", "ground"])
def test_alt_click_beside_all_wires_says_what_it_is_for(make_hand: Make, where: str) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    hand.click(hand.at("a") if where == "node" else hand.empty(), ALT)
    assert hand.document.project is before
    words = "No wire is here. Alt+click takes away a wire, or all wires of a port."
    assert hand.sentences == [words]


# The knife


def test_the_knife_cuts_what_it_crosses_as_one_step(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = dict(hand.graph.wires)
    x = hand.middle(ins("relu1")).x()
    y = hand.middle(ins("relu1")).y()
    hand.drag(QPoint(x, y - 30), QPoint(x, y + 30), RIGHT, CTRL)
    assert set(before) - set(hand.graph.wires) == {ins("relu1")}
    assert hand.document.undo_title == "Cut the wire to ReLU"
    assert hand.steps() == 1


def test_the_knife_shows_what_it_would_cut_and_escape_cuts_nothing(make_hand: Make) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    wires = hand.canvas.world.wires
    old = wires[ins("c")].state
    one, two = hand.middle(ins("c")), hand.middle(ins("d"))
    hand.press(one - QPoint(0, 40), RIGHT, CTRL)
    for spot in (one, one + QPoint(0, 30), two + QPoint(0, 30), two - QPoint(0, 40)):
        hand.move(spot, RIGHT, CTRL)
    assert wires[ins("c")].state == wires[ins("d")].state == "error"
    hand.key(K.Key_Escape)
    assert wires[ins("c")].state == old
    hand.release(two, RIGHT, CTRL)
    assert hand.document.project is before


def test_a_stroke_beside_all_wires_cuts_nothing(make_hand: Make) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    hand.drag(QPoint(5, 5), QPoint(200, 8), RIGHT, CTRL)
    assert hand.document.project is before
    assert hand.sentences == ["The stroke crossed no wire."]


def test_one_stroke_through_two_wires_is_one_step(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.press(hand.middle(ins("c")) - QPoint(0, 60), RIGHT, CTRL)
    ways = [hand.middle(ins("c")), hand.middle(ins("d"))]
    for spot in (ways[0], ways[0] + QPoint(0, 60), ways[1] + QPoint(0, 60), ways[1]):
        hand.move(spot, RIGHT, CTRL)
    hand.move(ways[1] - QPoint(0, 60), RIGHT, CTRL)
    hand.release(ways[1] - QPoint(0, 60), RIGHT, CTRL)
    assert not hand.graph.wires
    assert hand.document.undo_title == "Cut 2 wires"
    assert hand.steps() == 3
    hand.document.undo()
    assert set(hand.graph.wires) == {ins("c"), ins("d")}


# Dots


def test_a_double_click_on_a_wire_makes_a_dot_that_can_be_dragged(make_hand: Make) -> None:
    hand = fan(make_hand)
    spot = hand.middle(ins("d"))
    hand.click(spot)
    hand.double_click(spot)
    hand.release(spot)
    assert len(bends(hand, "d.input")) == 1
    assert hand.steps() == 3
    (at,) = bends(hand, "d.input")
    dot = hand.canvas.mapFromScene(*at)
    hand.drag(dot, dot + QPoint(16, 80))
    zoom = hand.canvas.zoom()
    (now,) = bends(hand, "d.input")
    assert now == pytest.approx((at[0] + 16 / zoom, at[1] + 80 / zoom), abs=8)
    assert now[0] % 8 == 0
    assert hand.steps() == 4
    assert hand.canvas.world.wires[ins("d")].bends == (now,)


def test_dots_come_in_the_order_of_the_wire(make_hand: Make) -> None:
    hand = fan(make_hand)
    world = hand.canvas.world
    for share in (0.5, 0.8, 0.2):
        path = world.wires[ins("d")].path()
        spot = hand.canvas.mapFromScene(path.pointAtPercent(share))
        hand.double_click(spot)
        hand.release(spot)
    xs = [x for x, _ in bends(hand, "d.input")]
    assert len(xs) == 3
    assert xs == sorted(xs)


def test_a_double_click_on_a_dot_takes_it_away(make_hand: Make) -> None:
    hand = fan(make_hand)
    spot = hand.middle(ins("d"))
    hand.double_click(spot)
    hand.release(spot)
    dot = hand.canvas.mapFromScene(*bends(hand, "d.input")[0])
    hand.double_click(dot)
    hand.release(dot)
    assert bends(hand, "d.input") == ()
    assert hand.steps() == 4


def test_escape_puts_a_dragged_dot_back(make_hand: Make) -> None:
    hand = fan(make_hand)
    spot = hand.middle(ins("d"))
    hand.double_click(spot)
    hand.release(spot)
    before = hand.document.project
    dot = hand.canvas.mapFromScene(*bends(hand, "d.input")[0])
    hand.press(dot)
    hand.move(dot + QPoint(0, 60))
    assert hand.canvas.world.wires[ins("d")].bends != bends(hand, "d.input")
    hand.key(K.Key_Escape)
    assert hand.canvas.world.wires[ins("d")].bends == bends(hand, "d.input")
    hand.release(dot)
    assert hand.document.project is before


def test_dots_go_along_when_both_ends_move(make_hand: Make) -> None:
    hand = fan(make_hand)
    spot = hand.middle(ins("d"))
    hand.double_click(spot)
    hand.release(spot)
    (at,) = bends(hand, "d.input")
    hand.key(K.Key_A, CTRL)
    hand.press(hand.at("a"))
    hand.move(hand.at("a") + QPoint(0, 40))
    shown = hand.canvas.world.wires[ins("d")].bends
    assert shown != (at,)
    hand.release(hand.at("a"))
    assert bends(hand, "d.input") == shown
    hand.document.undo()
    assert hand.canvas.world.wires[ins("d")].bends == (at,)


# Swap and detach


def test_alt_s_swaps_the_inputs_of_a_node(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.GELU", sum="op.add"))
    hand.drag(hand.port(out("a")), hand.at("sum"))
    hand.drag(hand.port(out("b")), hand.at("sum"))
    hand.click(hand.at("sum"))
    hand.key(K.Key_S, ALT)
    assert dict(hand.graph.wires) == {ins("sum"): out("b"), ins("sum", "other"): out("a")}
    assert hand.steps() == 3
    hand.click(hand.at("a"))
    hand.key(K.Key_S, ALT)
    assert hand.steps() == 3
    assert hand.sentences[-1] == "Select a node with two wired inputs, or a wire."


def test_alt_d_detaches_a_wire_and_attaches_it_again(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.click(hand.middle(ins("d")))
    hand.key(K.Key_D, ALT)
    cut = hand.graph.wires[ins("d")].node
    assert hand.graph.nodes[cut].spec == "Tensor.detach"
    assert hand.graph.wires[ins(cut)] == out("a")
    hand.key(K.Key_D, ALT)
    assert hand.steps() == 4
    assert dict(hand.graph.wires) == {ins("c"): out("a"), ins("d"): out("a")}
    assert cut not in hand.graph.nodes


# Wires and nodes by key


def test_w_goes_through_the_wires_and_arrows_lead_on(make_hand: Make) -> None:
    hand = fan(make_hand)
    hand.click(hand.at("a"))
    seen = set()
    for _ in range(2):
        hand.key(K.Key_W)
        seen.add(hand.canvas.world.chosen_wire)
    assert seen == {ins("c"), ins("d")}
    hand.key(K.Key_Right)
    assert hand.canvas.selected() == {"d"}
    hand.key(K.Key_Left)
    assert hand.canvas.selected() == {"a"}
    hand.key(K.Key_Right)
    assert hand.canvas.selected() == {"c"}
    assert hand.steps() == 2


def test_w_comes_to_every_wire_of_the_node_and_round_again(make_hand: Make) -> None:
    hand = make_hand(digits())
    for node in hand.graph.nodes:
        wires = {end for end, start in hand.graph.wires.items() if node in (end.node, start.node)}
        hand.choose([node])
        seen = []
        for _ in range(2 * len(wires)):
            hand.key(K.Key_W)
            seen.append(hand.canvas.world.chosen_wire)
        assert set(seen[: len(wires)]) == wires
        assert seen[: len(wires)] == seen[len(wires) :]


def test_from_a_wire_that_w_came_to_keys_go_on_at_its_node(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.choose(["loss"])
    hand.key(K.Key_W)
    hand.key(K.Key_Down)
    assert hand.canvas.selected() == {"optimizer"}
    hand.choose(["pool"])
    hand.key(K.Key_W)
    hand.key(K.Key_Delete)
    assert ins("pool") not in hand.graph.wires
    assert hand.canvas.selected() == {"pool"}


def test_the_arrows_walk_a_chain_and_say_where_it_ends(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(K.Key_Right)
    hand.key(K.Key_Right)
    assert hand.canvas.selected() == {"relu1"}
    for _ in range(40):
        hand.key(K.Key_Right)
    (last,) = hand.canvas.selected()
    assert not any(start.node == last for start in hand.graph.wires.values())
    assert hand.sentences[-1].startswith("No wire leaves ")


def test_ctrl_j_wires_two_selected_nodes(make_hand: Make) -> None:
    hand = make_hand(drawn(**TREE))
    hand.click(hand.at("d"))
    hand.click(hand.at("b"), CTRL)
    hand.key(K.Key_J, CTRL)
    assert dict(hand.graph.wires) == {ins("d"): out("b")}
    assert hand.steps() == 1


@pytest.mark.parametrize("held", [NONE, CTRL])
def test_a_lone_press_on_a_port_changes_nothing(make_hand: Make, held: Qt.KeyboardModifier) -> None:
    hand = fan(make_hand)
    before = hand.document.project
    hand.press(hand.port(out("a")), LEFT, held)
    hand.release(hand.port(out("a")), LEFT, held)
    assert hand.document.project is before


@pytest.mark.parametrize("node", ["optimizer", "loss", "accuracy", "digits"])
def test_no_wire_is_led_past_what_gives_something_of_another_nature(
    make_hand: Make, node: str
) -> None:
    hand = make_hand(digits())
    before = dict(hand.graph.wires.items())
    hand.click(hand.at(node))
    hand.key(Qt.Key.Key_Delete, CTRL)
    assert node not in hand.graph.nodes
    left = {end: start for end, start in before.items() if node not in (end.node, start.node)}
    assert dict(hand.graph.wires.items()) == left
    assert hand.steps() == 1
