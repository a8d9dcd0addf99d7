"""A style in which no text is ever taken for markup: names and messages come from files.

Qt guesses whether the text of a label or a tooltip is rich text, and loads what that names: a node
called ``<img src="…">`` could make the window read any file or wait for ever.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QProxyStyle, QWidget

MARKED_UP = "marked_up"
"""A property of labels whose text is markup of our own, with nothing of the user's in it."""


class PlainStyle(QProxyStyle):
    """Fusion, with plain text in labels and tooltips, which are labels, too."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def polish(self, thing: object) -> object:  # type: ignore[override]  # widget, palette or app
        if isinstance(thing, QLabel) and not thing.property(MARKED_UP):
            thing.setTextFormat(Qt.TextFormat.PlainText)
        if isinstance(thing, QWidget | QApplication):
            super().polish(thing)
            return None
        return super().polish(thing)  # type: ignore[call-overload]  # a palette
