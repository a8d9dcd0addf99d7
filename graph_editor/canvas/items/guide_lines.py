"""The thin lines that show with what something lines up while it is moved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from graph_editor.canvas.items.state import Scope

Z_GUIDES = 90.0
TICK, ROOM = 4.0, 8.0
"""Half of the strokes at the ends of a line, in pixels on the screen; room around all."""


class GuideLines(QGraphicsItem):
    """Shows lines with small strokes at their ends."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self._lines: list[QLineF] = []
        self._area = QRectF()
        self.setZValue(Z_GUIDES)

    def show_lines(self, lines: Sequence[QLineF]) -> None:
        """Show these lines and no others."""
        if lines == self._lines:
            return
        self.prepareGeometryChange()
        self._lines, self._area = list(lines), QRectF()
        for line in lines:
            self._area = self._area.united(QRectF(line.p1(), line.p2()).normalized())
            self._area.adjust(-1, -1, 1, 1)  # a line alone has no area that could be united
        self.update()

    def boundingRect(self) -> QRectF:
        room = ROOM / self._scope.zoom
        return self._area.adjusted(-room, -room, room, room) if self._lines else QRectF()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002  # Qt hands it over
        widget: QWidget | None = None,  # noqa: ARG002  # as above
    ) -> None:
        zoom = self._scope.zoom
        painter.setPen(self._scope.paints.on_screen("ring", 1.25, zoom))
        tick = TICK / zoom
        for line in self._lines:
            painter.drawLine(line)
            level = abs(line.dy()) < abs(line.dx())
            across, down = (0.0, tick) if level else (tick, 0.0)
            for end in (line.p1(), line.p2()):
                painter.drawLine(
                    QLineF(end.x() - across, end.y() - down, end.x() + across, end.y() + down)
                )
