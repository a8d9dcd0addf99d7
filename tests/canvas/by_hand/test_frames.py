"""Frames by real events: made, named, moved, entered and left, copied, deleted, coloured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit

from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.items.frame_item import FrameItem
from graph_editor.document.edits import layout_of
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import CTRL, RIGHT, SHIFT, Hand, drawn

Make = Callable[[Project], Hand]
K = Qt.Key
A, B, C = map(NodeId, "abc")


def three() -> Project:
    return drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU")


def frames(hand: Hand) -> tuple[Any, ...]:
    found: tuple[Any, ...] = layout_of(hand.document.project, hand.canvas.key).get("frames", ())
    return found


def frame_of(hand: Hand, place: int = 0) -> FrameItem:
    return hand.canvas.world.backdrop.frames[place]


def chosen(hand: Hand) -> frozenset[Mark]:
    return hand.canvas.world.backdrop.chosen


def bar(hand: Hand, place: int = 0) -> QPoint:
    """Return a place on a frame's title."""
    area = frame_of(hand, place).bar()
    return hand.canvas.mapFromScene(area.center())


def field(hand: Hand) -> QLineEdit | QPlainTextEdit:
    """Return the field in which something is typed over the canvas."""
    found = [
        child
        for kind in (QLineEdit, QPlainTextEdit)
        for child in hand.view.findChildren(kind)
        if child.isVisible()
    ]
    assert len(found) == 1, found
    return found[0]


def framed(hand: Hand, title: str, *nodes: NodeId) -> None:
    hand.choose(nodes)
    hand.key(K.Key_C)
    QTest.keyClicks(field(hand), title)
    QTest.keyClick(field(hand), K.Key_Return)


def test_c_frames_the_selection_and_takes_its_title_as_one_step(make_hand: Make) -> None:
    hand = make_hand(three())
    first = dumps(hand.document.project)
    hand.choose([A, B])
    hand.key(K.Key_C)
    QTest.keyClicks(field(hand), "Stem m c n")  # letters that are keys of the canvas, too
    QTest.keyClick(field(hand), K.Key_Return)
    (frame,) = frames(hand)
    assert frame["title"] == "Stem m c n"
    assert set(frame["nodes"]) == {A, B}
    assert frame_of(hand).rect().contains(hand.canvas.world.extent([A, B]))
    assert chosen(hand) == {Mark("frame", 0)}
    assert hand.canvas.selected() == frozenset()
    assert hand.steps() == 1
    hand.document.undo()
    assert dumps(hand.document.project) == first
    assert chosen(hand) == frozenset()


def test_what_has_a_frame_of_its_own_gets_no_second(make_hand: Make) -> None:
    hand = make_hand(three())
    hand.choose([A, B])
    hand.key(K.Key_C)
    QTest.keyClicks(field(hand), "Stem")
    QTest.keyClick(field(hand), K.Key_Return)
    hand.choose([A, B])
    hand.key(K.Key_C)
    assert hand.sentences[-1] == "These nodes have a frame of their own already: Stem."
    assert (len(frames(hand)), hand.steps()) == (1, 1)
    hand.choose([A])
    hand.key(K.Key_C)
    assert len(frames(hand)) == 2


def test_escape_leaves_a_new_frame_without_a_title(make_hand: Make) -> None:
    hand = make_hand(three())
    hand.choose([A])
    hand.key(K.Key_C)
    QTest.keyClicks(field(hand), "Not")
    QTest.keyClick(field(hand), K.Key_Escape)
    assert frames(hand)[0]["title"] == ""
    assert hand.steps() == 1
    assert hand.canvas.hasFocus()


def test_nothing_selected_is_said(make_hand: Make) -> None:
    hand = make_hand(three())
    hand.key(K.Key_C)
    hand.key(K.Key_C, SHIFT)
    hand.key(K.Key_F2, SHIFT)
    assert hand.sentences == [
        "Select a node first.",
        "Select a node first.",
        "Select one frame alone first.",
    ]
    assert hand.steps() == 0
    hand.choose([A])
    hand.key(K.Key_C, SHIFT)
    assert hand.sentences[-1] == "None of the selected nodes is in a frame."


