"""Which theme is shown: the one that the settings name, or the system's light or dark mode."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.settings.store import Settings
from app.window.style import palette, style_sheet
from graph_editor.canvas.theme import Theme, text_font, theme

SYSTEM = "system"


class ThemeWatch(QObject):
    """Dresses the application, and does so anew when setting or system change."""

    changed = Signal(object)
    """Another Theme is shown."""

    def __init__(self, app: QApplication, settings: Settings) -> None:
        super().__init__(app)
        self._app, self._settings = app, settings
        app.setStyle("Fusion")
        app.setFont(text_font("body"))
        self.look = self._wanted()
        self._dress()
        self._end = settings.subscribe(self._setting)
        app.styleHints().colorSchemeChanged.connect(self._look_again)

    def close(self) -> None:
        """Stop listening."""
        self._end()
        self._app.styleHints().colorSchemeChanged.disconnect(self._look_again)

    def _wanted(self) -> Theme:
        name = str(self._settings["theme"])
        if name == SYSTEM:
            light = self._app.styleHints().colorScheme() is Qt.ColorScheme.Light
            name = "light" if light else "dark"
        return theme(name)

    def _setting(self, key: str) -> None:
        if key == "theme":
            self._look_again()

    def _look_again(self) -> None:
        wanted = self._wanted()
        if wanted is not self.look:
            self.look = wanted
            self._dress()
            self.changed.emit(wanted)

    def _dress(self) -> None:
        self._app.setPalette(palette(self.look))
        self._app.setStyleSheet(style_sheet(self.look))
