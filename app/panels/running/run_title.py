"""The first row of the run panel: which run, with what, how far, and what can be done to it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from app.panels.running.elided import Elided
from app.session.run_tracked import TrackedRun
from app.session.run_words import device_words, moment_words, span_words, state_words
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.theme import Theme

FULL = 1000
"""Steps of the progress bar."""
WIDE_BAR = 130
NAME = 110
"""Pixels that a name keeps where there is little room."""
NO_RUN = "No run is going on."
BUTTONS = (("pause", "Pause the run"), ("stop", "Stop the run"), ("save", "Write a checkpoint"))


class RunTitle(QWidget):
    """Name, circumstances, progress, time left, and buttons to pause, stop and keep."""

    pause_pressed = Signal()
    stop_pressed = Signal()
    checkpoint_pressed = Signal()

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._pause_glyph = "pause"
        self.name = Elided(self, NAME)
        self.name.setProperty("role", "heading")
        self.details = Elided(self)
        self.details.setProperty("role", "secondary")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, FULL)
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(WIDE_BAR)
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar.setMaximumWidth(170)
        self.bar.setAccessibleName("Progress of the run")
        self.epoch, self.left = QLabel(self), QLabel(self)
        for label, role in ((self.epoch, "dense"), (self.left, "secondary")):
            label.setProperty("role", role)
        self.buttons = {glyph: self._button(words) for glyph, words in BUTTONS}
        self.buttons["pause"].clicked.connect(self.pause_pressed)
        self.buttons["stop"].clicked.connect(self.stop_pressed)
        self.buttons["save"].clicked.connect(self.checkpoint_pressed)
        self._names = _row_of(self, self.name, self.details, last=1)
        self._progress = _row_of(self, self.bar, self.epoch, self.left)
        self._steering = _row_of(self, *self.buttons.values(), gap=2)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._is_narrow: bool | None = None
        self._arrange(False)
        self.set_theme(look)

    def set_theme(self, look: Theme) -> None:
        """Paint the glyphs in a theme."""
        self._look = look
        for glyph, button in self.buttons.items():
            shown = self._pause_glyph if glyph == "pause" else glyph
            button.setIcon(glyph_icon(shown, look["text2"]))

    def show_run(self, run: TrackedRun | None, is_starting: bool, why_not: str) -> None:
        """Show a run as it stands; ``why_not`` says why it cannot be steered."""
        self._enable(run, why_not)
        if run is None or is_starting:
            self.name.say("Starting" if is_starting else "")
            self.details.say("The run's folder is being written." if is_starting else "")
            for part in (self.epoch, self.left):
                part.setText("")
            self.bar.setVisible(is_starting)
            self.bar.setValue(0)
            return
        self.name.say(run.name)
        self.details.say(circumstances(run))
        self.bar.setVisible(True)
        self.bar.setValue(round(FULL * run.progress))
        self.epoch.setText(epoch_words(run))
        self.left.setText(left_words(run))
        grave = run.status.state in ("failed", "died", "unreadable")
        role = "error" if grave else "secondary"
        if self.left.property("role") != role:
            self.left.setProperty("role", role)
            self.left.style().unpolish(self.left)
            self.left.style().polish(self.left)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width() < 520)

    def _arrange(self, narrow: bool) -> None:
        """Stand in one row, or in two where there is no room."""
        if narrow == self._is_narrow:
            return
        self._is_narrow = narrow
        for part in (self._names, self._progress, self._steering):
            self._grid.removeWidget(part)
        self._grid.addWidget(self._names, 0, 0)
        self._grid.addWidget(self._steering, 0, 2)
        self._grid.addWidget(self._progress, *((1, 0, 1, 3) if narrow else (0, 1)))
        self.bar.setMaximumWidth(10_000 if narrow else 170)
        self.bar.setMinimumWidth(24 if narrow else WIDE_BAR)

    def _enable(self, run: TrackedRun | None, why_not: str) -> None:
        reason = why_not or (NO_RUN if run is None or not run.is_live else "")
        paused = run is not None and run.status.state == "paused"
        self._pause_glyph = "play" if paused else "pause"
        self.buttons["pause"].setIcon(glyph_icon(self._pause_glyph, self._look["text2"]))
        for glyph, words in BUTTONS:
            said = "Let the run go on" if glyph == "pause" and paused else words
            button = self.buttons[glyph]
            button.setEnabled(not reason)
            button.setAccessibleName(said)
            button.setToolTip(f"{said}\n{reason}" if reason else said)

    def _button(self, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIconSize(QSize(16, 16))
        button.setFixedSize(26, 26)
        button.setAccessibleName(words)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button


def _row_of(parent: QWidget, *widgets: QWidget, gap: int = 8, last: int = 0) -> QWidget:
    """Return widgets in a row of their own; ``last`` shares of the room stay behind them."""
    whole = QWidget(parent)
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for widget in widgets:
        row.addWidget(widget)
    if last:
        row.addStretch(last)
    return whole


def circumstances(run: TrackedRun) -> str:
    """Return ``on CPU, 2 threads · seed 0 · started 14:02``."""
    where, when = device_words(run.settings), moment_words(run.created)
    return f"on {where} · seed {run.seed} · started {when}"


def epoch_words(run: TrackedRun) -> str:
    """Return ``epoch 19 / 30``: the one that goes on, or how many are whole."""
    status = run.status
    if not status.epochs:
        return ""
    present = min(status.epoch + run.is_live, status.epochs)
    return f"epoch {present} / {status.epochs}"


def left_words(run: TrackedRun) -> str:
    """Return the time left of a run that goes on, else how it ended."""
    if run.status.state != "running":
        return state_words(run.status).lower()
    left = run.seconds_left
    return f"{span_words(left)} left" if math.isfinite(left) else "running"
