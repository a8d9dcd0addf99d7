"""Titles can be read at medium zoom, and what is not known yet takes no boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor

from graph_editor.canvas.anatomy import Shape
from graph_editor.canvas.findings import Live, Sample
from graph_editor.canvas.items.card_small import small_line
from graph_editor.canvas.items.state import FAR_BELOW, FULL_FROM
from graph_editor.canvas.theme import theme
from graph_editor.document.model import FrozenMap, NodeId, Repeat
from tests.canvas.hand import Hand, digits

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
DIGITS, RELU, LOSS = NodeId("digits"), NodeId("relu1"), NodeId("loss")


@pytest.mark.parametrize("sixteenths", range(6, 12))
def test_titles_of_usual_nodes_are_whole_at_medium_zoom(make_hand: Make, sixteenths: int) -> None:
    hand = make_hand(digits())
    builds = [item.anatomy for item in hand.canvas.world.nodes.values()]
    cards = [build for build in builds if build.shape is Shape.CARD]
    assert len(cards) > 10
    for build in cards:
        line = small_line(build.title, build.copies, build.width, sixteenths)
        assert line.title.text() == build.title
        assert line.right <= build.width


@pytest.mark.parametrize("sixteenths", range(6, 10))
@pytest.mark.parametrize("title", ["ReLU", "TransformerEncoderLayer"])
def test_the_number_of_copies_is_never_cut(title: str, sixteenths: int) -> None:
    line = small_line(title, "×12", 96, sixteenths)
    assert line.copies is not None
    assert line.copies.text() == "×12"
    assert line.title_x >= 0
    assert line.title_x + line.title.size().width() <= line.copies_x
    assert line.copies_x + line.copies.size().width() <= 96


@pytest.mark.parametrize("zoom", [FAR_BELOW + 0.01, 0.5, FULL_FROM - 0.01])
def test_inputs_and_outputs_have_their_titles_at_medium_zoom(make_hand: Make, zoom: float) -> None:
    hand = make_hand(digits())
    for node in (NodeId("image"), NodeId("logits")):
        show(hand, node, zoom)
        letters = hand.canvas.node_rect(node).adjusted(4, 2, -4, -2)
        assert theme("dark")["text"].lightness() - lightest(hand, letters) < 40


@pytest.mark.parametrize("zoom", [FAR_BELOW + 0.01, 0.5])
def test_a_stack_peeks_out_at_medium_zoom(make_hand: Make, zoom: float) -> None:
    colours = []
    for count in (1, 3):
        project = digits()
        node = replace(project.main.graph.nodes[RELU], repeat=Repeat(count) if count > 1 else None)
        nodes = FrozenMap({**project.main.graph.nodes, RELU: node})
        main = replace(project.main, graph=replace(project.main.graph, nodes=nodes))
        hand = make_hand(replace(project, main=main))
        show(hand, RELU, zoom)
        rect = hand.canvas.node_rect(RELU)
        above = QRect(rect.center().x(), rect.top() - 3, 8, 2)
        colours.append({c.rgb() for c in pixels(hand, above)} == {theme("dark")["canvas"].rgb()})
    assert colours == [True, False]


@pytest.mark.parametrize("zoom", [FAR_BELOW + 0.01, 0.5])
def test_curves_are_drawn_at_medium_zoom(make_hand: Make, zoom: float) -> None:
    hand = make_hand(digits())
    curve = tuple(2.0 / (1 + step) for step in range(30))
    hand.canvas.set_live(Live(curves={LOSS: (curve, ())}))
    show(hand, LOSS, zoom)
    wanted, rect = theme("dark").runs[0], hand.canvas.node_rect(LOSS)
    foot = rect.adjusted(0, rect.height() // 2, 0, 0)
    assert any(abs(c.hue() - wanted.hue()) < 12 and c.saturation() > 90 for c in pixels(hand, foot))


def show(hand: Hand, node: NodeId, zoom: float) -> None:
    hand.canvas.set_zoom(zoom)
    hand.canvas.centerOn(hand.canvas.world.nodes[node].rect().center())


def pixels(hand: Hand, area: QRect) -> list[QColor]:
    image = hand.view.grab(area).toImage()
    across, down = range(image.width()), range(image.height())
    return [image.pixelColor(x, y) for x in across for y in down]


def lightest(hand: Hand, area: QRect) -> int:
    return max(colour.lightness() for colour in pixels(hand, area))


def test_a_data_node_has_no_empty_boxes_until_its_samples_come(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(1.0)
    hand.canvas.centerOn(hand.canvas.world.nodes[DIGITS].rect().center())
    rect, build = hand.canvas.node_rect(DIGITS), hand.canvas.world.nodes[DIGITS].anatomy
    top = rect.top() + round(build.picture_y)
    foot = QRect(rect.left() + 12, top, rect.width() - 24, rect.bottom() - 8 - top)

    def colours() -> set[int]:
        image = hand.view.grab(foot).toImage()
        across, down = range(image.width()), range(image.height())
        return {image.pixelColor(x, y).rgb() for x in across for y in down}

    assert colours() == {theme("dark")["node"].rgb()}
    hand.canvas.set_samples({DIGITS: (Sample(((0.0, 1.0), (1.0, 0.0)), "3"),)})
    assert len(colours()) > 2
