"""The way of Tab through a window: past all that can be seen, and nothing that lies behind tabs.

Qt keeps docks behind the front one outside of the window, and would lead the keyboard there.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMainWindow, QWidget


def walk(window: QMainWindow, forwards: bool) -> bool:
    """Give the keyboard to the next widget that takes it by Tab; return whether there is one."""
    now = window.focusWidget()
    if now is None:
        return False
    way = Qt.FocusReason.TabFocusReason if forwards else Qt.FocusReason.BacktabFocusReason
    for widget in _chain(now, forwards):
        if stops_at(window, widget):
            widget.setFocus(way)
            return True
    return False


def _chain(start: QWidget, forwards: bool) -> Iterator[QWidget]:
    """Yield the widgets behind, or before, one; all of its window once."""
    widget = start.nextInFocusChain() if forwards else start.previousInFocusChain()
    while widget is not None and widget is not start:
        yield widget
        widget = widget.nextInFocusChain() if forwards else widget.previousInFocusChain()


def stops_at(window: QMainWindow, widget: QWidget) -> bool:
    """Whether Tab stops at a widget: it takes the keyboard, and can be brought into sight."""
    takes = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value and widget.isEnabled()
    if not takes or widget.focusProxy() is not None or not widget.isVisibleTo(window):
        return False
    part = _part_of(window, widget)
    return part is not None and part.geometry().intersects(window.rect())


def _part_of(window: QMainWindow, widget: QWidget) -> QWidget | None:
    """Return the dock, row or centre of a window that a widget is in."""
    part: QWidget | None = widget
    while part is not None and part.parentWidget() is not window:
        part = None if part.isWindow() else part.parentWidget()
    return part
