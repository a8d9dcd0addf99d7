"""The error bubble is seen whole, wherever its node is in the view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.findings import Finding, Findings
from graph_editor.document.model import NodeId
from tests.canvas.hand import MIDDLE, Hand, digits

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
HEAD = NodeId("head")
FIX = ("fix-1", "Set in_features to auto (512)")
FAULT = Finding(HEAD, "error", "in_features is 256, and 512 numbers arrive. " * 3, fixes=(FIX,))


@pytest.fixture
def hand(make_hand: Make) -> Hand:
    made = make_hand(digits())
    made.canvas.set_zoom(1.0)
    made.canvas.set_findings(Findings(problems=(FAULT,)))
    made.canvas.select([HEAD])
    return made


def to(hand: Hand, spot: QPoint) -> None:
    """Drag the view until the node's header is at a place."""
    start = QPoint(600, 350)
    way = spot - hand.at(HEAD)
    hand.canvas.pan_by(way.x(), way.y())
    hand.drag(start, start + QPoint(1, 1), MIDDLE)


def body(hand: Hand) -> QRect:
    bubble = hand.canvas.world.bubble
    assert bubble.isVisible()
    return bubble.body().toAlignedRect().translated(hand.canvas.mapFromScene(bubble.pos()))


def pressed(hand: Hand) -> list[str]:
    chosen: list[str] = []
    hand.canvas.fix_chosen.connect(chosen.append)
    bubble = hand.canvas.world.bubble
    middle = bubble.button.center().toPoint()
    hand.click(hand.canvas.mapFromScene(bubble.pos()) + middle)
    return chosen


SPOTS = [(600, 300), (600, 670), (600, 690), (1150, 300), (1180, 680), (10, 300), (20, 20)]


@pytest.mark.parametrize("spot", SPOTS)
@pytest.mark.parametrize("zoom", [0.5, 1.0, 2.0])
def test_the_bubble_is_inside_the_view_after_a_pan(
    hand: Hand, spot: tuple[int, int], zoom: float
) -> None:
    hand.canvas.set_zoom(zoom)
    to(hand, QPoint(*spot))
    assert hand.view.rect().contains(body(hand))
    if spot[1] != 20:
        assert not body(hand).intersects(hand.canvas.node_rect(HEAD).adjusted(1, 1, -1, -1))
    assert pressed(hand) == ["fix-1"]


def test_it_lies_below_and_goes_above_where_no_room_is_below(hand: Hand) -> None:
    to(hand, QPoint(600, 300))
    assert body(hand).top() > hand.canvas.node_rect(HEAD).bottom()
    to(hand, QPoint(600, 660))
    assert body(hand).bottom() < hand.canvas.node_rect(HEAD).top()


def test_it_goes_with_a_node_that_leaves_the_view(hand: Hand) -> None:
    to(hand, QPoint(600, 300))
    to(hand, QPoint(600, -900))
    assert not hand.canvas.world.bubble.isVisible()
    to(hand, QPoint(600, 300))
    assert hand.canvas.world.bubble.isVisible()


def test_it_stays_inside_as_the_window_gets_smaller_and_the_wheel_zooms(hand: Hand) -> None:
    to(hand, QPoint(700, 500))
    hand.canvas.resize(800, 560)
    QApplication.processEvents()
    assert hand.view.rect().contains(body(hand))
    for _ in range(6):
        hand.wheel(QPoint(10, 10), 120)
        if hand.view.rect().intersects(hand.canvas.node_rect(HEAD)):
            assert hand.view.rect().contains(body(hand))


SMALL = (338, 136)
"""The canvas of a window of 640 × 360 with the list of problems below it."""
LONG_FIX = ("fix-1", "Set in_features to auto, which lets it follow whatever arrives (512)")


@pytest.mark.parametrize("fixes", [(FIX,), (LONG_FIX,), ()])
@pytest.mark.parametrize(
    ("zoom", "covered"), [(0.5, 0.0), (0.75, 0.0), (1.0, 0.0), (1.5, 0.1), (2.0, 0.2)]
)
def test_in_a_small_canvas_one_row_leaves_its_node_in_sight(
    make_hand: Make, zoom: float, covered: float, fixes: tuple[tuple[str, str], ...]
) -> None:
    hand = make_hand(digits())
    hand.canvas.resize(*SMALL)
    hand.canvas.set_zoom(zoom)
    hand.canvas.set_findings(Findings(problems=(replace(FAULT, fixes=fixes),)))
    hand.canvas.reveal(HEAD)
    hand.hover(hand.at(HEAD))
    node, bubble = hand.canvas.node_rect(HEAD), hand.canvas.world.bubble
    assert hand.view.rect().contains(body(hand))
    both = body(hand).intersected(node)
    assert both.width() * both.height() <= covered * node.width() * node.height()
    for part in (bubble.more, bubble.button):
        assert bubble.body().contains(part) or part.isEmpty()
    assert pressed(hand) == (["fix-1"] if fixes else [])


def test_it_says_all_again_where_the_canvas_has_room(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.resize(*SMALL)
    hand.canvas.set_zoom(1.0)
    hand.canvas.set_findings(Findings(problems=(FAULT,)))
    hand.canvas.select([HEAD])
    hand.canvas.reveal(HEAD)
    assert hand.canvas.world.bubble.is_short
    hand.canvas.resize(1200, 700)
    QApplication.processEvents()
    assert not hand.canvas.world.bubble.is_short
    assert pressed(hand) == ["fix-1"]
