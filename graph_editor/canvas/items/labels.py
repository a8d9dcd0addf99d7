"""The shapes that stand on the wires: one item that paints those in view."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import text_width
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.paints import PORT
from graph_editor.canvas.theme import text_font
from graph_editor.document.model import OutPort

Z_LABELS = 15.0
HEIGHT = 15.0
ABOVE = 8.0
"""From a straight wire up to the baseline of its label."""
ROOM = 4.0
NEXT = 14.0
"""From a port down to the middle of the label of a wire that turns away."""


class LabelsItem(QGraphicsItem):
    """Paints the labels of all wires in view, below the nodes."""

    def __init__(
        self,
        scope: Scope,
        wires: Callable[[QRectF], Iterable[WireItem]],
        siblings: Callable[[OutPort], Iterable[WireItem]],
        cards: Callable[[QRectF], Sequence[QRectF]],
    ) -> None:
        super().__init__()
        self._scope, self._wires, self._siblings = scope, wires, siblings
        self._cards = cards
        self._area = QRectF()
        self._texts: dict[str, QStaticText] = {}
        self._reach = 80.0
        """How far from what is exposed a label that reaches into it may have its middle."""
        self.is_all_stale = False
        """Whether everything is painted anew anyway, as while a graph is drawn from nothing."""
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setZValue(Z_LABELS)

    def cover(self, area: QRectF) -> None:
        """Take another area, that of the scene."""
        self.prepareGeometryChange()
        self._area = QRectF(area)

    def boundingRect(self) -> QRectF:
        return self._area

    def stale(self, wire: WireItem) -> None:
        """Have the surroundings of a wire painted again."""
        if not wire.label and self.is_all_stale:
            return
        half = text_width(wire.label, "shape") / 2 + ROOM
        self._reach = max(self._reach, half)
        if self.is_all_stale:
            return
        self.update(wire.path().boundingRect().adjusted(-half, -24, half, 12))

    def stale_for(self, sources: Iterable[OutPort]) -> None:
        """Have the wires from outputs painted again: another of them may speak for all."""
        if self.is_all_stale:
            return
        for source in set(sources):
            for wire in self._siblings(source):
                self.stale(wire)

    def stale_around(self, area: QRectF) -> None:
        """Have labels painted again that a node here, or one that was here, may hide."""
        if self.is_all_stale:
            return
        reach = 2 * self._reach
        self.update(area.adjusted(-reach, -24, reach, 24))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,  # noqa: ARG002  # Qt hands it over
    ) -> None:
        if not self._scope.is_full:
            return
        look = self._scope.paints
        painter.setFont(text_font("shape"))
        exposed: QRectF = option.exposedRect
        around = exposed.adjusted(-self._reach, -24, self._reach, 24)
        cards = self._cards(around.adjusted(-self._reach, -24, self._reach, 24))
        for wire in self._wires(around):
            plate = self.plate(wire) if wire.label else None
            if plate is None or any(map(plate.intersects, cards)):
                continue
            if not wire.is_level:
                painter.fillRect(plate, look.canvas)
            painter.setOpacity(wire.opacity())
            painter.setPen(self._pen(wire))
            static = self._text(wire.label)
            top = plate.top() + (HEIGHT - static.size().height()) / 2
            painter.drawStaticText(QPointF(plate.left() + ROOM / 2, top), static)
            painter.setOpacity(1.0)

    def _pen(self, wire: WireItem) -> QPen:
        if wire.state == "error":
            return self._scope.paints.error
        return self._scope.paints.text2

    def _text(self, text: str) -> QStaticText:
        if text not in self._texts:
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            static.prepare(font=text_font("shape"))
            self._texts[text] = static
        return self._texts[text]

    def plate(self, wire: WireItem) -> QRectF | None:
        """Return where a wire's label stands; None where there is no room for it."""
        width = text_width(wire.label, "shape") + ROOM
        if wire.is_level or wire.is_upright:
            found = _straight(wire, width)
        elif self._speaker(wire) is not wire:
            return None
        else:
            found = _below(wire, width) if wire.runs_down else _upon(wire, width)
        carried = wire.parentItem()  # many that are dragged at once are moved as one
        return found if found is None or carried is None else found.translated(carried.pos())

    def _speaker(self, wire: WireItem) -> WireItem | None:
        """Return the curved wire that speaks for all from its output; None: a straight one does."""
        longest, reach = None, -1.0
        for other in self._siblings(wire.source):
            if other.is_level or other.is_upright:
                if _straight(other, text_width(other.label, "shape") + ROOM) is not None:
                    return None
                continue
            length = abs(other.end[0] - other.start[0])
            if length > reach:
                longest, reach = other, length
        return longest


def _straight(wire: WireItem, width: float) -> QRectF | None:
    """Return where the label of a straight wire stands: above it, or on one that runs down."""
    return _below(wire, width) if wire.runs_down else _above(wire, width)


def _below(wire: WireItem, width: float) -> QRectF | None:
    """Return a plate on a wire that runs down, where it has just left its port."""
    x, y = wire.start
    if not wire.is_upright:
        return _plate(x, y + NEXT, width)
    room = wire.end[1] - y
    return _plate(x, y + min(room / 2, 2 * NEXT), width) if room >= 2 * HEIGHT else None


def _above(wire: WireItem, width: float) -> QRectF | None:
    room = wire.end[0] - wire.start[0] - PORT
    if room < width:
        return None
    middle = (wire.start[0] + wire.end[0]) / 2
    return QRectF(middle - width / 2, wire.start[1] - ABOVE - 11, width, HEIGHT)


def _upon(wire: WireItem, width: float) -> QRectF | None:
    """Return a plate on the longest level run of a wire, else on its middle."""
    spots = [wire.start, *wire.bends, wire.end]
    runs = [
        (two[0] - one[0], one, two)
        for one, two in itertools.pairwise(spots)
        if one[1] == two[1] and two[0] > one[0]
    ]
    if runs:
        length, one, two = max(runs)
        if length >= width + 2 * ROOM:
            return _plate((one[0] + two[0]) / 2, one[1], width)
    path = wire.path()
    if path.length() < width + 40:
        return None
    middle = path.pointAtPercent(0.5)
    return _plate(middle.x(), middle.y(), width)


def _plate(x: float, y: float, width: float) -> QRectF:
    return QRectF(x - width / 2, y - HEIGHT / 2, width, HEIGHT)
