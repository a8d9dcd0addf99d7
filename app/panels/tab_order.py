"""The way that Tab takes through widgets which come and go: as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def reachable(widget: QWidget) -> Iterator[QWidget]:
    """Yield what Tab stops at in a widget, in the order in which its layouts hold it."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    layout = widget.layout()
    if layout is not None:
        yield from _in(layout)


def _in(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield from reachable(widget)
        elif inner is not None:
            yield from _in(inner)


class TabOrder:
    """Keeps one widget's way; it is led anew only where something came or went."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._led: list[QWidget] = []

    def follow(self) -> None:
        """Lead Tab past all that is there now."""
        found = list(reachable(self._widget))
        if found == self._led:
            return
        self._led = found
        for before, after in pairwise(found):
            QWidget.setTabOrder(before, after)
