"""The minimap: where it stands, what it shows, and how it moves what is in view."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph_editor.canvas.minimap import Minimap
from graph_editor.canvas.theme import theme
from graph_editor.canvas.view import MAX_ZOOM, MIN_ZOOM
from graph_editor.document.model import NodeId, Project
from tests.canvas.hand import ALT, CTRL, LEFT, NONE, SHIFT, Hand, digits

Make = Callable[[Project], Hand]
K = Qt.Key


def rested(hand: Hand) -> Minimap:
    """Return the map of a canvas, as it is drawn when edits have rested."""
    found = hand.canvas.findChildren(Minimap)
    QTest.qWait(350)
    return found[0] if found else Minimap(hand.canvas)


def near(hand: Hand, zoom: float = 1.5) -> Minimap:
    """Come so near that something is out of view."""
    made = rested(hand)
    hand.canvas.set_zoom(zoom)
    assert made.isVisible()
    return made


def spot_of(hand: Hand, shown: Minimap, node: str) -> QPoint:
    """Return where the middle of a node is drawn on the map: the whole graph is in its middle."""
    area = hand.canvas.world.extent()
    room = QRectF(shown.rect()).adjusted(8, 8, -8, -8)
    scale = min(room.width() / area.width(), room.height() / area.height())
    off = hand.canvas.world.nodes[NodeId(node)].rect().center() - area.center()
    return (QPointF(shown.width() / 2, shown.height() / 2) + off * scale).toPoint()


def middle(hand: Hand) -> QPointF:
    return hand.canvas.mapToScene(hand.view.rect().center())


def picture(shown: Minimap) -> QImage:
    return shown.grab().toImage()


def alike(one: QImage, other: QImage) -> bool:
    """Whether two pictures are the same but for the order in which wires are painted."""
    spots = [(x, y) for x in range(one.width()) for y in range(one.height())]
    return sum(one.pixel(*spot) != other.pixel(*spot) for spot in spots) <= 100


def wheel(shown: Minimap, turn: int) -> None:
    spot = QPointF(20, 20)
    glob, no = QPointF(shown.mapToGlobal(spot.toPoint())), Qt.MouseButton.NoButton
    turned = QPoint(0, turn)
    phase = Qt.ScrollPhase.NoScrollPhase
    QApplication.sendEvent(shown, QWheelEvent(spot, glob, QPoint(), turned, no, NONE, phase, False))


def test_it_stands_in_the_corner_while_something_is_out_of_view(make_hand: Make) -> None:
    hand = make_hand(digits())
    shown = rested(hand)
    assert shown.isHidden()
    hand.wheel(hand.view.rect().center(), turn=480)
    assert shown.isVisible()
    assert shown.accessibleName() == "Minimap"
    gap = hand.view.rect().bottomRight() - shown.geometry().bottomRight()
    assert 0 < gap.x() == gap.y() <= 16
    hand.key(K.Key_Home)
    assert shown.isHidden()
    hand.drag(hand.empty(), hand.empty() + QPoint(700, 400), Qt.MouseButton.MiddleButton)
    assert shown.isVisible()


def test_an_empty_graph_has_none_and_a_first_node_none_yet(make_hand: Make) -> None:
    hand = make_hand(Project())
    shown = rested(hand)
    hand.canvas.pan_by(900, 900)
    assert shown.isHidden()
    hand.drop("nn.ReLU", QPoint(600, 300))
    assert rested(hand).isHidden()
    hand.canvas.pan_by(3000, 0)
    assert shown.isVisible()
    hand.key(K.Key_A, CTRL)
    hand.key(K.Key_Delete)
    assert rested(hand).isHidden()


def test_the_frame_lies_around_what_is_in_view(make_hand: Make) -> None:
    hand = make_hand(digits())
    shown = near(hand)
    for node in ("conv1", "relu1", "head", "loss"):
        hand.canvas.centerOn(hand.canvas.world.nodes[NodeId(node)].rect().center())
        room = QRectF(hand.view.rect())
        for other in hand.graph.nodes:
            inside = room.contains(QPointF(hand.canvas.node_rect(other).center()))
            spot = QPointF(spot_of(hand, shown, other))
            grown = shown.frame().adjusted(-2, -2, 2, 2)
            assert grown.contains(spot) or not inside
            assert not shown.frame().adjusted(2, 2, -2, -2).contains(spot) or inside
    hand.canvas.pan_by(90_000, -90_000)
    assert QRectF(shown.rect()).contains(shown.frame())
    assert min(shown.frame().width(), shown.frame().height()) >= 3


@pytest.mark.parametrize("node", ["conv1", "head", "loss"])
def test_a_click_brings_a_place_into_the_middle(make_hand: Make, node: str) -> None:
    hand = make_hand(digits())
    shown = near(hand, 2.0)
    scale = hand.canvas.world.extent().width() / (shown.width() - 16)
    QTest.mouseClick(shown, LEFT, NONE, spot_of(hand, shown, node))
    off = middle(hand) - hand.canvas.world.nodes[NodeId(node)].rect().center()
    assert abs(off.x()) <= scale
    assert abs(off.y()) <= scale
    assert hand.canvas.zoom() == 2.0
    assert hand.steps() == 0


def test_a_drag_of_the_frame_pans_with_it(make_hand: Make) -> None:
    hand = make_hand(digits())
    shown = near(hand)
    before, start = middle(hand), shown.frame().center().toPoint() + QPoint(4, 3)
    scale = hand.canvas.world.extent().width() / (shown.width() - 16)
    QTest.mousePress(shown, LEFT, NONE, start)
    for step in range(1, 21):
        QTest.mouseMove(shown, start + QPoint(step, -step // 2))
    QTest.mouseRelease(shown, LEFT, NONE, start + QPoint(20, -10))
    moved = middle(hand) - before
    assert moved.x() == pytest.approx(20 * scale, abs=2)
    assert moved.y() == pytest.approx(-10 * scale, abs=2)
    QTest.mouseMove(shown, start)
    assert middle(hand) == before + moved


def test_the_wheel_zooms_at_the_middle_within_the_limits(make_hand: Make) -> None:
    hand = make_hand(digits())
    shown = near(hand)
    before = middle(hand)
    wheel(shown, 120)
    assert hand.canvas.zoom() == pytest.approx(1.5 * 1.2)
    assert (middle(hand) - before).manhattanLength() <= 3
    for turn in (120_000, -120_000):
        wheel(shown, turn)
        assert MIN_ZOOM - 1e-9 <= hand.canvas.zoom() <= MAX_ZOOM


def test_the_keyboard_stays_with_the_canvas(make_hand: Make) -> None:
    hand = make_hand(digits())
    shown = near(hand)
    for button in (LEFT, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        for modifiers in (NONE, SHIFT, CTRL, ALT):
            QTest.mouseClick(shown, button, modifiers, QPoint(30, 30))
    QTest.mouseDClick(shown, LEFT, NONE, QPoint(30, 30))
    assert hand.canvas.hasFocus()
    assert hand.steps() == 0
    QTest.keyClick(shown, K.Key_A, CTRL)
    assert hand.canvas.selected() == frozenset(hand.graph.nodes)


def test_it_follows_edits_selection_and_theme(make_hand: Make) -> None:
    hand = make_hand(digits())
    near(hand)
    sight = hand.canvas.sight()

    def seen() -> QImage:
        hand.canvas.look_again(sight)
        return picture(rested(hand))

    first = seen()
    hand.key(K.Key_A, CTRL)
    chosen = seen()
    assert not alike(chosen, first)
    hand.key(K.Key_Delete)
    assert rested(hand).isHidden()
    hand.document.undo()
    hand.key(K.Key_Escape)
    assert alike(seen(), first)
    hand.key(K.Key_Right)
    hand.key(K.Key_Delete)
    hand.key(K.Key_Escape)
    assert not alike(seen(), first)
    hand.document.undo()
    hand.key(K.Key_Escape)
    hand.canvas.set_theme(theme("light"))
    assert not alike(seen(), first)
    hand.canvas.set_theme(theme("dark"))
    assert alike(seen(), first)


def test_moving_the_view_draws_the_graph_no_second_time(
    make_hand: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = make_hand(digits())
    shown = near(hand)
    picture(shown)
    drawn: list[object] = []
    monkeypatch.setattr(Minimap, "_pictured", lambda *_: drawn.append(1))
    for step in range(20):
        hand.canvas.pan_by(9, 5)
        hand.wheel(QPoint(300, 200), turn=40 if step % 2 else -40)
        QApplication.processEvents()
    assert not drawn
