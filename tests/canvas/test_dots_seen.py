"""The points that a wire is led past are seen on the canvas, and not in pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor

from graph_editor.canvas.picture import Sheet, Wish
from graph_editor.document.edits import set_bends
from graph_editor.document.model import Project
from tests.canvas.hand import Hand, drawn, fed, ins, out

Make = Callable[[Project], Hand]
AT = (200.0, 120.0)
BESIDE = 3
"""Pixels from the middle of a wire of 2: beside it, and still in a dot."""


def test_a_dot_is_there_without_being_pointed_at_from_near_alone(make_hand: Make) -> None:
    project = fed(drawn(a="nn.ReLU", b="nn.ReLU"), out("a"), ins("b"))
    hand = make_hand(set_bends(project, "main", ins("b"), [AT]))
    for zoom, is_seen in ((1.0, True), (0.5, False)):
        hand.canvas.set_zoom(zoom)
        image = hand.view.grab().toImage()
        spot = hand.canvas.mapFromScene(QPointF(*AT)) - QPoint(0, BESIDE)
        colour = hand.canvas.world.wires[ins("b")].pen().color()
        assert (image.pixelColor(spot) == QColor(colour)) is is_seen, zoom
    sheet = Sheet(hand.canvas, (), hand.canvas)
    made = sheet.image(Wish("png", 1.0))
    at = (QPointF(*AT) - sheet.area.topLeft()).toPoint() - QPoint(0, BESIDE)
    assert made.pixelColor(at).lightness() > 250
