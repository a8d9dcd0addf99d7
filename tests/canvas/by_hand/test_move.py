"""Select, move, pan and zoom by hand: each is verified against the document and the view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from graph_editor.document.edits import positions_of
from graph_editor.document.model import FrozenMap, NodeId, Project
from tests.canvas.hand import CTRL, MIDDLE, SHIFT, Hand, digits, drawn, out

Make = Callable[[Project], Hand]


def test_a_click_selects_one_node_and_one_on_empty_canvas_none(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    assert hand.canvas.selected() == {"conv1"}
    hand.click(hand.at("bn1"))
    assert hand.canvas.selected() == {"bn1"}
    hand.click(hand.empty())
    assert hand.canvas.selected() == frozenset()
    assert hand.steps() == 0


def test_a_drag_from_far_away_moves_the_node_though_its_ports_are_all_over_it(
    make_hand: Make,
) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.05)
    wires, before = hand.graph.wires, positions_of(hand.document.project, "main")
    start = hand.at("relu1")
    hand.drag(start, start + QPoint(30, 40))
    assert hand.graph.wires == wires
    assert positions_of(hand.document.project, "main").changed_from(before)
    assert hand.steps() == 1


def test_shift_adds_and_ctrl_toggles(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.click(hand.at("conv1"))
    hand.click(hand.at("bn1"), SHIFT)
    hand.click(hand.at("bn1"), SHIFT)
    assert hand.canvas.selected() == {"conv1", "bn1"}
    hand.click(hand.at("conv1"), CTRL)
    assert hand.canvas.selected() == {"bn1"}
    hand.click(hand.at("conv1"), CTRL)
    assert hand.canvas.selected() == {"conv1", "bn1"}


def test_a_click_on_one_of_several_selected_selects_it_alone(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.choose([NodeId("conv1"), NodeId("bn1")])
    hand.click(hand.at("bn1"))
    assert hand.canvas.selected() == {"bn1"}


def test_a_drag_moves_the_node_on_the_grid_in_one_step(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    start, zoom = hand.at("a"), hand.canvas.zoom()
    hand.drag(start, start + QPoint(101, 57))
    x, y = positions_of(hand.document.project, "main")[NodeId("a")]
    assert (x % 8, y % 8) == (0, 0)
    assert abs(x - 101 / zoom) <= 4
    assert abs(y - 57 / zoom) <= 4
    assert hand.canvas.places()[NodeId("a")] == (x, y)
    assert positions_of(hand.document.project, "main")[NodeId("b")] == (240, 0)
    assert hand.steps() == 1
    hand.document.undo()
    assert hand.canvas.places()[NodeId("a")] == (0, 0)


def test_two_drags_of_a_node_are_two_steps(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    places = [hand.canvas.places()[NodeId("a")]]
    for _ in range(2):
        hand.drag(hand.at("a"), hand.at("a") + QPoint(60, 40))
        places.append(hand.canvas.places()[NodeId("a")])
    assert len(set(places)) == 3
    assert hand.steps() == 2
    for place in reversed(places[:-1]):
        hand.document.undo()
        assert hand.canvas.places()[NodeId("a")] == place


def test_a_drag_of_one_takes_all_selected_along(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU"))
    hand.choose([NodeId("a"), NodeId("b")])
    hand.drag(hand.at("b"), hand.at("b") + QPoint(40, 80))
    at = positions_of(hand.document.project, "main")
    assert at[NodeId("b")][0] - at[NodeId("a")][0] == 240
    assert at[NodeId("a")][1] == at[NodeId("b")][1] > 0
    assert at[NodeId("c")] == (480, 0)
    assert hand.canvas.selected() == {"a", "b"}
    assert hand.steps() == 1


def test_places_that_were_never_written_are_written_by_a_drag(make_hand: Make) -> None:
    project = digits()
    bare = Project(project.main, project.blocks, project.code, project.run)
    hand = make_hand(bare)
    shown = hand.canvas.places()
    hand.drag(hand.at("conv1"), hand.at("conv1") + QPoint(0, 60))
    written = positions_of(hand.document.project, "main")
    assert set(written) == set(project.main.graph.nodes)
    assert all(written[node] == shown[node] for node in written if node != "conv1")
    assert written[NodeId("conv1")] != shown[NodeId("conv1")]


def test_a_tremble_of_the_hand_moves_nothing(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.drag(hand.at("conv1"), hand.at("conv1") + QPoint(2, 1))
    assert hand.steps() == 0


def test_escape_takes_a_move_back(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.canvas.places()
    hand.press(hand.at("conv1"))
    hand.move(hand.at("conv1") + QPoint(30, 90))
    assert hand.canvas.places() != before
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.places() == before
    hand.release(QPoint(400, 400))
    assert hand.steps() == 0
    assert hand.canvas.selected() == {"conv1"}


def test_a_box_selects_what_it_touches(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU", c="nn.ReLU"))
    hand.drag(hand.at("a") + QPoint(-90, -60), hand.at("b") + QPoint(0, 40))
    assert hand.canvas.selected() == {"a", "b"}
    hand.drag(hand.at("c") + QPoint(-60, -60), hand.at("c") + QPoint(90, 60), modifiers=SHIFT)
    assert hand.canvas.selected() == {"a", "b", "c"}
    hand.drag(hand.at("c") + QPoint(-60, -60), hand.at("c") + QPoint(90, 60), modifiers=CTRL)
    assert hand.canvas.selected() == {"a", "b"}
    assert hand.steps() == 0


def test_escape_takes_a_box_back(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    hand.choose([NodeId("b")])
    hand.press(hand.at("a") + QPoint(-90, -60))
    hand.move(hand.at("a") + QPoint(20, 60))
    assert hand.canvas.selected() == {"a"}
    items = len(hand.canvas.world.items())
    hand.key(Qt.Key.Key_Escape)
    assert hand.canvas.selected() == {"b"}
    assert len(hand.canvas.world.items()) == items - 1


def test_the_middle_button_pans_and_so_does_space_with_the_left(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.zoom_to(1.0)
    place = hand.at("conv1")
    hand.drag(QPoint(300, 300), QPoint(350, 280), MIDDLE)
    assert hand.at("conv1") - place == QPoint(50, -20)
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    hand.drag(QPoint(300, 300), QPoint(280, 340))
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Space)
    assert hand.at("conv1") - place == QPoint(30, 20)
    assert hand.steps() == 0
    hand.drag(hand.at("conv1"), hand.at("conv1") + QPoint(0, 40))
    assert hand.steps() == 1, "with Space let go, a drag moves nodes again"


def test_space_is_let_go_where_the_keyboard_goes_elsewhere(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.zoom_to(1.0)
    place = hand.at("conv1")
    QTest.keyPress(hand.canvas, Qt.Key.Key_Space)
    assert hand.view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    hand.canvas.clearFocus()
    hand.canvas.setFocus()
    assert hand.view.cursor().shape() != Qt.CursorShape.OpenHandCursor
    hand.drag(place, place + QPoint(0, 40))
    assert hand.canvas.selected() == {"conv1"}
    assert hand.steps() == 1


@pytest.mark.parametrize(
    ("turn", "pixels", "modifiers"),
    [(120, 0, Qt.KeyboardModifier.NoModifier), (120, 0, CTRL), (0, 40, CTRL), (30, 12, CTRL)],
)
def test_the_wheel_zooms_where_the_pointer_is(
    make_hand: Make, turn: int, pixels: int, modifiers: Qt.KeyboardModifier
) -> None:
    hand = make_hand(digits())
    hand.canvas.zoom_to(0.8)
    spot = QPoint(420, 200)
    under = hand.canvas.mapToScene(spot)
    hand.wheel(spot, turn, pixels, modifiers)
    assert hand.canvas.zoom() > 0.8
    moved = hand.canvas.mapToScene(spot) - under
    assert abs(moved.x()) <= 1.5
    assert abs(moved.y()) <= 1.5
    hand.wheel(spot, -turn, -pixels, modifiers)
    assert hand.canvas.zoom() == pytest.approx(0.8)


def test_the_zoom_has_limits(make_hand: Make) -> None:
    hand = make_hand(digits())
    for _ in range(60):
        hand.wheel(QPoint(300, 300), 240)
    most = hand.canvas.zoom()
    hand.wheel(QPoint(300, 300), 240)
    assert hand.canvas.zoom() == most
    for _ in range(90):
        hand.wheel(QPoint(300, 300), -240)
    assert 0 < hand.canvas.zoom() < 0.2


def test_shift_and_the_wheel_pan_sideways(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.zoom_to(1.0)
    place = hand.at("conv1")
    hand.wheel(QPoint(300, 300), 120, modifiers=SHIFT)
    assert hand.at("conv1") - place == QPoint(120, 0)
    assert hand.canvas.zoom() == 1.0


@pytest.mark.parametrize("what", ["move", "wire", "box"])
def test_an_undo_while_the_hand_holds_something_lets_it_go(make_hand: Make, what: str) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    hand.drag(hand.at("a"), hand.at("a") + QPoint(0, 80))
    spots = {"move": hand.at("a"), "wire": hand.port(out("a")), "box": QPoint(30, 30)}
    hand.press(spots[what])
    hand.move(spots[what] + QPoint(40, 40))
    hand.document.undo()
    assert hand.canvas.held is None
    assert hand.canvas.places()[NodeId("a")] == (0, 0)
    hand.move(spots[what] + QPoint(60, 60))
    hand.release(spots[what] + QPoint(60, 60))
    assert hand.document.project.main.graph == drawn(a="nn.ReLU", b="nn.ReLU").main.graph
    assert not hand.document.can_undo


def test_the_node_in_the_hand_may_vanish(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.ReLU", b="nn.ReLU"))
    start = hand.port(out("a"))
    hand.press(start)
    hand.move(start + QPoint(40, 40))
    hand.lose("a")
    hand.move(start + QPoint(60, 60))
    hand.release(start + QPoint(60, 60))
    assert set(hand.graph.nodes) == {"b"}
    assert not hand.canvas.world.hand.isVisible()


def test_undo_brings_a_node_back_to_where_it_lay_before_it_had_a_place(make_hand: Make) -> None:
    hand = make_hand(replace(digits(), layout=FrozenMap()))
    before = dict(hand.canvas.places())
    start = hand.at("relu1")
    hand.drag(start, start + QPoint(40, 90))
    assert dict(hand.canvas.places()) != before
    hand.document.undo()
    assert dict(hand.canvas.places()) == before