def test_a_drag_of_the_title_moves_all_nodes_as_one_step(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    before, first = hand.canvas.places(), dumps(hand.document.project)
    hand.click(hand.empty())
    assert chosen(hand) == frozenset()
    hand.drag(bar(hand), bar(hand) + QPoint(40, 120))
    now = hand.canvas.places()
    steps = {(now[n][0] - before[n][0], now[n][1] - before[n][1]) for n in (A, B)}
    assert len(steps) == 1
    assert steps != {(0, 0)}
    assert now[C] == before[C]
    assert chosen(hand) == {Mark("frame", 0)}
    assert frames(hand)[0]["nodes"] == (A, B)
    assert hand.document.undo_title == "Move frame Both"
    hand.document.undo()
    assert dumps(hand.document.project) == first


def test_a_node_dropped_in_a_frame_comes_into_it_and_one_dragged_away_leaves(
    make_hand: Make,
) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    inside = hand.canvas.mapFromScene(frame_of(hand).rect().center()) + QPoint(0, 0)
    hand.drag(hand.at("c"), inside)
    assert set(frames(hand)[0]["nodes"]) == {A, B, C}
    assert hand.steps() == 2
    hand.drag(hand.at("c"), hand.at("c") + QPoint(12, 8))
    assert set(frames(hand)[0]["nodes"]) == {A, B, C}, "a small move takes nothing out"
    hand.press(hand.at("c"))
    hand.move(hand.at("c") + QPoint(30, 300))
    assert not frame_of(hand).rect().intersects(hand.canvas.world.nodes[C].rect())
    hand.key(K.Key_Escape)
    hand.release(QPoint(5, 5))
    assert frame_of(hand).rect().contains(hand.canvas.world.nodes[C].rect())
    hand.drag(hand.at("c"), hand.at("c") + QPoint(30, 300))
    assert set(frames(hand)[0]["nodes"]) == {A, B}
    assert hand.steps() == 4
    for _ in range(3):
        hand.document.undo()
    assert frames(hand)[0]["nodes"] == (A, B)


def test_what_is_added_inside_a_frame_belongs_to_it(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "All", A, B, C)
    gap = (hand.at("a") + hand.at("b")) / 2
    hand.drop("nn.Tanh", gap + QPoint(0, 2))
    (new,) = hand.graph.nodes.keys() - {A, B, C}
    assert new in frames(hand)[0]["nodes"]
    assert hand.steps() == 2
    hand.drop("nn.Tanh", QPoint(hand.view.width() // 2, hand.view.height() - 40))
    assert len(frames(hand)[0]["nodes"]) == 4


def test_deleting_a_frame_keeps_its_nodes(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    hand.click(bar(hand))
    hand.key(K.Key_Delete)
    assert frames(hand) == ()
    assert set(hand.graph.nodes) == {A, B, C}
    assert hand.document.undo_title == "Delete frame Both"
    hand.document.undo()
    assert frames(hand)[0]["title"] == "Both"


def test_a_selected_frame_stays_selected_where_another_one_goes(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "One", A)
    framed(hand, "Two", C)
    assert chosen(hand) == {Mark("frame", 1)}
    hand.click(bar(hand, 0))
    hand.key(K.Key_Delete)
    hand.document.undo()
    hand.click(bar(hand, 1))
    hand.document.redo()
    assert chosen(hand) == {Mark("frame", 0)}
    assert frame_of(hand).title == "Two"
    hand.document.undo()
    assert chosen(hand) == {Mark("frame", 1)}


@pytest.mark.parametrize("way", ["double click", "F2"])
def test_a_title_is_typed_anew(make_hand: Make, way: str) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    if way == "F2":
        hand.click(bar(hand))
        hand.key(K.Key_F2)
    else:
        hand.double_click(bar(hand))
    QTest.keyClicks(field(hand), "Stage")
    hand.click(hand.empty())  # elsewhere: takes it
    assert frames(hand)[0]["title"] == "Stage"
    assert hand.steps() == 2


def test_a_comment_is_typed_below_the_title(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    high = frame_of(hand).rect().height()
    hand.key(K.Key_F2, SHIFT)
    QTest.keyClicks(field(hand), "two lines")
    QTest.keyClick(field(hand), K.Key_Return)
    QTest.keyClicks(field(hand), "of words")
    QTest.keyClick(field(hand), K.Key_Return, CTRL)
    assert frames(hand)[0]["comment"] == "two lines\nof words"
    assert frame_of(hand).rect().height() == high + 36
    hand.key(K.Key_F2, SHIFT)
    QTest.keyClick(field(hand), K.Key_A, CTRL)
    QTest.keyClick(field(hand), K.Key_Delete)
    QTest.keyClick(field(hand), K.Key_Return, CTRL)
    assert "comment" not in frames(hand)[0]
    assert hand.steps() == 3


def test_the_menu_of_a_frame_colours_it(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    hand.click(hand.empty())
    QTest.mouseClick(hand.view, RIGHT, Qt.KeyboardModifier.NoModifier, bar(hand))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entries = {act.text(): act for act in menu.actions()}
    assert entries["Grey"].isChecked()
    entries["Pink"].trigger()
    menu.close()
    assert frames(hand)[0]["colour"] == "pink"
    assert hand.steps() == 2


def test_frames_within_frames_lie_within_and_move_along(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Inner", A, B)
    framed(hand, "Outer", A, B, C)
    inner, outer = frame_of(hand, 0), frame_of(hand, 1)
    assert outer.rect().contains(inner.rect())
    assert outer.zValue() < inner.zValue()
    before = QRectF(inner.rect())
    hand.click(hand.empty())
    hand.drag(bar(hand, 1), bar(hand, 1) + QPoint(0, 64))
    moved = frame_of(hand, 0).rect()
    assert moved.top() > before.top()
    assert frame_of(hand, 1).rect().contains(moved)
    hand.choose([B])
    hand.key(K.Key_C, SHIFT)
    assert chosen(hand) == {Mark("frame", 0)}


def test_a_frame_is_copied_cut_and_duplicated_with_what_is_in_it(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    hand.click(bar(hand))
    hand.key(K.Key_D, CTRL)
    assert len(hand.graph.nodes) == 5
    assert [frame["title"] for frame in frames(hand)] == ["Both", "Both"]
    assert set(frames(hand)[1]["nodes"]) == hand.canvas.selected()
    hand.document.undo()
    hand.click(bar(hand))
    hand.key(K.Key_X, CTRL)
    assert set(hand.graph.nodes) == {C}
    assert frames(hand) == ()
    assert hand.document.undo_title == "Cut frame Both"
    hand.key(K.Key_V, CTRL)
    assert len(hand.graph.nodes) == 3
    assert frames(hand)[0]["title"] == "Both"


def test_arrows_move_a_selected_frame(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    before = hand.canvas.places()
    hand.click(bar(hand))
    hand.key(K.Key_Right, SHIFT)
    hand.key(K.Key_Right, SHIFT)
    now = hand.canvas.places()
    assert [now[n][0] - before[n][0] for n in (A, B, C)] == [16, 16, 0]
    assert hand.steps() == 2


def test_frames_are_seen_from_afar(make_hand: Make) -> None:
    hand = make_hand(three())
    framed(hand, "Both", A, B)
    hand.click(hand.empty())
    hand.canvas.set_zoom(0.2)
    hand.canvas.centerOn(frame_of(hand).rect().center())
    spot = hand.canvas.mapFromScene(frame_of(hand).rect().bottomRight()) - QPoint(2, 2)
    with_frame = hand.view.grab().toImage().pixelColor(spot)
    hand.document.undo()
    assert hand.view.grab().toImage().pixelColor(spot) != with_frame
