"""Remembers where a window and its docks stand, a moment after they have come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer

if TYPE_CHECKING:
    from app.settings.store import Settings
    from app.window.shell import Shell

WINDOW = "window"
"""The name in the settings' memory."""
REST = 2000
"""Milliseconds without a change after which the disk is asked."""
MOVED = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.WindowStateChange,
    QEvent.Type.Show,
    QEvent.Type.Hide,
)


class WindowMemory(QObject):
    """Keeps the place of one window, so that it is known even if the process is killed."""

    def __init__(self, shell: Shell, settings: Settings) -> None:
        super().__init__(shell)
        self._shell, self._settings = shell, settings
        self._resting = QTimer(self, singleShot=True, interval=REST)
        self._resting.timeout.connect(self.keep)
        for watched in (shell, *shell.docks.values()):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVED:
            self._resting.start()
        return super().eventFilter(watched, event)

    def keep(self) -> None:
        """Remember the place now, if it is another one."""
        shell = self._shell
        shell.keep_layout()
        geometry = bytes(shell.saveGeometry().toBase64().data()).decode("ascii")
        place = {"geometry": geometry, "layouts": dict(shell.layouts)}
        if place != self._settings.memory(WINDOW):
            self._settings.remember(WINDOW, place)

    def close(self) -> None:
        """Remember the place for the last time: the window closes."""
        self.keep()
        self._resting.stop()
        for watched in (self._shell, *self._shell.docks.values()):
            watched.removeEventFilter(self)
