"""An empty canvas says in one line how to begin."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.empty_hint import EmptyHint
from graph_editor.document.model import Project
from tests.canvas.hand import CTRL, Hand, digits

Make = Callable[[Project], Hand]


def hint(hand: Hand) -> EmptyHint:
    (found,) = hand.canvas.findChildren(EmptyHint)
    return found


def test_it_stands_in_the_middle_while_there_is_no_node(make_hand: Make) -> None:
    hand = make_hand(Project())
    shown = hint(hand)
    assert shown.isVisible()
    way = shown.geometry().center() - hand.canvas.rect().center()
    assert way.manhattanLength() <= 2
    hand.canvas.resize(700, 500)
    QApplication.processEvents()
    way = shown.geometry().center() - hand.canvas.rect().center()
    assert way.manhattanLength() <= 2


def test_it_goes_with_the_first_node_and_comes_with_the_last(make_hand: Make) -> None:
    hand = make_hand(digits())
    assert not hint(hand).isVisible()
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_Delete)
    assert hint(hand).isVisible()
    hand.document.undo()
    assert not hint(hand).isVisible()


def test_the_mouse_and_a_pan_go_through_it(make_hand: Make) -> None:
    hand = make_hand(Project())
    shown = hint(hand)
    middle = shown.geometry().center()
    under = hand.window.childAt(hand.canvas.mapTo(hand.window, middle))
    assert under is hand.view
    before = shown.geometry()
    hand.drag(middle, middle + QPoint(80, 40), Qt.MouseButton.MiddleButton)
    assert shown.geometry() == before
