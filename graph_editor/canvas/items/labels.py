"""The shapes that stand on the wires: one item that paints those in view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.anatomy import text_width
from graph_editor.canvas.items.dots import paint_dots
from graph_editor.canvas.items.label_spots import (
    HEIGHT,
    spots_below,
    spots_upon,
    straight_spots,
)
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.theme import text_font
from graph_editor.document.model import InPort, OutPort

Z_LABELS = 15.0
AT_ONCE = 12
"""Labels whose places are looked for in one frame."""
ROOM = 4.0


class LabelsItem(QGraphicsItem):
    """Paints the labels of all wires in view, below the nodes."""

    def __init__(
        self,
        scope: Scope,
        wires: Callable[[QRectF], Iterable[WireItem]],
        siblings: Callable[[OutPort], Iterable[WireItem]],
        cards: Callable[[QRectF], Sequence[QRectF]],
        is_clear: Callable[[QRectF, Collection[WireItem]], bool],
    ) -> None:
        super().__init__()
        self._scope, self._wires, self._siblings = scope, wires, siblings
        self._cards, self._is_clear = cards, is_clear
        self._chosen: dict[tuple[InPort, str], int] = {}
        """Which of its places each label has; kept while nodes are dragged, so that none jumps."""
        self._area = QRectF()
        self._texts: dict[str, QStaticText] = {}
        self._reach = 80.0
        """How far from what is exposed a label that reaches into it may have its middle."""
        self._left: int | None = None
        """How many places may still be looked for in this frame; the next has its own."""
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
        self.update(wire.path().boundingRect().adjusted(-half, -24, half, 24))

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
        widget: QWidget | None = None,
    ) -> None:
        if not self._scope.is_full:
            return
        look = self._scope.paints
        painter.setFont(text_font("shape"))
        exposed: QRectF = option.exposedRect
        around = exposed.adjusted(-self._reach, -24, self._reach, 24)
        cards = self._cards(around.adjusted(-self._reach, -24, self._reach, 24))
        self._left = AT_ONCE if widget is not None else None
        wires = self._wires(around)
        if widget is not None:  # a picture has no handles
            paint_dots(painter, wires)
        for wire in wires:
            plate = self.plate(wire) if wire.label else None
            if plate is None or any(map(plate.intersects, cards)):
                continue
            if not wire.is_level or self._is_crossed(wire):
                painter.fillRect(plate, look.canvas)
            painter.setOpacity(wire.opacity())
            painter.setPen(self._pen(wire))
            static = self._text(wire.label)
            top = plate.top() + (HEIGHT - static.size().height()) / 2
            painter.drawStaticText(QPointF(plate.left() + ROOM / 2, top), static)
            painter.setOpacity(1.0)
        if self._left is not None and self._left < 0:
            scene = self.scene()
            QTimer.singleShot(0, scene, lambda: scene.update())
        self._left = None

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
        key = (wire.target, wire.label)
        chosen = self._chosen.get(key)
        found = self._spots(wire, None if chosen is None else max(chosen, ~chosen))
        if not found:
            return None
        if chosen is None and self._left is not None:
            self._left -= 1
            if self._left < 0:
                return found[0]
        if chosen is None:
            chosen = self._chosen[key] = self._best(wire, found)
        return found[min(max(chosen, ~chosen), len(found) - 1)]

    def _is_crossed(self, wire: WireItem) -> bool:
        """Whether something passes behind the label of a wire: no place for it is clear."""
        return self._chosen.get((wire.target, wire.label), 0) < 0

    def _spots(self, wire: WireItem, only: int | None = None) -> list[QRectF]:
        """Return where a wire's label may stand, the best places first; or one of them alone."""
        width = text_width(wire.label, "shape") + ROOM
        if wire.is_level or wire.is_upright:
            found = straight_spots(wire, width)
        elif self._speaker(wire) is not wire:
            return []
        else:
            found = spots_below(wire, width) if wire.runs_down else spots_upon(wire, width, only)
        carried = wire.parentItem()  # many that are dragged at once are moved as one
        return found if carried is None else [spot.translated(carried.pos()) for spot in found]

    def _best(self, wire: WireItem, spots: Sequence[QRectF]) -> int:
        """Return which place is in nobody's way; else ~ the first without a node, or the first."""
        beside = wire.is_level  # what stands upon a wire hides its siblings there as itself
        own = {wire} if beside else {wire, *self._siblings(wire.source)}
        for index, spot in enumerate(spots):
            if self._is_clear(spot, own):
                return index
        free = (not any(map(spot.intersects, self._cards(spot))) for spot in spots)
        return ~next((index for index, is_free in enumerate(free) if is_free), 0)

    def place_anew(self, changed: Iterable[WireItem] | None = None) -> None:
        """Look for the best places again near some wires; with no word for all labels."""
        if not self._chosen:
            return
        if changed is None:
            self._chosen.clear()
            self.update()
            return
        areas = [wire.path().boundingRect().adjusted(-ROOM, -24, ROOM, 24) for wire in changed]
        for wire in {wire for area in areas for wire in self._wires(area)}:
            if self._chosen.pop((wire.target, wire.label), None) is not None:
                self.stale(wire)

    def _speaker(self, wire: WireItem) -> WireItem | None:
        """Return the curved wire that speaks for all from its output; None: a straight one does."""
        longest, reach = None, -1.0
        for other in self._siblings(wire.source):
            if other.is_level or other.is_upright:
                if straight_spots(other, text_width(other.label, "shape") + ROOM):
                    return None
                continue
            length = abs(other.end[0] - other.start[0])
            if length > reach:
                longest, reach = other, length
        return longest
