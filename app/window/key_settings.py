"""Has a window listen to the keys that the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.commands.shortcuts import SETTING, canvas_keys, present, usual

if TYPE_CHECKING:
    from app.session.session import Session
    from app.window.menus import Menus
    from graph_editor.canvas.canvas import Canvas

REFUSED = "The usual shortcuts hold: those in settings.json cannot be read. {}"


class KeySettings(QObject):
    """Tells the canvas, the entries of the menus, and whoever speaks of keys."""

    def __init__(self, session: Session, canvas: Canvas, menus: Menus, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._menus = session, canvas, menus
        self.destroyed.connect(session.settings.subscribe(self._changed))
        self.apply()

    def _changed(self, key: str) -> None:
        if key == SETTING:
            self.apply()

    def apply(self) -> None:
        """Let the present keys hold."""
        now = present(self._session.settings)
        self._canvas.keys = canvas_keys(now)
        self._menus.set_keys(now)
        self._session.keys.tell(usual(), now)

    def say_refused(self) -> None:
        """Say why the user's own keys do not hold, if that is so."""
        reason = self._session.settings.why_refused(SETTING)
        if reason:
            self._session.said.emit(REFUSED.format(reason))
