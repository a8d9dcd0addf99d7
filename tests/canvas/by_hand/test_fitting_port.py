"""Where a gesture chooses a port, it is the one that fits; lists show what fits, and first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.document.model import InPort, OutPort, Project
from tests.canvas.hand import CTRL, NONE, SHIFT, Hand, drawn, fed, ins, out

Make = Callable[[Project], Hand]
ENTER = Qt.Key.Key_Return


def add(hand: Hand, text: str, modifiers: Qt.KeyboardModifier = NONE) -> str:
    """Type into the palette that is open, and press Enter; return the spec that was added."""
    palette = hand.palette()
    QTest.keyClicks(palette.line, text)
    QTest.keyClick(palette.line, ENTER, modifiers)
    (node,) = hand.canvas.selected()
    return node


def specs(hand: Hand) -> list[str]:
    return [hit.spec.name for hit in hand.palette().rows.hits]


def dropped(hand: Hand, port: InPort | OutPort) -> None:
    """Drop a new wire on the empty canvas."""
    hand.drag(hand.port(port), hand.port(port) + QPoint(180, 160))


@pytest.mark.parametrize(
    ("leaf", "text", "path"),
    [
        ("label", "cross", "target"),
        ("label", "accuracy", "target"),
        ("label", "mse", "target"),
        ("image", "cross", "input"),
        ("image", "mse", "input"),
    ],
)
def test_an_output_is_wired_to_the_port_of_a_new_node_that_it_fits(
    make_hand: Make, leaf: str, text: str, path: str
) -> None:
    hand = make_hand(drawn(digits="data.digits"))
    dropped(hand, out("digits", leaf))
    node = add(hand, text)
    assert dict(hand.graph.wires) == {ins(node, path): out("digits", leaf)}
    assert hand.steps() == 1


@pytest.mark.parametrize(
    ("spec", "path", "text", "leaf"),
    [
        ("nn.CrossEntropyLoss", "target", "digits", "label"),
        ("nn.CrossEntropyLoss", "input", "digits", "image"),
        ("nn.MSELoss", "target", "places", "place"),
        ("metric.accuracy", "target", "iris", "label"),
    ],
)
def test_an_input_is_fed_from_the_output_of_a_new_node_that_fits_it(
    make_hand: Make, spec: str, path: str, text: str, leaf: str
) -> None:
    hand = make_hand(drawn(loss=spec))
    dropped(hand, ins("loss", path))
    node = add(hand, text)
    assert dict(hand.graph.wires) == {ins("loss", path): out(node, leaf)}


def test_a_drop_on_a_loss_takes_the_port_that_fits(make_hand: Make) -> None:
    hand = make_hand(drawn(digits="data.digits", loss="nn.CrossEntropyLoss"))
    hand.drag(hand.port(out("digits", "label")), hand.at("loss"))
    assert dict(hand.graph.wires) == {ins("loss", "target"): out("digits", "label")}


def test_a_drop_on_data_takes_the_output_that_fits(make_hand: Make) -> None:
    hand = make_hand(drawn(digits="data.digits", loss="metric.accuracy"))
    hand.drag(hand.port(ins("loss", "target")), hand.at("digits"))
    assert dict(hand.graph.wires) == {ins("loss", "target"): out("digits", "label")}


def test_the_key_that_wires_two_nodes_takes_the_ports_that_suit_each_other(
    make_hand: Make,
) -> None:
    project = drawn(digits="data.digits", net="nn.Linear", loss="nn.CrossEntropyLoss")
    hand = make_hand(fed(project, out("net"), ins("loss")))
    hand.click(hand.at("digits"))
    hand.click(hand.at("loss"), CTRL)
    hand.key(Qt.Key.Key_J, CTRL)
    assert hand.graph.wires[ins("loss", "target")] == out("digits", "label")


@pytest.mark.parametrize(("text", "leaf"), [("embedding", "label"), ("conv", "image")])
def test_shift_enter_wires_the_output_that_fits(make_hand: Make, text: str, leaf: str) -> None:
    hand = make_hand(drawn(digits="data.digits"))
    hand.click(hand.at("digits"))
    hand.key(Qt.Key.Key_Tab)
    add(hand, text, SHIFT)
    assert out("digits", leaf) in hand.graph.wires.values()


def test_what_is_put_into_a_wire_of_labels_reads_and_gives_labels(make_hand: Make) -> None:
    project = drawn(digits="data.digits", loss="nn.CrossEntropyLoss")
    hand = make_hand(fed(project, out("digits", "label"), ins("loss", "target")))
    hand.click(hand.middle(ins("loss", "target")))
    hand.key(Qt.Key.Key_Tab)
    found = specs(hand)
    assert "Tensor.long" in found
    assert not set(found) & {"nn.Linear", "nn.Conv2d", "nn.Embedding"}


@pytest.mark.parametrize(
    ("spec", "path", "first", "never"),
    [
        ("nn.CrossEntropyLoss", "target", "data.digits", {"nn.Linear", "nn.Conv2d", "nn.MSELoss"}),
        ("optim.AdamW", "losses[0]", "nn.CrossEntropyLoss", {"nn.Linear", "nn.Conv2d"}),
        ("nn.Embedding", "input", "", {"nn.Linear", "nn.Conv2d", "data.diabetes"}),
    ],
)
def test_the_list_of_an_input_shows_what_gives_it(
    make_hand: Make, spec: str, path: str, first: str, never: set[str]
) -> None:
    hand = make_hand(drawn(node=spec))
    dropped(hand, ins("node", path))
    found = specs(hand)
    assert first in ("", found[0])
    assert not never & set(found)


def test_the_list_of_labels_leads_with_what_compares_and_has_no_blocks_for_images(
    make_hand: Make,
) -> None:
    hand = make_hand(drawn(digits="data.digits"))
    dropped(hand, out("digits", "label"))
    found = specs(hand)
    assert found[:2] == ["nn.CrossEntropyLoss", "metric.accuracy"]
    assert not any(name.startswith("library.") for name in found)


def test_the_list_of_an_image_has_the_blocks_that_declare_its_shape(make_hand: Make) -> None:
    hand = make_hand(drawn(digits="data.digits"))
    dropped(hand, out("digits", "image"))
    found = set(specs(hand))
    assert {"library.conv_norm_act", "library.residual"} <= found
    assert not found & {"library.mlp", "library.attention"}
