"""The row above a comparison: with what, how much differs in this file, and steps through it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.panels.code.comparison import REMOVED
from app.session.keys import Keys
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme

SOURCES = (("run", "Last run"), ("saved", "As saved"))
STEPS = {"chevron_up": "Previous change (Shift+F7)", "chevron_down": "Next change (F7)"}
SAME = "Nothing differs in this file."
GAP = 4
NARROW = 290
"""Width below which what the first row has, too, is left out: the way back."""


class CompareBar(QFrame):
    """Says what it is told; somebody else compares."""

    source_chosen = Signal(str)
    """``run`` or ``saved``."""
    step_asked = Signal(int)
    closed = Signal()

    def __init__(self, look: Theme, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setProperty("role", "window")
        self._counts = False
        self.source = QComboBox(self)
        self.source.setAccessibleName("Compare with")
        for key, title in SOURCES:
            self.source.addItem(title, key)
        self.added, self.removed, self.place = QLabel(self), QLabel(self), QLabel(self)
        self.added.setProperty("role", "ok")
        self.removed.setProperty("role", "error")
        self.place.setProperty("role", "secondary")
        self.buttons = {
            "chevron_up": self._button(STEPS["chevron_up"], partial(self._step, -1)),
            "chevron_down": self._button(STEPS["chevron_down"], partial(self._step, 1)),
            "close": self._button("Back to the code", self.closed.emit),
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, GAP, 3)
        row.setSpacing(GAP)
        row.addWidget(self.source)
        row.addWidget(self.added)
        row.addWidget(self.removed)
        row.addStretch(1)
        row.addWidget(self.place)
        for button in self.buttons.values():
            row.addWidget(button)
        self.source.currentIndexChanged.connect(self._chosen)
        self.set_theme(look)

    def _button(self, words: str, act: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        self._keys.tip(button, words)
        button.setAccessibleName(words.partition(" (")[0])
        button.setIconSize(QSize(14, 14))
        button.setFixedSize(24, 24)
        button.clicked.connect(lambda _=False: act())
        return button

    def _step(self, way: int) -> None:
        self.step_asked.emit(way)

    def _chosen(self) -> None:
        self.source_chosen.emit(self.source.currentData())

    def show_source(self, key: str, moment: str = "") -> None:
        """Show with what is compared, and when the last run began."""
        with QSignalBlocker(self.source):
            self.source.setCurrentIndex(self.source.findData(key))
        self.source.setToolTip(f"The last run began {moment}" if moment else "")

    def say(self, added: int, removed: int, place: str) -> None:
        """Say how many lines of this file differ, and where in them the cursor is."""
        self.added.setText(f"+{added}")
        self.removed.setText(f"{REMOVED}{removed}")
        self.added.setAccessibleName(f"{added} lines added")
        self.removed.setAccessibleName(f"{removed} lines removed")
        self.place.setText(place)
        for glyph in ("chevron_up", "chevron_down"):
            self.buttons[glyph].setEnabled(bool(added or removed))
            self._keys.tip(self.buttons[glyph], STEPS[glyph] if added or removed else SAME)
        self._counts = bool(added or removed)
        self._fit()

    def set_theme(self, look: Theme) -> None:
        """Draw the buttons in another theme."""
        for name, button in self.buttons.items():
            button.setIcon(glyph_icon(name, look["text2"]))

    def _fit(self) -> None:
        """Where there is no room, leave out the place among the changes, then the counts."""
        self.buttons["close"].setHidden(self.width() < NARROW)
        self.source.setMinimumWidth(self.source.sizeHint().width())
        shown = sum(not button.isHidden() for button in self.buttons.values())
        room = self.width() - self.source.minimumWidth() - shown * (24 + GAP) - 2 * GAP - 8
        for label in (self.added, self.removed):
            room -= (label.sizeHint().width() + GAP) * self._counts
        for label in (self.added, self.removed):
            label.setVisible(self._counts and room >= 0)
        self.place.setVisible(
            bool(self.place.text()) and room >= self.place.sizeHint().width() + GAP
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
