"""Wires by hand: drawn, refused with a reason, moved, taken away, and dropped on empty canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.canvas.refusal_bubble import RefusalBubble
from graph_editor.document.model import Project
from tests.canvas.hand import Hand, digits, drawn, ins, out

Make = Callable[[Project], Hand]


def bubble(hand: Hand) -> RefusalBubble | None:
    shown = [b for b in hand.view.findChildren(RefusalBubble) if b.isVisible()]
    return shown[0] if shown else None


def carry(hand: Hand, start: QPoint, end: QPoint) -> None:
    """Take a wire and hold it over a place."""
    hand.press(start)
    hand.move((start + end) / 2)
    hand.move(end)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_drag_from_port_to_port_wires_them(make_hand: Make, backwards: bool) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    ends = [hand.port(out("a")), hand.port(ins("b"))]
    hand.drag(*(reversed(ends) if backwards else ends))
    assert dict(hand.graph.wires) == {ins("b"): out("a")}
    assert hand.steps() == 1
    assert not hand.canvas.world.hand.isVisible()


def test_the_wire_snaps_to_a_port_nearby(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    hand.drag(hand.port(out("a")), hand.port(ins("b")) + QPoint(-15, 14))
    assert dict(hand.graph.wires) == {ins("b"): out("a")}


def test_a_drop_on_a_node_takes_its_first_free_port(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", sum="op.add"))
    hand.drag(hand.port(out("a")), hand.at("sum"))
    hand.drag(hand.port(out("b")), hand.at("sum"))
    assert dict(hand.graph.wires) == {ins("sum"): out("a"), ins("sum", "other"): out("b")}


def test_nearby_ports_of_the_wrong_kind_do_not_catch_the_wire(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", adam="optim.AdamW", step="lr_scheduler.StepLR"))
    hand.drag(hand.port(out("adam", "optimizer")), hand.port(ins("step", "optimizer")))
    assert dict(hand.graph.wires) == {ins("step", "optimizer"): out("adam", "optimizer")}


def test_a_wrong_kind_is_refused_in_words_and_cannot_be_dropped(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", adam="optim.AdamW"))
    start, end = hand.port(out("adam", "optimizer")), hand.port(ins("a"))
    carry(hand, start, end)
    shown = bubble(hand)
    assert shown is not None
    assert shown.words == "ReLU takes a tensor here; this is an optimizer"
    assert hand.view.rect().contains(shown.geometry())
    hand.release(end)
    assert bubble(hand) is None
    assert dict(hand.graph.wires) == {}
    assert hand.steps() == 0
    assert hand.sentences == ["ReLU takes a tensor here; this is an optimizer."]


def test_a_circle_is_refused_in_words(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.document.project
    start, end = hand.port(out("bn1")), hand.port(ins("conv1"))
    carry(hand, start, end)
    shown = bubble(hand)
    assert shown is not None
    assert shown.words == "This would close a circle: Conv2d already leads to BatchNorm2d"
    hand.release(end)
    assert hand.document.project is before


def test_a_likely_misfit_is_said_and_may_be_dropped(make_hand: Make) -> None:
    hand = make_hand(drawn(digits="data.digits", fc="nn.Linear"))
    start, end = hand.port(out("digits", "label")), hand.port(ins("fc"))
    carry(hand, start, end)
    shown = bubble(hand)
    assert shown is not None
    assert shown.words == "Linear takes float32; these are int64 labels"
    assert "Drop to connect anyway" in shown.advice
    hand.release(end)
    assert ins("fc") in hand.graph.wires
    assert hand.steps() == 1


def test_what_the_engine_says_of_a_port_decides_what_is_said(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", conv="nn.Conv2d"))
    start, end = hand.port(out("a")), hand.port(ins("conv"))
    carry(hand, start, end)
    assert bubble(hand) is None
    hand.key(Qt.Key.Key_Escape)
    hand.canvas.set_findings(Findings(ports={"a.output": PortFacts("B×8", 2, "float32")}))
    hand.release(end)
    carry(hand, hand.port(out("a")), hand.port(ins("conv")))
    shown = bubble(hand)
    assert shown is not None
    assert shown.words == "Conv2d takes B×C×H×W; a tensor of 2 axes arrives"
    hand.release(end)


def test_escape_lets_the_wire_go(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    carry(hand, hand.port(out("a")), hand.port(ins("b")))
    assert hand.canvas.world.hand.isVisible()
    hand.key(Qt.Key.Key_Escape)
    assert not hand.canvas.world.hand.isVisible()
    hand.release(hand.port(ins("b")))
    assert dict(hand.graph.wires) == {}


def test_the_end_of_a_wire_moves_to_another_input(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU"))
    hand.drag(hand.port(out("a")), hand.port(ins("b")))
    hand.drag(hand.port(ins("b")), hand.port(ins("c")))
    assert dict(hand.graph.wires) == {ins("c"): out("a")}
    assert hand.steps() == 2
    assert hand.canvas.world.wires[ins("c")].isVisible()


def test_the_end_of_a_wire_dropped_on_nothing_takes_it_away(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.drag(hand.port(ins("conv2")), hand.empty())
    assert ins("conv2") not in hand.graph.wires
    assert hand.steps() == 1
    hand.document.undo()
    assert hand.canvas.world.wires[ins("conv2")].isVisible()


def test_a_wire_put_back_where_it_was_changes_nothing(make_hand: Make) -> None:
    hand = make_hand(digits())
    end = hand.port(ins("conv2"))
    hand.press(end)
    hand.move(end + QPoint(60, 60))
    assert not hand.canvas.world.wires[ins("conv2")].isVisible()
    hand.move(end)
    hand.release(end)
    assert hand.steps() == 0
    assert hand.canvas.world.wires[ins("conv2")].isVisible()


def test_a_click_on_a_port_changes_nothing(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.port(ins("conv2")))
    hand.click(hand.port(out("conv2")))
    assert hand.steps() == 0
    assert not hand.window.findChildren(AddPalette)


def test_data_into_a_layer_brings_the_input_node(make_hand: Make) -> None:
    hand = make_hand(drawn(digits="data.digits", conv="nn.Conv2d"))
    hand.drag(hand.port(out("digits", "image")), hand.port(ins("conv")))
    (entry,) = [n for n, node in hand.graph.nodes.items() if node.spec == "io.input"]
    assert hand.graph.wires[ins("conv")] == out(entry)
    x, _ = hand.canvas.places()[entry]
    assert 0 < x < 240
    assert hand.steps() == 1


def test_a_wire_on_empty_canvas_asks_what_to_add_and_wires_it(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    hand.drag(hand.port(out("a")), hand.port(out("a")) + QPoint(160, 90))
    palette = hand.palette()
    assert hand.canvas.world.hand.isVisible(), "the wire stays until something is chosen"
    names = {hit.spec.name for hit in palette.rows.hits}
    assert "nn.Linear" in names
    assert not names & {"data.digits", "lr_scheduler.StepLR"}
    QTest.keyClicks(palette.line, "lin 10")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    (added,) = [n for n, node in hand.graph.nodes.items() if node.spec == "nn.Linear"]
    assert hand.graph.wires[ins(added)] == out("a")
    assert hand.graph.nodes[added].args["out_features"] == 10
    assert hand.canvas.selected() == {added}
    assert not hand.canvas.world.hand.isVisible()
    assert hand.steps() == 1


def test_a_wire_drawn_backwards_asks_for_what_gives_it(make_hand: Make) -> None:
    hand = make_hand(drawn(step="lr_scheduler.StepLR"))
    hand.drag(hand.port(ins("step", "optimizer")), hand.empty())
    palette = hand.palette()
    assert {hit.spec.kind for hit in palette.rows.hits} == {"optim"}
    QTest.keyClicks(palette.line, "sgd")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    source = hand.graph.wires[ins("step", "optimizer")]
    assert hand.graph.nodes[source.node].spec == "optim.SGD"


def test_the_palette_of_a_wire_can_be_left_and_the_wire_goes(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    hand.drag(hand.port(out("a")), hand.empty())
    QTest.keyClick(hand.palette().line, Qt.Key.Key_Escape)
    assert not hand.canvas.world.hand.isVisible()
    assert hand.steps() == 0


def test_variadic_inputs_grow_as_they_are_wired(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", cat="torch.cat"))
    hand.drag(hand.port(out("a")), hand.at("cat"))
    hand.drag(hand.port(out("b")), hand.at("cat"))
    wires = {ins("cat", "tensors[0]"): out("a"), ins("cat", "tensors[1]"): out("b")}
    assert dict(hand.graph.wires) == wires


def test_every_wire_of_an_example_can_be_drawn_again(make_hand: Make) -> None:
    hand = make_hand(digits())
    wires = dict(hand.graph.wires)
    for target, source in sorted(wires.items(), key=lambda pair: pair[0].node):
        hand.drag(hand.port(target), hand.empty())
        assert target not in hand.graph.wires, target
        hand.drag(hand.port(source), hand.port(target))
        assert hand.graph.wires.get(target) == source, target
    assert dict(hand.graph.wires) == wires
    assert set(hand.graph.nodes) == set(digits().main.graph.nodes)
