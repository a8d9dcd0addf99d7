"""The way that Tab takes through widgets which come and go: as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QWidget

SAME_LINE = 8
"""Pixels by which the middles of what stands in one line may differ."""


class TabOrder:
    """Keeps the way through one widget; it is led anew where something came, went or moved."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._led: list[QWidget] = []
        self._soon = QTimer(widget, singleShot=True, interval=0)
        self._soon.timeout.connect(self._lead)

    def follow(self) -> None:
        """Lead Tab past all that is there, once it has been laid out."""
        self._soon.start()

    def _lead(self) -> None:
        children = self._widget.findChildren(QWidget)
        found = in_lines((w, self._middle(w)) for w in children if self._stops_at(w))
        if found == self._led:
            return
        self._led = found
        for before, after in pairwise(found):
            QWidget.setTabOrder(before, after)

    def _stops_at(self, widget: QWidget) -> bool:
        stops = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        return stops and widget.focusProxy() is None and widget.isVisibleTo(self._widget)

    def _middle(self, widget: QWidget) -> QPoint:
        return widget.mapTo(self._widget, widget.rect().center())


def in_lines(placed: Iterable[tuple[QWidget, QPoint]]) -> list[QWidget]:
    """Return widgets as one reads them: line by line, each from the left."""
    found: list[tuple[int, int, QWidget]] = []
    line = 0
    for widget, spot in sorted(placed, key=lambda each: (each[1].y(), each[1].x())):
        if not found or spot.y() - line > SAME_LINE:
            line = spot.y()
        found.append((line, spot.x(), widget))
    return [widget for _, _, widget in sorted(found, key=lambda each: each[:2])]
