"""Has a canvas move as the user's settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from graph_editor.canvas.minimap import Minimap
from graph_editor.canvas.recents import keep_recent

if TYPE_CHECKING:
    from app.settings.store import Settings
    from graph_editor.canvas.canvas import Canvas


class CanvasSettings(QObject):
    """Tells a canvas what holds now, and whenever a setting changes."""

    def __init__(self, settings: Settings, canvas: Canvas, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._canvas = settings, canvas
        self._minimap = Minimap(canvas)
        self.destroyed.connect(settings.subscribe(self._apply))
        self._apply()
        kept = settings.memory("recent_specs")  # the palette panel writes it
        keep_recent(canvas, map(str, kept) if isinstance(kept, list) else ())

    def _apply(self, _: str = "") -> None:
        settings, canvas = self._settings, self._canvas
        canvas.wheel_pans = settings["wheel"] == "pan"
        canvas.wheel_reversed = bool(settings["wheel_reversed"])
        canvas.snaps = bool(settings["snap_to_grid"])
        canvas.world.tracing.switch(bool(settings["trace_selection"]))
        self._minimap.switch(bool(settings["minimap"]))
