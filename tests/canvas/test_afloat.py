"""Many nodes dragged at once look as if each were moved alone, and end as the document says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from graph_editor.canvas import scene as scene_module
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId, Project
from tests.canvas.as_drawn import check_against_a_new_scene, check_scene
from tests.canvas.hand import Hand, drawn, fed, ins, out, placed

Make = Callable[[Project], Hand]
COUNT = 64
ROUNDED = 2
"""What a line may differ by that is moved and one that is drawn elsewhere."""


def chain() -> Project:
    """Return rows of layers, each fed by the one before, and one that is fed by a lone node."""
    names = [f"n{number}" for number in range(COUNT)]
    project = drawn(alone="nn.ReLU", **dict.fromkeys(names, "nn.ReLU"))
    spots = {name: (176.0 * (k % 8), 96.0 * (k // 8)) for k, name in enumerate(names)}
    project = placed(project, {**spots, "alone": (0.0, 860.0)})
    for one, two in pairwise(names):
        project = fed(project, out(one), ins(two))
    return fed(project, out("alone"), ins("n0"))


def furthest(one: QImage, other: QImage) -> int:
    """Return by how much the colours of two pictures differ at most, of 255."""
    pairs = zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)
    return max(abs(a - b) for a, b in pairs)


def held(hand: Hand, step: QPoint) -> QImage:
    """Drag all but the lone node, and return what is seen before they are let go."""
    hand.canvas.select([NodeId(f"n{number}") for number in range(COUNT)])
    start = hand.at("n9")
    hand.press(start)
    hand.move(start + step / 2)
    hand.move(start + step)
    return hand.view.grab().toImage()


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.2])
def test_it_looks_as_if_each_were_moved_alone(
    make_hand: Make, monkeypatch: pytest.MonkeyPatch, zoom: float
) -> None:
    seen = []
    for many in (10_000, 50):
        monkeypatch.setattr(scene_module, "MANY", many)
        hand = make_hand(chain())
        hand.canvas.set_zoom(zoom)
        seen.append(held(hand, QPoint(48, 24)))
        assert (hand.canvas.world.afloat is None) is (many > COUNT)
        hand.release(hand.at("n9"))
        seen.append(hand.view.grab().toImage())
    assert furthest(seen[0], seen[2]) <= ROUNDED
    assert furthest(seen[1], seen[3]) <= ROUNDED


def test_dropped_given_up_and_undone(make_hand: Make) -> None:
    hand = make_hand(chain())
    first = dumps(hand.document.project)
    held(hand, QPoint(64, -40))
    hand.key(Qt.Key.Key_Escape)
    assert dumps(hand.document.project) == first
    check_scene(hand)
    check_against_a_new_scene(hand)
    held(hand, QPoint(64, -40))
    hand.release(hand.at("n9"))
    assert hand.steps() == 1
    check_scene(hand)
    check_against_a_new_scene(hand)
    hand.document.undo()
    assert dumps(hand.document.project) == first
    check_scene(hand)
    check_against_a_new_scene(hand)
