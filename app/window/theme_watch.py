"""Which theme is shown: the one that the settings name, or the system's light or dark mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.window.style import palette, style_sheet
from graph_editor.canvas.theme import NAMES, Theme, text_font, theme

if TYPE_CHECKING:
    from app.settings.store import Settings


class ThemeWatch(QObject):
    """Dresses the application, and does so anew when setting or system change."""

    changed = Signal(object)
    """Another Theme is shown."""

    def __init__(self, app: QApplication, name: str) -> None:
        """Name is what the settings file says, which need not be a theme's."""
        super().__init__(app)
        self._app, self._name = app, name
        self._end: Callable[[], None] = lambda: None
        app.setStyle("Fusion")
        self._guarded = False
        app.setFont(text_font("body"))
        self.look = self._wanted()
        self._dress()
        app.styleHints().colorSchemeChanged.connect(self._look_again)

    def guard(self) -> None:
        """From now on, take no text for markup: called before anything of a file is shown.

        It is not done at once since such a style makes the first paint a twelfth dearer.
        """
        if not self._guarded:
            from app.window.plain_style import PlainStyle

            self._guarded = True
            self._app.setStyle(PlainStyle())

    def follow(self, settings: Settings) -> None:
        """Show what the settings say from now on."""
        self._end()

        def told(key: str) -> None:
            if key == "theme":
                self._name = str(settings["theme"])
                self._look_again()

        self._end = settings.subscribe(told)
        told("theme")

    def close(self) -> None:
        """Stop listening."""
        self._end()
        self._app.styleHints().colorSchemeChanged.disconnect(self._look_again)

    def _wanted(self) -> Theme:
        if self._name in NAMES:
            return theme(self._name)
        light = self._app.styleHints().colorScheme() is Qt.ColorScheme.Light
        return theme("light" if light else "dark")

    def _look_again(self) -> None:
        wanted = self._wanted()
        if wanted is not self.look:
            self.look = wanted
            self._dress()
            self.changed.emit(wanted)

    def _dress(self) -> None:
        self._app.setPalette(palette(self.look))
        self._app.setStyleSheet(style_sheet(self.look))
