"""The way from the main graph to the one that is shown, each step a button."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.window.keyed_button import GlyphButton
from graph_editor.canvas.glyphs import glyph_pixmap
from graph_editor.canvas.theme import Theme

LONGEST = 24
"""Letters of a step's name that are shown."""


FEW = 2
"""So many steps are left of a long way before the last stands alone."""


class Breadcrumb(QWidget):
    """Home, then the names of the graphs that lie around the shown one.

    Where the room is too small for all of them, those in front are behind a button with dots.
    """

    chosen = Signal(str, str)
    """Key and prefix of a graph."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[tuple[str, str, str], ...] = ()
        self._most: int | None = None
        """So many steps, the last ones, have room; None: all."""
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

    def show_few(self, less: bool) -> None:
        """Show the last two steps and what opens the others, or all."""
        self._show(FEW if less else None)

    def show_last(self, less: bool) -> None:
        """Show the last step and what opens the others, or the last two."""
        self._show(1 if less else FEW)

    def show_home(self, less: bool) -> None:
        """Show no step at all, or the last."""
        self._show(0 if less else 1)

    def _show(self, most: int | None) -> None:
        self._most = most
        self._make()

    def _make(self) -> None:
        for widget in self._made:
            self._row.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._made = []
        count = len(self._steps) if self._most is None else self._most
        first = max(0, len(self._steps) - count)
        if first and count:
            self._add(self._chevron())
            self._add(self._dots(self._steps[:first]))
        for step in self._steps[first:]:
            self._add(self._chevron())
            self._add(self._button(step, step is self._steps[-1]))
        self.updateGeometry()

    def _dots(self, steps: Sequence[tuple[str, str, str]]) -> QToolButton:
        """Return the button that lists the steps for which there is no room."""
        button = QToolButton(self)
        button.setText("…")
        button.setToolTip(" › ".join(title for title, _, _ in steps))
        button.setAccessibleName("Graphs above")
        button.setProperty("role", "step")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        for title, key, prefix in steps:
            entry = menu.addAction(title.replace("&", "&&"))
            entry.triggered.connect(partial(self.chosen.emit, key, prefix))
        button.setMenu(menu)
        return button

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
