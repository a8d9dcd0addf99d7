"""Looking: zoom, pan, fit, what is under the pointer, and the far view."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.items.state import FAR_BELOW
from graph_editor.canvas.theme import code_font, text_font, theme
from graph_editor.canvas.view import MAX_ZOOM, MIN_ZOOM, READABLE, TIGHT
from graph_editor.document.edits import add_node, in_block, set_bends
from graph_editor.document.model import InPort, Node, NodeId, Project
from tests.canvas.hand import Hand, digits, drawn, ins, out

if TYPE_CHECKING:
    Make = Callable[[Project], Hand]


def close(one: QPoint, other: QPoint, by: int = 2) -> bool:
    return (one - other).manhattanLength() <= by


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.25, 3.0])
def test_what_is_under_the_pointer_stays_when_zooming(make_hand: Make, factor: float) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.8)
    spot = QPoint(317, 211)
    before = hand.canvas.mapToScene(spot)
    hand.canvas.zoom_at(factor, spot)
    assert hand.canvas.zoom() == pytest.approx(0.8 * factor)
    assert close(hand.canvas.mapFromScene(before), spot)


def test_zoom_has_limits_and_is_told(make_hand: Make) -> None:
    hand = make_hand(digits())
    told: list[float] = []
    hand.canvas.zoom_changed.connect(told.append)
    hand.canvas.set_zoom(100)
    assert hand.canvas.zoom() == MAX_ZOOM
    hand.canvas.set_zoom(0.0001)
    assert hand.canvas.zoom() == pytest.approx(MIN_ZOOM)
    assert told == pytest.approx([MAX_ZOOM, MIN_ZOOM])


def test_panning_has_no_edge(make_hand: Make) -> None:
    hand = make_hand(digits())
    before = hand.canvas.mapToScene(0, 0)
    for _ in range(100):
        hand.canvas.pan_by(400, -300)
    moved = hand.canvas.mapToScene(0, 0) - before
    assert moved.x() * hand.canvas.zoom() == pytest.approx(-40_000, abs=2)
    assert moved.y() * hand.canvas.zoom() == pytest.approx(30_000, abs=2)


def test_fitting_brings_all_into_view(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(3)
    hand.canvas.fit_all()
    room = hand.view.rect()
    for node in hand.graph.nodes:
        assert room.contains(hand.canvas.node_rect(node))


@pytest.mark.parametrize("share", [0.62, 0.69, 0.72])
def test_fitting_goes_nearer_to_the_edges_so_that_more_can_be_read(
    make_hand: Make, share: float
) -> None:
    hand = make_hand(digits())
    room = hand.canvas.viewport().rect()
    hand.canvas.fit(QRectF(0, 0, room.width() / share, 100))
    near = min((room.width() - 2 * TIGHT) / room.width() * share, READABLE)
    assert hand.canvas.zoom() == pytest.approx(near)


def test_fitting_the_selection_shows_it_at_most_in_full_size(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.select([NodeId("head")])
    hand.key(Qt.Key.Key_F)
    assert hand.canvas.zoom() == 1.0
    assert close(hand.canvas.node_rect(NodeId("head")).center(), hand.view.rect().center(), 4)


@pytest.mark.parametrize("zoom", [2.0, 1.0, 0.1])
def test_a_node_is_revealed(make_hand: Make, zoom: float) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(zoom)
    hand.canvas.pan_by(5000, 5000)
    hand.canvas.reveal(NodeId("head"))
    assert hand.view.rect().contains(hand.canvas.node_rect(NodeId("head")))
    assert hand.canvas.zoom() == (1.0 if zoom == 0.1 else zoom)


def test_an_empty_graph_is_shown_too(make_hand: Make) -> None:
    hand = make_hand(Project())
    hand.canvas.fit_all()
    assert hand.canvas.zoom() == 1.0
    assert hand.canvas.node_at(QPoint(10, 10)) is None


@pytest.mark.parametrize("zoom", [1.5, 1.0, 0.6, 0.3])
def test_everything_is_found_where_it_is_drawn(make_hand: Make, zoom: float) -> None:
    hand = make_hand(digits())
    for node in hand.graph.nodes:
        hand.canvas.set_zoom(zoom)
        hand.canvas.centerOn(hand.canvas.world.nodes[node].rect().center())
        assert hand.canvas.node_at(hand.canvas.node_place(node)) == node
        ins_, outs = hand.canvas.ports_of(node)
        build = hand.canvas.world.nodes[node].anatomy
        for port in (*ins_, *outs):
            place = build.place(port)
            assert place is not None
            found = hand.canvas.port_at(hand.canvas.port_place(port), radius=3)
            assert found == (None if place.quiet or zoom < FAR_BELOW else port), port


def test_quiet_ports_are_found_while_a_wire_is_in_the_hand(make_hand: Make) -> None:
    hand = make_hand(drawn(a="nn.Linear", b="nn.LSTM"))
    port = ins("b", "hx[0]")
    spot = hand.canvas.port_place(port)
    assert hand.canvas.port_at(spot) is None
    hand.canvas.draw_hand_wire(out("a"), spot)
    assert hand.canvas.port_at(spot) == port
    hand.canvas.drop_hand_wire()
    assert hand.canvas.port_at(spot) is None


def test_wires_are_found_along_their_way(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(1.0)
    for target, wire in hand.canvas.world.wires.items():
        middle = wire.path().pointAtPercent(0.5)
        hand.canvas.centerOn(middle)
        found = hand.canvas.wire_at(hand.canvas.mapFromScene(middle))
        assert found is not None
        other = hand.canvas.world.wires[found]
        assert found == target or other.source == wire.source
    assert hand.canvas.wire_at(QPoint(2, 2)) is None


def test_wires_follow_their_bends(make_hand: Make) -> None:
    hand = make_hand(digits())
    target = InPort(NodeId("head"), ins("head").port)
    hand.document.apply(lambda p: set_bends(p, "main", target, [(100.0, 900.0)]), "Bend")
    wire = hand.canvas.world.wires[target]
    assert wire.bends == ((100.0, 900.0),)
    assert wire.path().boundingRect().bottom() >= 900
    hand.document.undo()
    assert wire.bends != ((100.0, 900.0),)


def test_a_new_node_without_a_place_lies_where_nothing_is(make_hand: Make) -> None:
    hand = make_hand(digits())
    fresh = NodeId("fresh")
    hand.document.apply(
        lambda p: in_block(p, "main", lambda g: add_node(g, fresh, Node("nn.ReLU"))), "Add"
    )
    rect = hand.canvas.world.nodes[fresh].rect()
    others = [item.rect() for node, item in hand.canvas.world.nodes.items() if node != fresh]
    assert not any(rect.intersects(other) for other in others)


def test_the_far_view_is_blocks_in_the_colours_of_the_families(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.3)
    hand.canvas.centerOn(hand.canvas.world.extent().center())
    image = hand.canvas.grab().toImage()
    for node, family in (("head", "layer"), ("relu1", "act"), ("loss", "loss")):
        assert image.pixelColor(_beside_title(hand, node)).rgb() == theme("dark").far(family).rgb()


def _beside_title(hand: Hand, node: str) -> QPoint:
    """Return a place in a block of the far view where no title is written."""
    rect = hand.canvas.node_rect(NodeId(node))
    return rect.topLeft() + QPoint(3, 3)


def test_blocks_of_small_graphs_have_their_titles_in_the_far_view(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.3)
    hand.canvas.centerOn(hand.canvas.world.extent().center())
    image = hand.canvas.grab().toImage()
    rect = hand.canvas.node_rect(NodeId("conv1"))
    block, title = theme("dark").far("layer"), theme("dark").on_far("layer")
    seen = [image.pixelColor(x, y) for x in range(rect.left() + 4, rect.right() - 4)
            for y in range(rect.top() + 2, rect.bottom() - 2)]  # fmt: skip
    lights = [abs(colour.lightness() - title.lightness()) for colour in seen]
    assert min(lights) < abs(block.lightness() - title.lightness()) / 2


def test_the_far_view_follows_a_drag_and_its_end(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.3)
    hand.canvas.centerOn(hand.canvas.world.extent().center())
    QApplication.processEvents()
    node = NodeId("head")
    before = _beside_title(hand, node)
    x, y = hand.canvas.places()[node]
    colour = theme("dark").far("layer").rgb()
    for step in (1, 2, 3):
        hand.canvas.show_places({node: (x, y + 200.0 * step)})
        image = hand.canvas.grab().toImage()
        assert image.pixelColor(_beside_title(hand, node)).rgb() == colour
        assert image.pixelColor(before).rgb() != colour
    hand.canvas.show_places({node: (x, y)})
    image = hand.canvas.grab().toImage()
    assert image.pixelColor(before).rgb() == colour


def test_a_block_is_shown_and_main_again(make_hand: Make) -> None:
    from graph_editor.document.files import load

    hand = make_hand(load("assets/examples/digits_residual.netwright").project)
    hand.canvas.select([NodeId("block1")])
    hand.canvas.show_graph("residual", "block1")
    assert hand.canvas.selected() == frozenset()
    assert set(hand.canvas.places()) == set(hand.document.project.blocks["residual"].graph.nodes)  # type: ignore[index]  # a BlockId
    hand.canvas.show_graph("main")
    assert NodeId("block1") in hand.canvas.places()


SPOTS = st.tuples(st.integers(0, 1199), st.integers(0, 699))
HUGE = st.sampled_from((2**31 - 1, -(2**31) + 1, 10_000, -10_000))
TURNS = st.integers(-1200, 1200) | HUGE
PINCHES = st.floats(-0.5, 0.5) | st.sampled_from((-3.0, -1.0, 50.0, math.inf, -math.inf, math.nan))
LOOKS = st.lists(
    st.tuples(st.sampled_from(("turn", "pixels")), TURNS, SPOTS)
    | st.tuples(st.just("pinch"), PINCHES, SPOTS)
    | st.tuples(st.sampled_from(("zoom_in", "zoom_out", "fit_all")), st.just(0), SPOTS),
    min_size=1,
    max_size=12,
)


def pinch(hand: Hand, value: float, spot: QPoint) -> None:
    """Move two fingers on a touchpad apart, or with a negative value together."""
    place, glob = QPointF(spot), QPointF(hand.view.mapToGlobal(spot))
    kind, device = Qt.NativeGestureType.ZoomNativeGesture, QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(kind, device, 2, place, place, glob, value, QPointF())
    QApplication.sendEvent(hand.view, event)


def test_fingers_that_move_apart_zoom_in_where_they_are(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.8)
    spot = QPoint(317, 211)
    before = hand.canvas.mapToScene(spot)
    pinch(hand, 0.25, spot)
    assert hand.canvas.zoom() == pytest.approx(1.0)
    assert close(hand.canvas.mapFromScene(before), spot)
    pinch(hand, -0.5, spot)
    assert hand.canvas.zoom() == pytest.approx(0.5)


def test_no_event_breaks_the_limits_of_the_zoom_or_moves_what_is_pointed_at(
    make_hand: Make,
) -> None:
    hand = make_hand(digits())

    @given(LOOKS)
    @settings(max_examples=150)
    def look(events: list[tuple[str, float, tuple[int, int]]]) -> None:
        hand.key(Qt.Key.Key_Home)
        for kind, value, (x, y) in events:
            spot = QPoint(x, y)
            inverse, _ = hand.canvas.viewportTransform().inverted()
            before = inverse.map(QPointF(spot))
            if kind == "pinch":
                pinch(hand, value, spot)
            elif kind == "turn":
                hand.wheel(spot, turn=int(value))
            elif kind == "pixels":
                hand.wheel(spot, turn=int(value), pixels=int(value))
            else:
                getattr(hand.canvas, kind)()
            assert MIN_ZOOM - 1e-9 <= hand.canvas.zoom() <= MAX_ZOOM + 1e-9
            if kind in ("pinch", "turn", "pixels"):
                off = hand.canvas.viewportTransform().map(before) - QPointF(spot)
                assert max(abs(off.x()), abs(off.y())) <= 1.5, (kind, value, off)

    look()


@pytest.mark.parametrize("turn", [2**31 - 1, -(2**31) + 1])
def test_panning_by_any_turn_ends_at_the_edge_of_what_can_be_reached(
    make_hand: Make, turn: int
) -> None:
    hand = make_hand(digits())
    hand.wheel(QPoint(100, 100), turn=turn, modifiers=Qt.KeyboardModifier.ShiftModifier)
    bar = hand.canvas.horizontalScrollBar()
    assert bar.value() == (bar.minimum() if turn > 0 else bar.maximum())
    hand.key(Qt.Key.Key_Home)
    assert hand.view.rect().contains(hand.canvas.node_rect(NodeId("conv1")))


def test_who_changes_a_font_changes_nobody_elses() -> None:
    for make in (lambda: text_font("dense"), lambda: code_font(14)):
        font = make()
        font.setItalic(True)
        assert not make().italic()


def test_what_is_switched_off_is_seen_from_afar(make_hand: Make) -> None:
    hand = make_hand(digits())
    hand.canvas.set_zoom(0.3)
    hand.canvas.centerOn(hand.canvas.world.extent().center())
    hand.canvas.select([NodeId("relu1")])
    hand.key(Qt.Key.Key_M)
    hand.canvas.select([])
    image = hand.canvas.grab().toImage()
    assert image.pixelColor(_beside_title(hand, "relu1")).rgb() == theme("dark")["node"].rgb()
    assert image.pixelColor(_beside_title(hand, "relu2")).rgb() == theme("dark").far("act").rgb()
