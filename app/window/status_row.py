"""The last row of the window: what the check says, what the drawing costs, and who computes."""

from __future__ import annotations

import sys

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.window.dropping_row import DroppingRow
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme, measure

GLYPH = 14
SPARE = 2
"""Pixels beside a sentence."""


class StatusItem(QWidget):
    """A short text, with a glyph in front where it has one."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign = QLabel(self)
        self.sign.hide()
        self.words = QLabel(self)
        self.words.setProperty("role", "status")
        self._kind = ("", "")
        self._is_aside = False
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.sign)
        row.addWidget(self.words)

    def say(self, words: str, glyph: str = "", colour: str = "text2") -> None:
        """Show words; glyph and colour by name."""
        self.words.setText(words)
        self._kind = (glyph, colour)
        role = {"error": "error", "warn": "warning"}.get(colour, "status")
        if self.words.property("role") != role:
            self.words.setProperty("role", role)
            self.words.style().unpolish(self.words)
            self.words.style().polish(self.words)
        self.setAccessibleDescription(words)
        self.give_way(False)
        self.updateGeometry()

    @property
    def is_grave(self) -> bool:
        """Whether it warns."""
        return self._kind[1] in ("error", "warn")

    def give_way(self, away: bool) -> None:
        """Leave the row, or come back where there is something to say."""
        self.setVisible(not away and not self._is_aside and bool(self.words.text()))

    def set_aside(self, aside: bool) -> None:
        """Say nothing for a while, whatever there is to say, or say it again."""
        self._is_aside = aside
        self.give_way(False)

    def set_theme(self, look: Theme) -> None:
        """Paint the glyph in a theme."""
        glyph, colour = self._kind
        self.sign.setVisible(bool(glyph))
        if glyph:
            scale = self.devicePixelRatioF()
            self.sign.setPixmap(glyph_pixmap(glyph, look[colour], GLYPH, scale))


class Said(QLabel):
    """The last sentence that the window said: whole, or cut where even that is too much."""

    renewed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "status")
        self.setAccessibleName("Last message")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.full = ""
        self._before = ""

    def set_aside(self, aside: bool) -> None:
        """Take back what was said, or say it again where nothing else has been said since."""
        words = "" if aside else self.full or self._before
        self._before = self.full if aside else ""
        self.say(words)

    def say(self, words: str) -> None:
        """Show one sentence."""
        self.full = words
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        self.give_way(False)
        self._elide()
        self.renewed.emit()

    def give_way(self, away: bool) -> None:
        """Be content with what is left, or claim room for the whole sentence."""
        whole = self.fontMetrics().horizontalAdvance(self.full) + 2 * SPARE if self.full else 0
        self.setMinimumWidth(0 if away else whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        room = max(0, self.width() - SPARE)
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self.full, mode, room))


class StatusRow(DroppingRow):
    """The parts of the status bar, from left to right."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(round(measure("height", "status")), parent)
        self.setProperty("role", "status_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._look = look
        self.check = StatusItem("Check", self)
        self.parameters = StatusItem("Parameters", self)
        self.weights = StatusItem("Size of the weights", self)
        self.work = StatusItem("Work of a forward pass", self)
        self.memory = StatusItem("Memory to train", self)
        self.said = Said(self)
        self.torch = StatusItem("PyTorch", self)
        self.engine = StatusItem("Engine", self)
        self.device = StatusItem("Device", self)
        self.python = StatusItem("Python", self)
        self.items = (
            self.check, self.parameters, self.weights, self.work, self.memory,
            self.torch, self.engine, self.device, self.python,
        )  # fmt: skip
        self.row.setContentsMargins(12, 0, 12, 0)
        self.row.setSpacing(16)
        for item in self.items[:5]:
            self.row.addWidget(item)
        self.row.addWidget(self.said, 1)
        for item in self.items[5:]:
            self.row.addWidget(item)
        for item in (self.python, self.torch, self.work, self.weights):
            self.add_step(item.give_way)
        self.add_step(self._drop_memory)
        self.add_step(self.parameters.give_way)
        self.add_step(self.device.give_way)
        self.add_step(self.said.give_way)
        self.said.renewed.connect(self.fit)
        self.say(self.python, "Python " + ".".join(map(str, sys.version_info[:3])))

    def say(self, item: StatusItem, words: str, glyph: str = "", colour: str = "text2") -> None:
        """Show words in one of the items."""
        item.say(words, glyph, colour)
        item.set_theme(self._look)
        self.fit()

    def tell_of_drawing(self, told: bool) -> None:
        """Say what is known of the drawing, or nothing of it while it cannot be seen."""
        for item in self.items[:5]:
            item.set_aside(not told)
        self.said.set_aside(not told)
        self.fit()

    def _drop_memory(self, away: bool) -> None:
        """Drop what a training takes, but for the word that it may not fit."""
        self.memory.give_way(away and not self.memory.is_grave)

    def set_theme(self, look: Theme) -> None:
        """Paint all glyphs in a theme."""
        self._look = look
        for item in self.items:
            item.set_theme(look)
