"""Has a fix previewed while the pointer or the keyboard is on what would apply it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QWidget

from app.session.previewing import Previewing
from graph_editor.checking.verdict import Fix

BEGINS = (QEvent.Type.Enter, QEvent.Type.FocusIn)
ENDS = (QEvent.Type.Leave, QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.MouseButtonPress)


class Pointing(QObject):
    """Watches one button, and tells when it is pointed at; it lives as long as that does."""

    def __init__(self, button: QWidget, begin: Callable[[], None], end: Callable[[], None]) -> None:
        super().__init__(button)
        self._begin, self._end = begin, end
        self.is_on = False
        """Whether the pointer or the keyboard is on it."""
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if event.type() in BEGINS and _by_hand(event):
            self.is_on = True
            self._begin()
        elif event.type() in ENDS and self.is_on:
            self.is_on = False
            self._end()
        return False


class PointedAt(Pointing):
    """Previews one fix while its button is pointed at."""

    def __init__(
        self, button: QWidget, previewing: Previewing, fix: Callable[[], Fix | None]
    ) -> None:
        super().__init__(button, self._show, self._hide)
        self._previewing, self._fix = previewing, fix
        self._shown: Fix | None = None

    def _show(self) -> None:
        self._shown = self._fix()
        if self._shown is not None:
            self._previewing.show(self._shown)

    def _hide(self) -> None:
        if self._shown is not None:
            self._previewing.end(self._shown)
            self._shown = None


def _by_hand(event: QEvent) -> bool:
    """Whether the user has brought the focus here, not a window that came to the front."""
    if not isinstance(event, QFocusEvent):
        return True
    return event.reason() in (
        event.reason().TabFocusReason,
        event.reason().BacktabFocusReason,
        event.reason().ShortcutFocusReason,
        event.reason().OtherFocusReason,
    )
