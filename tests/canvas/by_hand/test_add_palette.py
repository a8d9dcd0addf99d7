"""The add-palette: by keyboard alone, inside the window, and each choice one step."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.canvas.hand import CTRL, SHIFT, Hand, digits, drawn, ins, out

Make = Callable[[Project], Hand]
DOWN, UP, ENTER = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return


def typed(hand: Hand, text: str) -> AddPalette:
    palette = hand.palette()
    QTest.keyClicks(palette.line, text)
    return palette


def added(hand: Hand) -> NodeId:
    (node,) = hand.canvas.selected()
    return node


def test_tab_and_a_line_add_a_layer_with_its_numbers(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "conv 64 3 p1")
    QTest.keyClick(palette.line, ENTER)
    node = hand.graph.nodes[added(hand)]
    assert node.spec == "nn.Conv2d"
    assert node.args == FrozenMap({"out_channels": 64, "kernel_size": 3, "padding": 1})
    assert hand.steps() == 1
    hand.document.undo()
    assert not hand.graph.nodes


@pytest.mark.parametrize("text", ["conv 64, 3", "Conv2d(64, 3)", "conv (64, 3)"])
def test_numbers_may_be_typed_as_code_has_them(make_hand: Make, text: str) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClick(typed(hand, text).line, ENTER)
    node = hand.graph.nodes[added(hand)]
    assert node.spec == "nn.Conv2d"
    assert node.args == FrozenMap({"out_channels": 64, "kernel_size": 3})


def test_the_key_opens_it_where_the_pointer_is(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    for spot in (QPoint(150, 120), QPoint(600, 90)):
        hand.hover(spot)
        hand.key(Qt.Key.Key_Tab)
        palette = hand.palette()
        assert palette.geometry().topLeft() == spot
        QTest.keyClick(palette.line, Qt.Key.Key_Escape)


def test_shift_a_opens_it_too(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_A, SHIFT)
    assert hand.palette().line.hasFocus()


def test_a_double_click_on_empty_canvas_adds_there(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    spot = QPoint(200, 500)
    hand.double_click(spot)
    assert hand.palette().geometry().x() == spot.x()
    QTest.keyClick(typed(hand, "dropout").line, ENTER)
    where = hand.canvas.node_rect(added(hand))
    assert where.adjusted(-80, -40, 80, 40).contains(spot)
    x, y = hand.canvas.places()[added(hand)]
    assert (x % 8, y % 8) == (0, 0)


def test_arrows_choose_and_the_ends_go_round(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "conv")
    names = [hit.spec.name for hit in palette.rows.hits]
    QTest.keyClick(palette.line, DOWN)
    assert palette.current() is not None
    assert palette.list.currentIndex().row() == 1
    QTest.keyClick(palette.line, UP)
    QTest.keyClick(palette.line, UP)
    assert palette.list.currentIndex().row() == len(names) - 1
    QTest.keyClick(palette.line, DOWN)
    QTest.keyClick(palette.line, Qt.Key.Key_Tab)
    QTest.keyClick(palette.line, ENTER)
    assert hand.graph.nodes[added(hand)].spec == names[1]


def test_a_click_on_a_row_adds_it(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "relu")
    row = palette.list.visualRect(palette.rows.index(3, 0)).center()
    name = palette.rows.hits[3].spec.name
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert hand.graph.nodes[added(hand)].spec == name


def test_escape_closes_it_and_the_canvas_has_the_keyboard_again(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(Qt.Key.Key_Tab)
    palette = hand.palette()
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert hand.canvas.hasFocus()
    assert hand.steps() == 0


def test_a_press_elsewhere_closes_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.key(Qt.Key.Key_Tab)
    palette = hand.palette()
    hand.click(hand.empty())
    hand.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not palette.isVisible()


@pytest.mark.parametrize("corner", [(4, 4), (1190, 4), (4, 690), (1190, 690)])
def test_it_stays_inside_the_window(make_hand: Make, corner: tuple[int, int]) -> None:
    hand = make_hand(Project())
    hand.double_click(QPoint(*corner))
    inside = QRect(0, 0, 1200, 700)
    assert inside.contains(hand.palette().geometry())
    assert hand.palette().height() > 200


def test_shift_enter_wires_it_to_the_selected_node(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU"))
    hand.click(hand.at("a"))
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "linear 10")
    QTest.keyClick(palette.line, ENTER, SHIFT)
    assert dict(hand.graph.wires) == {ins(added(hand)): out("a")}
    assert hand.steps() == 1


def test_shift_enter_says_where_nothing_fits(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("optimizer"))
    hand.key(Qt.Key.Key_Tab)
    QTest.keyClick(typed(hand, "linear 5").line, ENTER, SHIFT)
    assert added(hand) not in {target.node for target in hand.graph.wires}
    assert hand.sentences[-1] == "Linear has no wire yet: nothing of it fits AdamW."
    assert hand.steps() == 1


def test_what_was_added_last_comes_first(make_hand: Make) -> None:
    hand = make_hand(Project())
    told: list[str] = []
    hand.canvas.spec_used.connect(told.append)
    for text in ("hardtanh", "gru", "lstm"):
        hand.key(Qt.Key.Key_Tab)
        QTest.keyClick(typed(hand, text).line, ENTER)
    assert told == ["nn.Hardtanh", "nn.GRU", "nn.LSTM"]
    hand.key(Qt.Key.Key_Tab)
    first = [hit.spec.name for hit in hand.palette().rows.hits[:3]]
    assert first == ["nn.LSTM", "nn.GRU", "nn.Hardtanh"]


def test_the_filter_of_a_wire_can_be_lifted(make_hand: Make) -> None:
    hand = make_hand(drawn(step="lr_scheduler.StepLR"))
    hand.drag(hand.port(ins("step", "optimizer")), hand.empty())
    palette = hand.palette()
    fewer = len(palette.rows.hits)
    assert palette.filter_chip.isVisible()
    QTest.keyClick(palette.line, Qt.Key.Key_Backspace)
    assert not palette.filter_chip.isVisible()
    assert len(palette.rows.hits) > fewer
    QTest.keyClick(typed(hand, "relu").line, ENTER)
    assert not hand.graph.wires, "what does not fit is added, and not wired"


def test_keys_typed_into_it_are_no_keys_of_the_canvas(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "flat")
    QTest.keyClick(palette.line, Qt.Key.Key_Delete)
    QTest.keyClick(palette.line, Qt.Key.Key_A, CTRL)
    assert "conv1" in hand.graph.nodes
    assert hand.canvas.selected() == {"conv1"}
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)


def test_nothing_that_matches_adds_nothing(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "qqzx")
    QTest.keyClick(palette.line, ENTER)
    assert palette.isVisible()
    assert hand.steps() == 0
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)


def test_each_row_says_itself_to_a_screen_reader(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.key(Qt.Key.Key_Tab)
    palette = typed(hand, "linear")
    spoken = palette.rows.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Linear, Layers.")
    assert palette.line.accessibleName()
    assert palette.list.accessibleName()


def test_what_is_added_by_keys_goes_behind_the_selected_node_where_it_covers_nothing(
    make_hand: Make,
) -> None:
    hand = make_hand(Project())
    added = []
    for text in ("wine", "linear 3", "cross", "adamw"):
        before = set(hand.graph.nodes)
        hand.key(Qt.Key.Key_Tab)
        QTest.keyClick(typed(hand, text).line, ENTER)
        (made,) = set(hand.graph.nodes) - before
        added.append(hand.canvas.node_rect(made))
        hand.hover(hand.at(made) + QPoint(-30, 0))  # the pointer rests where no node has room
    data, layer, loss, optimizer = added
    assert data.right() < layer.left()
    assert layer.right() < loss.left()
    assert loss.bottom() + 56 < optimizer.top()  # the curves of a run have room between
    assert loss.left() == optimizer.left()


def test_a_chain_added_by_keyboard_is_straight_and_nothing_covers_another(make_hand: Make) -> None:
    hand = make_hand(Project())
    for text in ("digits", "conv 8 3", "relu", "flatten", "linear 10", "cross", "sgd"):
        hand.key(Qt.Key.Key_Tab)
        palette = typed(hand, text)
        QTest.keyClick(palette.line, ENTER, SHIFT)
    scene = hand.canvas.world
    level = {round(scene.wires[end].start[1], 3) for end in scene.wires if end.port == "input"}
    assert len(level) == 1, level
    cards = [item.rect() for item in scene.nodes.values()]
    for index, card in enumerate(cards):
        assert not any(card.intersects(other) for other in cards[index + 1 :])
    assert len(hand.graph.nodes) == 9
    assert hand.steps() == 7


def test_what_is_added_in_the_same_place_lies_beside(make_hand: Make) -> None:
    hand = make_hand(Project())
    for _ in range(3):
        hand.key(Qt.Key.Key_Tab)
        QTest.keyClick(typed(hand, "ReLU").line, ENTER)
    cards = [item.rect() for item in hand.canvas.world.nodes.values()]
    assert not any(a.intersects(b) for a, b in combinations(cards, 2))
