"""The last numbers of a run beside its curves, with the best ones below."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.session.run_tracked import TrackedRun
from app.session.run_words import NONE, number_words, rate_words, value_words
from graph_editor.canvas.theme import code_font


class Figure(QWidget):
    """What it is, how much, and a word on it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.value, self.note = QLabel(name, self), QLabel(NONE, self), QLabel(self)
        self.name.setProperty("role", "caption")
        self.value.setProperty("role", "figure")
        self.note.setProperty("role", "caption")
        font = code_font(14)
        font.setWeight(font.Weight.DemiBold)
        self.value.setFont(font)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for label in (self.name, self.value, self.note):
            column.addWidget(label)

    def say(self, value: str, note: str = "", name: str = "") -> None:
        """Show a value and a note."""
        for label, text in ((self.value, value), (self.note, note)):
            if label.text() != text:
                label.setText(text)
        if name and self.name.text() != name:
            self.name.setText(name)
        self.note.setVisible(bool(note))
        self.setAccessibleName(f"{self.name.text()}: {value} {note}".strip())


class RunFigures(QWidget):
    """Validation loss, a metric, the learning rate, and the samples per second."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loss = Figure("validation loss", self)
        self.metric_figure = Figure("validation accuracy", self)
        self.rate = Figure("learning rate", self)
        self.pace = Figure("samples / s", self)
        self._all = (self.loss, self.metric_figure, self.rate, self.pace)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._columns = 0
        self.set_columns(1)

    def set_columns(self, columns: int) -> None:
        """Stand in so many columns."""
        if columns == self._columns:
            return
        self._columns = columns
        self._grid.setVerticalSpacing(10 if columns == 1 else 4)
        self._grid.setHorizontalSpacing(16)
        for figure in self._all:
            self._grid.removeWidget(figure)
        for k, figure in enumerate(self._all):
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(figure, k // columns, k % columns, alignment=top)
        self._grid.setRowStretch(len(self._all), 1 if columns == 1 else 0)
        tall = QSizePolicy.Policy.Preferred if columns == 1 else QSizePolicy.Policy.Fixed
        wide = QSizePolicy.Policy.Fixed if columns == 1 else QSizePolicy.Policy.Preferred
        self.setSizePolicy(wide, tall)

    def show_run(self, run: TrackedRun | None) -> None:
        """Show the numbers of a run."""
        if run is None:
            for figure in self._all:
                figure.say(NONE)
            return
        loss, train = run.value("val_loss"), run.value("train_loss")
        if math.isfinite(loss) or not math.isfinite(train):
            self.loss.say(number_words(loss), best_words(run, "val_loss"), "validation loss")
        else:
            self.loss.say(number_words(train), best_words(run, "train_loss"), "training loss")
        name = metric_of(run)
        words = name.replace("_", " ")
        value = value_words(name, run.value(f"val_{name}"))
        self.metric_figure.say(value, best_words(run, f"val_{name}"), f"validation {words}")
        self.rate.say(number_words(run.value("lr")))
        self.pace.say(rate_words(run.samples_per_second))


def metric_of(run: TrackedRun) -> str:
    """Return the metric that stands for a run: accuracy, else the first that it has."""
    names = [name.removeprefix("val_") for name in (*run.numbers.epochs, *run.last)
             if name.startswith("val_") and name != "val_loss"]  # fmt: skip
    return "accuracy" if "accuracy" in names or not names else names[0]


def best_words(run: TrackedRun, name: str) -> str:
    """Return ``best 0.0227``; empty where nothing is known."""
    value, _ = run.numbers.best(name)
    return f"best {value_words(name, value)}" if math.isfinite(value) else ""
