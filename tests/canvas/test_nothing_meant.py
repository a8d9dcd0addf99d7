"""Keys where nothing is selected say why nothing happens; a selected frame stands for its nodes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from graph_editor.canvas.actions_select import cannot_select_none, select_none
from graph_editor.canvas.gestures.edit_keys import ROWS, Row
from graph_editor.document.edits import is_off
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.canvas.by_hand.test_frames import bar, framed
from tests.canvas.hand import CTRL, SHIFT, Hand, digits

Make = Callable[[Project], Hand]
K = Qt.Key
CHAIN = tuple(map(NodeId, ("conv1", "bn1", "relu1")))
OPENS = {"add.note", "add.palette", "help.shortcuts", "edit.select_none", "view.trace"}
OPENS |= {"edit.paste", "edit.ask_menu"}
"""Keys that need nothing to be there."""
NEEDS = [row for row in ROWS if row.id not in OPENS]


def pressed(row: Row) -> QKeyCombination:
    found: QKeyCombination = QKeySequence(row.keys)[0]  # type: ignore[assignment]  # not text
    return found


@pytest.mark.parametrize("row", NEEDS, ids=lambda row: f"{row.id} {row.keys}")
def test_a_key_on_an_empty_canvas_says_why_nothing_happens(make_hand: Make, row: Row) -> None:
    hand = make_hand(Project())
    hand.click(hand.view.rect().center())
    key = pressed(row)
    hand.key(key.key(), key.keyboardModifiers())
    (said,) = hand.sentences
    assert said.endswith(".")
    assert hand.steps() == 0


def test_del_says_what_it_can_act_on(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.empty())
    hand.key(K.Key_Delete)
    hand.key(K.Key_Delete, CTRL)
    assert hand.sentences == [
        "Select a node, a wire, a frame or a note first.",
        "Select a node first.",
    ]
    assert hand.steps() == 0


def test_a_selected_frame_can_be_let_go(make_hand: Make) -> None:
    hand = make_hand(digits())
    assert cannot_select_none(hand.canvas) == "Nothing is selected."
    framed(hand, "Stem", *CHAIN)
    hand.click(bar(hand))
    assert not cannot_select_none(hand.canvas)
    select_none(hand.canvas)
    assert not hand.canvas.world.backdrop.chosen


def with_frame(make_hand: Make) -> Hand:
    """Return a hand that has clicked the title of a frame around three nodes."""
    hand = make_hand(digits())
    framed(hand, "Stem", *CHAIN)
    hand.canvas.select(())
    hand.click(bar(hand))
    assert not hand.canvas.selected()
    return hand


def test_a_selected_frame_becomes_a_block_of_its_name(make_hand: Make) -> None:
    hand = with_frame(make_hand)
    before = dumps(hand.document.project)
    hand.key(K.Key_G, CTRL)
    QTest.keyClick(hand.rename_line(), K.Key_Return)
    (block,) = hand.document.project.blocks.values()
    assert block.name == "Stem"
    assert set(CHAIN) <= set(block.graph.nodes)
    hand.document.undo()
    assert dumps(hand.document.project) == before


def test_the_nodes_of_a_selected_frame_are_bypassed_lined_up_and_arranged(make_hand: Make) -> None:
    hand = with_frame(make_hand)
    hand.key(K.Key_M)
    off = {key for key, node in hand.graph.nodes.items() if is_off(node)}
    assert off == set(CHAIN)
    hand.key(K.Key_Left, Qt.KeyboardModifier.AltModifier | SHIFT)
    assert len({hand.canvas.places()[node][0] for node in CHAIN}) == 1
    others = {n: at for n, at in hand.canvas.places().items() if n not in CHAIN}
    hand.key(K.Key_L, SHIFT)
    places = hand.canvas.places()
    assert len({places[node][0] for node in CHAIN}) == 3
    assert {n: places[n] for n in others} == others
    assert hand.sentences == []


def test_what_leads_to_a_selected_frame_is_selected_with_its_nodes(make_hand: Make) -> None:
    hand = with_frame(make_hand)
    hand.key(K.Key_BracketLeft)
    assert hand.canvas.selected() == {*CHAIN, "image", "digits"}


def test_a_selected_frame_is_fitted_into_view(make_hand: Make) -> None:
    hand = with_frame(make_hand)
    hand.canvas.pan_by(5000, 5000)
    hand.key(K.Key_F)
    area = hand.canvas.world.backdrop.frames[0].rect()
    assert hand.view.rect().contains(hand.canvas.mapFromScene(area).boundingRect())
    assert hand.canvas.zoom() > 0.9
