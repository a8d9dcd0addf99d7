"""Gives the tabs of the docks as much room beside their words as their bar has for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QTabBar

ROOMS = (("", 12), ("little", 7), ("least", 3))
"""What the style sheet calls a room, and its pixels at each side of a tab's words."""


class DockTabs(QObject):
    """Dresses bars, and keeps all their tabs in sight; words are shortened only at last."""

    def dress(self, bar: QTabBar) -> None:
        """Let a bar be reached by keyboard and show all its tabs, whatever its width becomes."""
        bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.setDrawBase(False)
        bar.setExpanding(False)
        bar.setUsesScrollButtons(False)
        bar.setElideMode(Qt.TextElideMode.ElideRight)
        bar.setAccessibleName("Panels")
        bar.removeEventFilter(self)  # once is enough
        bar.installEventFilter(self)
        fit(bar)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QTabBar):
            fit(watched)
        return super().eventFilter(watched, event)


def fit(bar: QTabBar) -> None:
    """Choose the widest room at which all words of a bar are whole, or the least."""
    measured = bar.fontMetrics()
    tabs = range(bar.count())
    words = sum(measured.horizontalAdvance(bar.tabText(tab)) + 1 for tab in tabs)
    fitting = [name for name, side in ROOMS if words + 2 * side * bar.count() <= bar.width()]
    room = fitting[0] if fitting else ROOMS[-1][0]
    if (bar.property("room") or "") != room:
        bar.setProperty("room", room)
        bar.style().unpolish(bar)
        bar.style().polish(bar)
