"""Notes by real events: written, rewritten, moved, selected, copied, coloured, deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit

from graph_editor.canvas.backdrop import Mark
from graph_editor.document.edits import layout_of
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.canvas.by_hand.test_frames import bar, chosen, field, framed
from tests.canvas.hand import CTRL, SHIFT, Hand, drawn, noted

Make = Callable[[Project], Hand]
K = Qt.Key


def notes(hand: Hand) -> tuple[Any, ...]:
    found: tuple[Any, ...] = layout_of(hand.document.project, hand.canvas.key).get("notes", ())
    return found


def two_notes() -> Project:
    project = drawn(a="nn.ReLU", b="nn.ReLU")
    return noted(project, (0.0, 160.0, "First"), (320.0, 160.0, "Second"))


def sheet(hand: Hand, place: int) -> QPoint:
    return hand.canvas.mapFromScene(hand.canvas.world.backdrop.notes[place].rect().center())


def test_n_writes_a_note_of_several_lines_as_one_step(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    first = dumps(hand.document.project)
    hand.key(K.Key_N)
    typed = field(hand)
    assert isinstance(typed, QPlainTextEdit)
    QTest.keyClicks(typed, "Mind")
    QTest.keyClick(typed, K.Key_Return)
    QTest.keyClicks(typed, "c n m")
    QTest.keyClick(typed, K.Key_Return, CTRL)
    (note,) = notes(hand)
    assert note["text"] == "Mind\nc n m"
    assert chosen(hand) == {Mark("note", 0)}
    assert hand.steps() == 1
    hand.document.undo()
    assert dumps(hand.document.project) == first


@pytest.mark.parametrize("text", ["", "   "])
def test_a_note_without_text_is_none(make_hand: Make, text: str) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    hand.key(K.Key_N)
    QTest.keyClicks(field(hand), text)
    hand.click(hand.empty())
    assert notes(hand) == ()
    assert hand.steps() == 0


def test_escape_gives_a_note_up(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    hand.double_click(sheet(hand, 0))
    QTest.keyClicks(field(hand), " no")
    QTest.keyClick(field(hand), K.Key_Escape)
    assert notes(hand)[0]["text"] == "First"
    assert hand.steps() == 0


def test_a_double_click_rewrites_a_note_and_emptied_it_is_gone(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    hand.double_click(sheet(hand, 0))
    QTest.keyClicks(field(hand), " of all")
    hand.click(hand.empty())
    assert notes(hand)[0]["text"] == "First of all"
    hand.key(K.Key_F2)  # a click elsewhere selects nothing
    hand.click(sheet(hand, 0))
    hand.key(K.Key_F2)
    QTest.keyClick(field(hand), K.Key_A, CTRL)
    QTest.keyClick(field(hand), K.Key_Delete)
    QTest.keyClick(field(hand), K.Key_Return, CTRL)
    assert [note["text"] for note in notes(hand)] == ["Second"]
    assert hand.steps() == 2


def test_notes_are_moved_with_nodes_and_alone(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    hand.drag(sheet(hand, 0), sheet(hand, 0) + QPoint(48, 32))
    (x, y), second = notes(hand)[0]["at"], notes(hand)[1]["at"]
    assert (x % 8, y % 8) == (0, 0)
    assert x > 0
    assert second == (320.0, 160.0)
    assert hand.document.undo_title == "Move a note"
    hand.click(hand.at("b"))
    hand.click(sheet(hand, 1), SHIFT)
    before = hand.canvas.places()[NodeId("b")]
    hand.drag(sheet(hand, 1), sheet(hand, 1) + QPoint(16, 40))
    now = hand.canvas.places()[NodeId("b")]
    moved = notes(hand)[1]["at"]
    assert (now[0] - before[0], now[1] - before[1]) == (moved[0] - 320, moved[1] - 160)
    assert hand.document.undo_title == "Move ReLU and a note"
    assert hand.steps() == 2


def test_a_box_and_clicks_select_notes(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    both = {Mark("note", 0), Mark("note", 1)}
    hand.drag(sheet(hand, 0) + QPoint(-160, 70), sheet(hand, 1))
    assert chosen(hand) == both
    hand.click(sheet(hand, 0), CTRL)
    assert chosen(hand) == {Mark("note", 1)}
    hand.click(sheet(hand, 0), SHIFT)
    assert chosen(hand) == both
    hand.key(K.Key_Escape)
    assert chosen(hand) == frozenset()
    hand.key(K.Key_A, CTRL)
    assert chosen(hand) == both
    assert hand.canvas.selected() == {"a", "b"}
    hand.key(K.Key_Delete)
    assert notes(hand) == ()
    assert not hand.graph.nodes
    assert hand.document.undo_title == "Delete 2 nodes and 2 notes"
    assert hand.steps() == 1


def test_notes_are_gone_through_by_keys(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    for place in (0, 1, 0):
        hand.key(K.Key_N, SHIFT)
        assert chosen(hand) == {Mark("note", place)}
    hand.key(K.Key_Right, SHIFT)
    assert notes(hand)[0]["at"] == (8.0, 160.0)


def test_notes_are_copied_and_do_not_pile_up(make_hand: Make) -> None:
    hand = make_hand(two_notes())
    hand.click(sheet(hand, 0))
    hand.key(K.Key_C, CTRL)
    assert hand.sentences[-1] == "Copied a note."
    hand.key(K.Key_V, CTRL)
    hand.key(K.Key_V, CTRL)
    hand.key(K.Key_D, CTRL)
    assert [note["text"] for note in notes(hand)] == ["First", "Second", *["First"] * 3]
    assert len({note["at"] for note in notes(hand)}) == 5
    assert chosen(hand) == {Mark("note", 4)}
    other = make_hand(drawn())
    other.key(K.Key_V, CTRL)
    assert [note["text"] for note in notes(other)] == ["First"]


def test_a_note_in_a_frame_goes_where_the_frame_goes(make_hand: Make) -> None:
    project = noted(drawn(a="nn.ReLU", b="nn.ReLU"), (64.0, 24.0, "Within"))
    hand = make_hand(project)
    framed(hand, "Both", NodeId("a"), NodeId("b"))
    hand.click(hand.empty())
    hand.drag(bar(hand), bar(hand) + QPoint(0, 80))
    x, y = notes(hand)[0]["at"]
    assert x == 64
    assert y - 24 == hand.canvas.places()[NodeId("a")][1]
    hand.key(K.Key_D, CTRL)
    assert [note["text"] for note in notes(hand)] == ["Within", "Within"]
