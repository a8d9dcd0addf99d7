"""Which curves each plot of a board has: colours and strokes by run and by what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtGui import QColor

from app.panels.plots.curve_item import CurveItem, Pencil
from app.panels.plots.legend import Entry
from app.panels.plots.run_data import RunData
from app.session.run_words import is_share
from graph_editor.canvas.theme import Theme, mixed

FAINT = 0.42
"""Share of a run's colour in its unsmoothed curve."""
RAW, TRAIN, VALIDATION = 0.0, 1.0, 2.0
"""How far up the curves lie."""


def run_colour(look: Theme, data: RunData) -> QColor:
    """Return the colour that a run has for life."""
    return look.runs[data.run.colour % len(look.runs)]


def colours_of(runs: Sequence[RunData], data: RunData, look: Theme) -> tuple[QColor, QColor]:
    """Return the colours of a run's training and validation.

    Of several runs each has its own for both; one alone has the pair that its loss node has.
    """
    if len(runs) == 1:
        return look.runs[0], look.runs[1]
    return run_colour(look, data), run_colour(look, data)


def metrics_of(runs: Iterable[RunData]) -> list[str]:
    """Return what the epochs of some runs report beside losses and the rate, accuracy first."""
    found = dict.fromkeys(
        name.removeprefix("val_") for data in runs for name in data.epochs if name != "val_loss"
    )
    plain = [name for name in found if name != "lr" and not name.startswith("train_")]
    return sorted(plain, key=lambda name: name != "accuracy")


def loss_curves(runs: Sequence[RunData], look: Theme, smoothing: float) -> list[CurveItem]:
    """Return the curves of the losses; the present run is the first, and alone has raw values."""
    found = []
    for k, data in enumerate(runs):
        (colour, other), alone = colours_of(runs, data, look), len(runs) == 1
        if k == 0 or smoothing == 0.0:
            raw = mixed(colour, look["input"], FAINT) if smoothing > 0.0 else colour
            found.append(CurveItem(data.steps, Pencil(raw, 1.0), RAW - k))
        if smoothing > 0.0:
            pencil = Pencil(colour, 1.75, dashed=not alone, smoothing=smoothing, dots=alone)
            found.append(CurveItem(data.steps, pencil, TRAIN))
        if "val_loss" in data.epochs:
            pencil = Pencil(other, 2.0, dots=alone)
            found.append(CurveItem(data.epochs["val_loss"], pencil, VALIDATION))
    return found


def metric_curves(runs: Sequence[RunData], look: Theme, metric: str) -> list[CurveItem]:
    """Return the curves of a metric, of training dashed where several runs are drawn."""
    found, scale = [], 100.0 if is_share(metric) else 1.0
    for data in runs:
        (colour, other), alone = colours_of(runs, data, look), len(runs) == 1
        train, validation = data.epochs.get(f"train_{metric}"), data.epochs.get(f"val_{metric}")
        if train is not None:
            pencil = Pencil(colour, 1.75, dashed=not alone, dots=alone, scale=scale)
            found.append(CurveItem(train, pencil, TRAIN))
        if validation is not None:
            pencil = Pencil(other, 2.0, dots=alone, scale=scale)
            found.append(CurveItem(validation, pencil, VALIDATION))
    return found


def rate_curves(runs: Sequence[RunData], look: Theme) -> list[CurveItem]:
    """Return the curves of the learning rates."""
    return [
        CurveItem(
            data.epochs["lr"],
            Pencil(colours_of(runs, data, look)[0], 2.0, dots=len(runs) == 1),
        )
        for data in runs
        if "lr" in data.epochs
    ]


def entries(runs: Sequence[RunData], look: Theme) -> list[Entry]:
    """Return the legend of a plot of losses or metrics."""
    if len(runs) != 1:
        return [Entry("validation", look["text2"]), Entry("train", look["text2"], dashed=True)]
    train, validation = colours_of(runs, runs[0], look)
    return [Entry("train", train), Entry("validation", validation)]
