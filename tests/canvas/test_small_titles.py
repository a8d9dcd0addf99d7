"""Titles can be read at medium zoom, and what is not known yet takes no boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QRect

from graph_editor.canvas.anatomy import Shape
from graph_editor.canvas.findings import Sample
from graph_editor.canvas.items.card import small_title
from graph_editor.canvas.theme import theme
from graph_editor.document.model import NodeId
from tests.canvas.hand import Hand, digits

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
DIGITS = NodeId("digits")


@pytest.mark.parametrize("sixteenths", range(6, 12))
def test_titles_of_usual_nodes_are_whole_at_medium_zoom(make_hand: Make, sixteenths: int) -> None:
    hand = make_hand(digits())
    builds = [item.anatomy for item in hand.canvas.world.nodes.values()]
    cards = [build for build in builds if build.shape is Shape.CARD]
    assert len(cards) > 10
    for build in cards:
        _, static, extent = small_title(build.title, build.width, sixteenths)
        assert static.text() == build.title
        assert extent.width() <= build.width


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
