"""Nothing stays on the screen of what has gone: what is live is what is painted from nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.document.model import NodeId
from tests.canvas.hand import CTRL, NONE, Hand, digits

if TYPE_CHECKING:
    from graph_editor.document.model import Project

Make = Callable[["Project"], Hand]
Stroke = tuple[Qt.Key, Qt.KeyboardModifier]
ALL, COPY, PASTE = (Qt.Key.Key_A, CTRL), (Qt.Key.Key_C, CTRL), (Qt.Key.Key_V, CTRL)
TWICE, DELETE = (Qt.Key.Key_D, CTRL), (Qt.Key.Key_Delete, NONE)
ARRANGE = (Qt.Key.Key_L, NONE)
ROUNDING = 4
LONG = "B×128×112×112"


@pytest.fixture(autouse=True)
def empty_clipboard(qapp: object) -> None:
    del qapp
    QGuiApplication.clipboard().clear()


def on_screen(hand: Hand) -> QImage:
    """Return the pixels that the window shows, without painting any of them anew."""
    QApplication.processEvents()
    return hand.window.screen().grabWindow(hand.window.winId()).toImage()


def check(hand: Hand) -> None:
    live = on_screen(hand)
    hand.view.update()
    anew = on_screen(hand)
    assert not live.isNull()
    assert live.size() == anew.size()
    assert most_apart(live, anew) <= ROUNDING, "something is left on the screen that is no more"


def most_apart(one: QImage, two: QImage) -> int:
    """Return by how much a colour differs at most; lines cut by a clip round a little otherwise."""
    if one == two:
        return 0
    pairs = zip(bytes(one.constBits()), bytes(two.constBits()), strict=True)
    return max(abs(a - b) for a, b in pairs)


def told(hand: Hand) -> None:
    """Say of every output what shape it has."""
    ports = {f"{s.node}.{s.port}": PortFacts(LONG, 4, "float32") for s in hand.graph.wires.values()}
    status = dict.fromkeys(hand.graph.nodes, "ok")
    hand.canvas.set_findings(Findings(ports=ports, status=status))


def seen(make_hand: Make, zoom: float) -> Hand:
    hand = make_hand(digits())
    told(hand)
    hand.hover(hand.empty())
    hand.canvas.set_zoom(zoom)
    check(hand)
    return hand


@pytest.mark.parametrize("zoom", [0.2, 0.5, 0.75, 1.3])
@pytest.mark.parametrize(
    "strokes",
    [(ALL, COPY, PASTE), (ALL, TWICE, DELETE), (ARRANGE,), (ALL, DELETE)],
    ids=["paste", "duplicate", "arrange", "delete"],
)
def test_nothing_is_left_of_an_edit_by_key(
    make_hand: Make, zoom: float, strokes: tuple[Stroke, ...]
) -> None:
    hand = seen(make_hand, zoom)
    for stroke in strokes:
        hand.key(*stroke)
        told(hand)
        check(hand)
    hand.document.undo()
    check(hand)
    hand.document.redo()
    check(hand)


@pytest.mark.parametrize("zoom", [0.2, 0.5, 0.75, 1.3])
@pytest.mark.parametrize("step", [QPoint(37, 61), QPoint(-61, -23), QPoint(5, 1)])
def test_nothing_is_left_while_a_node_is_dragged(
    make_hand: Make, zoom: float, step: QPoint
) -> None:
    hand = seen(make_hand, zoom)
    for node in ("conv1", "conv2", "digits", "dropout"):
        if not hand.view.rect().contains(hand.at(node)):
            hand.canvas.centerOn(hand.canvas.world.nodes[NodeId(node)].rect().center())
            hand.view.update()  # a scroll rounds the letters at its edge otherwise
            QApplication.processEvents()
        start = hand.at(node)
        hand.press(start)
        for part in range(1, 5):
            hand.move(start + step * part)
            check(hand)
        hand.release(start + step * 4)
        check(hand)
