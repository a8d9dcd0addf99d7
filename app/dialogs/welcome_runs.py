"""Runs that still go on, as the welcome page tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.dialogs.dialog import button, label
from app.training.folder import METRICS
from app.training.history import Run, runs_in
from app.training.status import LIVE
from graph_editor.canvas.theme import Theme

POINTS = 120
"""Most points of a curve that is 180 pixels wide."""
LARGEST = 32 * 1024 * 1024
"""Bytes of metrics beyond which no curve is drawn."""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that goes on: what to call it, how far it is, and its losses so far."""

    folder: Path
    title: str
    words: str
    curve: tuple[float, ...] = ()


def live_runs(folders: Iterable[Path]) -> list[LiveRun]:
    """Return the runs that still go on in folders of runs. Call it from a thread: it reads."""
    runs = [run for folder in folders for run in runs_in(folder)]
    return [live_run(run) for run in runs if run.status.state in LIVE]


def live_run(run: Run) -> LiveRun:
    """Describe one run."""
    status = run.status
    verb = "is paused" if status.state == "paused" else "is still training"
    words = [f"Epoch {min(status.epoch + 1, status.epochs or status.epoch + 1)}"]
    if status.epochs:
        words[0] += f" of {status.epochs}"
    accuracy, loss = run.last.get("val_accuracy"), run.last.get("val_loss")
    if isinstance(accuracy, int | float):
        words.append(f"validation accuracy {accuracy:.2%}".replace("%", " %"))
    elif isinstance(loss, int | float):
        words.append(f"validation loss {loss:.4g}")
    said = f"It went on without a window. {', '.join(words)}."
    return LiveRun(run.folder, f"{run.name} {verb}", said, losses(run.folder))


def losses(folder: Path) -> tuple[float, ...]:
    """Return the losses of a run, thinned; nothing where they cannot be read."""
    try:
        file = folder / METRICS
        lines = file.read_bytes().split(b"\n") if file.stat().st_size <= LARGEST else []
    except OSError:
        return ()
    found = [value for line in lines if (value := _loss(line)) is not None]
    step = max(1, len(found) // POINTS)
    return tuple(found[::step])


def _loss(line: bytes) -> float | None:
    try:
        record = json.loads(line) if b'"step"' in line[:24] else None
    except (ValueError, RecursionError):
        return None
    value = record.get("loss") if isinstance(record, dict) else None
    return float(value) if isinstance(value, int | float) else None


class RunBanner(QFrame):
    """One run that goes on, with its curve and a button to look at it."""

    watched = Signal(object)
    """The folder of the run."""

    def __init__(self, run: LiveRun, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.run = run
        self.watch = button("Watch", "", self)
        self.watch.setAccessibleName(f"Watch {run.title}")
        self.watch.clicked.connect(lambda: self.watched.emit(run.folder))
        title = label(run.title)
        words = label(run.words, "secondary", wraps=True)
        texts = QVBoxLayout()
        texts.setSpacing(1)
        texts.addWidget(title)
        texts.addWidget(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(14)
        row.addWidget(_Dot(look, self))
        row.addLayout(texts, 1)
        row.addWidget(_Curve(run.curve, look, self))
        row.addWidget(self.watch)


class _Dot(QWidget):
    """The sign of something that goes on."""

    def __init__(self, look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedSize(8, 8)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._look["ring"])
        painter.setBrush(self._look["ring"])
        painter.drawEllipse(QRectF(0.5, 0.5, 7, 7))


class _Curve(QWidget):
    """A line of values without axes; the eye sees that it falls."""

    def __init__(self, values: Sequence[float], look: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._values, self._look = values, look
        self.setMinimumWidth(40)
        self.setMaximumSize(180, 36)
        self.setMinimumHeight(32)
        self.setVisible(len(values) > 1)

    def sizeHint(self) -> QSize:
        return QSize(180, 34)

    def paintEvent(self, _: QPaintEvent) -> None:
        low, high = min(self._values), max(self._values)
        wide, tall = self.width() - 2, self.height() - 4
        span, last = (high - low) or 1.0, len(self._values) - 1
        line = QPolygonF(
            [
                QPointF(1 + wide * at / last, 2 + tall * (1 - (value - low) / span))
                for at, value in enumerate(self._values)
            ]
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.runs[0], 1.5))
        painter.drawPolyline(line)
