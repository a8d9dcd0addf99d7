"""A node that is dropped on a wire goes into it; one that is dropped on a node replaces it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.canvas.refusal_bubble import RefusalBubble
from graph_editor.document.model import NodeId
from tests.canvas.hand import ALT, SHIFT, Hand, digits, drawn, ins, out

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
K = Qt.Key


def added(hand: Hand, before: Project) -> NodeId:
    (node,) = set(hand.graph.nodes) - set(before.main.graph.nodes)
    return node


def check_apart(hand: Hand) -> None:
    """Check that no node lies over another."""
    rects = [item.rect() for item in hand.canvas.world.nodes.values()]
    assert not any(one.intersects(two) for one, two in combinations(rects, 2))


def test_a_drop_on_a_wire_puts_the_node_into_it_and_makes_room(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.drop("nn.Dropout2d", hand.middle(ins("relu1")))
    node = added(hand, before)
    assert hand.graph.wires[ins(node)] == out("bn1")
    assert hand.graph.wires[ins("relu1")] == out(node)
    assert hand.canvas.selected() == {node}
    assert hand.steps() == 1
    check_apart(hand)
    assert hand.canvas.world.wires[ins(node)].is_level
    assert hand.canvas.world.wires[ins("relu1")].is_level
    hand.document.undo()
    assert hand.document.project == before


def test_a_layer_dropped_before_the_mark_of_the_input_goes_behind_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    graph = before.main.graph
    mark = next(n for n, node in graph.nodes.items() if node.spec == "io.input")
    fed = [t for t, s in graph.wires.items() if s.node == mark]
    hand.drop("nn.ReLU", hand.middle(ins(mark)))
    node = added(hand, before)
    assert hand.graph.wires[ins(node)] == out(mark)
    assert all(hand.graph.wires[t] == out(node) for t in fed)
    assert hand.graph.wires[ins(mark)] == graph.wires[ins(mark)]


def test_the_drag_says_what_a_drop_would_do_and_leaving_takes_it_back(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.drop("nn.ReLU", hand.middle(ins("relu1")), lets_go=False)
    bubble = hand.view.findChildren(RefusalBubble)[0]
    assert bubble.words == "Goes into this wire"
    assert not bubble.isVisible()
    assert hand.canvas.world.wires[ins("relu1")].state != "lit"
    hand.drop("nn.GELU", hand.at("relu1"), lets_go=False)
    assert bubble.words == "Replaces ReLU and keeps its wires"
    hand.drop("optim.AdamW", hand.middle(ins("relu1")), lets_go=False)
    assert bubble.words == "AdamW gives nothing that this wire leads to"
    assert hand.document.project is before


def test_what_does_not_fit_a_wire_is_added_beside_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.drop("optim.AdamW", hand.middle(ins("relu1")))
    assert dict(hand.graph.wires) == dict(before.main.graph.wires)
    assert hand.graph.nodes[added(hand, before)].spec == "optim.AdamW"


def test_a_drop_on_a_node_replaces_it_with_wires_and_arguments(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project.main.graph
    hand.drop("nn.ConvTranspose2d", hand.at("conv2"))
    node, old = hand.graph.nodes[NodeId("conv2")], before.nodes[NodeId("conv2")]
    assert node.spec == "nn.ConvTranspose2d"
    assert dict(hand.graph.wires) == dict(before.wires)
    for name in ("out_channels", "kernel_size"):
        assert node.args[name] == old.args[name]
    assert hand.document.undo_title == "Replace Conv2d with ConvTranspose2d"
    assert hand.steps() == 1
    hand.document.undo()
    assert hand.document.project.main.graph == before


def test_a_node_with_fewer_ports_takes_what_it_can_and_says_what_went(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.GELU", sum="op.add", c="nn.Tanh"))
    hand.drag(hand.port(out("a")), hand.at("sum"))
    hand.drag(hand.port(out("b")), hand.at("sum"))
    hand.drag(hand.port(out("sum")), hand.port(ins("c")))
    hand.drop("nn.ReLU", hand.at("sum"))
    assert dict(hand.graph.wires) == {ins("sum"): out("a"), ins("c"): out("sum")}
    assert hand.sentences[-1].endswith("1 wire has no place on it and went.")
    hand.document.undo()
    hand.drop("torch.cat", hand.at("sum"))
    assert hand.graph.wires[ins("sum", "tensors[0]")] == out("a")
    assert hand.graph.wires[ins("sum", "tensors[1]")] == out("b")
    assert hand.graph.wires[ins("c")].node == "sum"


def test_another_kind_of_thing_does_not_replace(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.drop("optim.AdamW", hand.at("relu1"))
    assert hand.graph.nodes[NodeId("relu1")].spec == "nn.ReLU"
    assert dict(hand.graph.wires) == dict(before.main.graph.wires)


def test_a_node_without_wires_is_dragged_into_a_wire(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.GELU", c="nn.Tanh"))
    hand.drag(hand.port(out("a")), hand.port(ins("c")))
    hand.drag(hand.at("b"), hand.at("b") + QPoint(0, 150))
    assert dict(hand.graph.wires) == {ins("c"): out("a")}
    rect = hand.canvas.node_rect(NodeId("b"))
    grip = hand.at("b")
    end = hand.middle(ins("c")) + (grip - rect.center())
    hand.press(grip)
    hand.move((grip + end) / 2)
    hand.move(end)
    assert hand.canvas.world.wires[ins("c")].state == "lit"
    hand.release(end)
    assert dict(hand.graph.wires) == {ins("b"): out("a"), ins("c"): out("b")}
    assert hand.steps() == 3
    check_apart(hand)


@pytest.mark.parametrize("grip", [-18, -10, 0, 10])
def test_it_goes_in_wherever_it_is_held_with_the_pointer_or_the_card_on_the_wire(
    make_hand: Make, grip: int
) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(1.0)
    before = hand.document.project
    hand.canvas.centerOn(hand.canvas.mapToScene(hand.middle(ins("relu1"))))
    hand.drop("nn.Dropout2d", hand.middle(ins("relu1")) + QPoint(0, 150))
    node = added(hand, before)
    held = hand.canvas.node_rect(node).center() + QPoint(0, grip)
    hand.drag(held, hand.middle(ins("relu1")))
    assert hand.graph.wires[ins(node)] == out("bn1")
    hand.document.undo()
    hand.drag(held, hand.middle(ins("relu1")) + QPoint(0, grip + 12))
    assert hand.graph.wires[ins(node)] == out("bn1")
    assert hand.steps() == 2


def test_a_wired_node_is_only_moved_over_a_wire(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = dict(hand.graph.wires)
    rect = hand.canvas.node_rect(NodeId("conv2"))
    grip = hand.at("conv2")
    hand.drag(grip, hand.middle(ins("relu1")) + (grip - rect.center()))
    assert dict(hand.graph.wires) == before


def test_tab_on_a_selected_wire_asks_for_what_goes_into_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.click(hand.middle(ins("relu1")))
    hand.key(K.Key_Tab)
    palette = hand.palette()
    assert palette.filter_chip.text().strip() == "goes into this wire"
    QTest.keyClicks(palette.line, "dropout2d 0.3")
    QTest.keyClick(palette.line, K.Key_Return)
    node = added(hand, before)
    assert hand.graph.nodes[node].args["p"] == 0.3
    assert hand.graph.wires[ins("relu1")] == out(node)
    assert hand.steps() == 1


def test_shift_r_asks_for_what_replaces_a_node(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("relu1"))
    hand.key(K.Key_R, SHIFT)
    palette = hand.palette()
    QTest.keyClicks(palette.line, "gelu")
    QTest.keyClick(palette.line, K.Key_Return)
    assert hand.graph.nodes[NodeId("relu1")].spec == "nn.GELU"
    assert hand.steps() == 1


def test_wires_from_outputs_that_the_new_node_has_not_go_and_are_counted(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", m="nn.LSTM", b="nn.ReLU", c="nn.ReLU"))
    hand.drag(hand.port(out("a")), hand.port(ins("m")))
    hand.drag(hand.port(out("m", "output")), hand.port(ins("b")))
    hand.drag(hand.port(out("m", "h_n")), hand.port(ins("c")))
    hand.drop("nn.ReLU", hand.at("m"), lets_go=False)
    (bubble,) = hand.view.findChildren(RefusalBubble)
    assert bubble.words == "Replaces LSTM and 1 of its ports go"
    hand.drop("nn.ReLU", hand.at("m"))
    assert dict(hand.graph.wires) == {ins("m"): out("a"), ins("b"): out("m")}
    assert hand.sentences[-1].endswith("1 wire has no place on it and went.")
    hand.document.undo()
    assert hand.graph.wires[ins("c")] == out("m", "h_n")


def test_what_is_replaced_shares_weights_no_longer(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.Linear", b="nn.Linear"))
    hand.choose([NodeId("a"), NodeId("b")])
    hand.key(K.Key_T)
    assert hand.graph.ties
    hand.drop("nn.ReLU", hand.at("a"))
    assert not hand.graph.ties
    hand.document.undo()
    assert hand.graph.ties


def test_the_dots_of_a_wire_stay_on_both_sides_of_what_is_put_into_it(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.GELU", c="nn.Tanh", d="nn.ELU"))
    hand.drag(hand.port(out("a")), hand.port(ins("d")))
    hand.drag(hand.at("b"), hand.at("b") + QPoint(0, 160))
    hand.drag(hand.at("c"), hand.at("c") + QPoint(0, 160))
    for share in (0.25, 0.75):
        path = hand.canvas.world.wires[ins("d")].path()
        spot = hand.canvas.mapFromScene(path.pointAtPercent(share))
        hand.double_click(spot)
        hand.release(spot)
    first, second = hand.canvas.world.wires[ins("d")].bends
    hand.click(hand.middle(ins("d")))
    hand.key(K.Key_D, ALT)
    cut = hand.graph.wires[ins("d")].node
    assert hand.canvas.world.wires[ins(cut)].bends == (first,)
    assert hand.canvas.world.wires[ins("d")].bends == (second,)
    hand.key(K.Key_D, ALT)
    assert hand.canvas.world.wires[ins("d")].bends == (first, second)
    hand.key(K.Key_D, ALT)
    assert hand.graph.nodes[hand.graph.wires[ins("d")].node].spec == "Tensor.detach"


def test_a_mark_is_not_replaced_and_says_so(make_hand: Make) -> None:
    hand = make_hand(digits())
    mark = next(n for n, node in hand.graph.nodes.items() if node.spec == "io.input")
    hand.click(hand.at(mark))
    hand.key(K.Key_R, SHIFT)
    assert hand.sentences == ["An end of the graph cannot be replaced."]


def test_a_drop_of_the_same_spec_is_no_step(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    hand.drop("nn.Conv2d", hand.at("conv1"))
    assert hand.document.project is before
    assert hand.steps() == 0
    assert hand.sentences == ["Conv2d would be the same Conv2d again."]
