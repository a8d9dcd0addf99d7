"""A card does not grow over the one at its right for what it says of its parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from graph_editor.canvas.anatomy import LINE_X, text_width
from graph_editor.document.edits import in_block, move_nodes, set_argument
from graph_editor.document.model import Arg, NodeId, Project
from tests.canvas.hand import Hand, digits, out
from tests.canvas.test_long_names import CONV, NORM, named, overlaps, width

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]

WIDE: dict[str, Arg] = {
    "out_channels": 1_234_567_890_123_456_789,
    "kernel_size": (123_456_789, 987_654_321),
    "padding": (1_234_567, 7_654_321),
}


def widened(project: Project, *nodes: str) -> Project:
    for node in nodes:
        for name, value in WIDE.items():
            put = partial(set_argument, node_id=NodeId(node), name=name, value=value)
            project = in_block(project, "main", put)
    return project


def said(hand: Hand) -> list[str]:
    """Return what is painted on the card, in the parameters' line."""
    hand.canvas.zoom_to(1.0)
    hand.canvas.reveal(CONV)
    hand.canvas.grab()
    texts = hand.canvas.world.nodes[CONV].shown.texts
    assert texts is not None
    lines = [(at.x(), static.text()) for at, static, _, _ in texts.texts if at.y() > 24]
    edge = width(hand) - LINE_X
    assert all(x + text_width(text, "parameter") <= edge + 1 for x, text in lines)
    return [text for _, text in lines]


@pytest.mark.parametrize("is_named", [False, True])
def test_wide_numbers_make_no_card_overlap_the_next(make_hand: Make, is_named: bool) -> None:
    before = named(digits(), "conv1", "conv2") if is_named else digits()
    hand = make_hand(before)
    hand.document.apply(lambda p: widened(p, "conv1", "conv2"), "Set")
    assert overlaps(hand) == []
    item = hand.canvas.world.nodes[CONV]
    assert item.rect().width() < item.natural.width
    assert hand.canvas.world.place_of(out("conv1")).x() == item.rect().right()
    assert said(hand)[-1].endswith("…")
    again = make_hand(hand.document.project)  # as it is after the file was opened anew
    assert width(again) == width(hand)
    hand.document.undo()
    assert width(hand) == width(make_hand(before))


def test_all_of_it_is_told_under_the_pointer(make_hand: Make) -> None:
    hand = make_hand(widened(digits(), "conv1"))
    long = tuple(range(100, 140))
    put = partial(set_argument, node_id=CONV, name="stride", value=long)
    hand.document.apply(lambda p: in_block(p, "main", put), "Set")
    spot = hand.at("conv1")
    event = QHelpEvent(QHelpEvent.Type.ToolTip, spot, hand.view.mapToGlobal(spot))
    QApplication.sendEvent(hand.view, event)
    words = QToolTip.text()
    assert "kernel_size=123456789×987654321" in words
    assert "×".join(map(str, long)) in words
    QToolTip.hideText()


def test_what_somebody_has_put_over_it_cuts_nothing(make_hand: Make) -> None:
    hand = make_hand(widened(digits(), "conv1"))
    natural = hand.canvas.world.nodes[CONV].natural.width
    x, y = hand.canvas.places()[CONV]
    hand.document.apply(lambda p: move_nodes(p, "main", {NORM: (x + 30, y)}), "Move")
    assert width(hand) == natural
    hand.document.undo()
    assert width(hand) < natural
    hand.canvas.arrange_all()
    assert width(hand) == natural
    assert overlaps(hand) == []
