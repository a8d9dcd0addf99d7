"""The way from the main graph to the one that is shown, each step a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QSizePolicy, QToolButton, QWidget

from app.window.keyed_button import GlyphButton
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme

LONGEST = 24
"""Letters of a step's name that are shown."""


class Breadcrumb(QWidget):
    """Home, then the names of the graphs that lie around the shown one."""

    chosen = Signal(str, str)
    """Key and prefix of a graph."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[tuple[str, str, str], ...] = ()
        self._shown = slice(None)
        self.home = GlyphButton("home", "Main graph", self)
        self.home.clicked.connect(lambda: self.chosen.emit("main", ""))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._row.addWidget(self.home)
        self._row.addStretch(1)
        self._made: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_theme(look)

    def set_theme(self, look: Theme) -> None:
        """Paint everything in a theme."""
        self._look = look
        self.home.set_theme(look)
        self._make()

    def set_steps(self, steps: Sequence[tuple[str, str, str]]) -> None:
        """Show titles of graphs, each with its key and prefix; the last is the shown one."""
        if tuple(steps) != self._steps:
            self._steps = tuple(steps)
            self._make()

    def sizeHint(self) -> QSize:
        return QSize(self._row.sizeHint().width(), 28)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_last(self, alone: bool) -> None:
        """Show the last step alone, or all."""
        self._shown = slice(-1, None) if alone else slice(None)
        self._make()

    def show_home(self, alone: bool) -> None:
        """Show no step at all, or the last."""
        self._shown = slice(0, 0) if alone else slice(-1, None)
        self._make()

    def _make(self) -> None:
        for widget in self._made:
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._made = []
        for step in self._steps[self._shown]:
            self._add(self._chevron())
            self._add(self._button(step, step is self._steps[-1]))
        self.updateGeometry()

    def _add(self, widget: QWidget) -> None:
        self._made.append(widget)
        self._row.insertWidget(self._row.count() - 1, widget)
        widget.show()  # now: who asks for the room that it needs must not wait for the layout

    def _chevron(self) -> QLabel:
        label = QLabel(self)
        scale = self.devicePixelRatioF()
        label.setPixmap(glyph_pixmap("chevron_right", self._look["text3"], 12, scale))
        return label

    def _button(self, step: tuple[str, str, str], last: bool) -> QToolButton:
        title, key, prefix = step
        button = QToolButton(self)
        short = title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"
        button.setText(short.replace("&", "&&"))
        button.setToolTip(title)
        button.setProperty("role", "here" if last else "step")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self.chosen.emit, key, prefix))
        return button
