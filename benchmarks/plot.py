"""One update of the live loss plot at 1,000,000 points: against 2,000, and against matplotlib's.

An update is what happens while a run goes on: 16 new steps are added, and the plot is painted, raw
and smoothed, 800x300 pixels. matplotlib draws the same data with ``set_data``, ``relim``,
``autoscale_view`` and ``draw``. Prints two JSON lines; times are CPU milliseconds, the median.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.panels.plots.imports import import_libraries
from graph_editor.canvas.theme import theme

SMALL, LARGE = 2_000, 1_000_000
NEW, ROUNDS = 16, 30
SIZE = (800, 300)


def ours(points: int) -> float:
    """Return the median CPU milliseconds of an update of this program's plot."""
    import numpy as np

    from app.panels.plots.curve_item import CurveItem, Pencil
    from app.panels.plots.plot import Plot
    from app.panels.plots.series import Series

    series = Series()
    steps = np.arange(points, dtype=float)
    series.append(places(steps), loss(steps))
    colour = theme("dark").runs[0]
    plot = Plot("loss")
    plot.resize(*SIZE)
    plot.set_theme(theme("dark"))
    raw = CurveItem(series, Pencil(QColor(colour), 1.0))
    plot.set_curves([raw, CurveItem(series, Pencil(QColor(colour), 1.75, smoothing=0.9))])
    plot.set_scales("step", False, True)
    plot.show()
    QApplication.processEvents()

    def update(round_: int) -> None:
        added = np.arange(points + round_ * NEW, points + (round_ + 1) * NEW, dtype=float)
        series.append(places(added), loss(added))
        plot.refresh()
        plot.viewport().repaint()

    found = timed(update)
    plot.close()
    return found


def matplotlibs(points: int) -> float:
    """Return the median CPU milliseconds of an update of the same plot by matplotlib."""
    import matplotlib as mpl
    import numpy as np

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100)
    axes.set_yscale("log")
    (raw,) = axes.plot([], [], linewidth=0.75)
    (smooth,) = axes.plot([], [], linewidth=1.3)
    steps = np.arange(points + ROUNDS * NEW, dtype=float)
    values = loss(steps)
    smoothed = np.convolve(values, np.full(10, 0.1), mode="same")

    def update(round_: int) -> None:
        size = points + (round_ + 1) * NEW
        raw.set_data(steps[:size], values[:size])
        smooth.set_data(steps[:size], smoothed[:size])
        axes.relim()
        axes.autoscale_view()
        figure.canvas.draw()

    found = timed(update, rounds=8)
    plt.close(figure)
    return found


def places(steps):  # type: ignore[no-untyped-def]  # numpy is imported late
    return {"epoch": steps / 100, "step": steps, "time": steps * 0.01}


def loss(steps):  # type: ignore[no-untyped-def]  # as above
    import numpy as np

    noise = np.random.default_rng(len(steps)).lognormal(0.0, 0.3, len(steps))
    return (0.02 + 2.0 * np.exp(-steps / (0.2 * LARGE))) * noise


def timed(update: Callable[[int], None], rounds: int = ROUNDS) -> float:
    times = []
    for round_ in range(rounds):
        before = time.process_time()
        update(round_)
        times.append(1000 * (time.process_time() - before))
    return statistics.median(times[2:])


def main() -> int:
    """Print the figures; 1 where one of them is not reached."""
    application = QApplication.instance() or QApplication([])
    import_libraries()
    few, many, theirs = ours(SMALL), ours(LARGE), matplotlibs(LARGE)
    good = tell("plot update at 1,000,000 points, against 2,000", many, few, 1.5)
    good = tell("plot update at 1,000,000 points, against matplotlib", many, theirs, 0.1) and good
    del application
    return 0 if good else 1


def tell(name: str, mine: float, anchor: float, goal: float) -> bool:
    """Print one figure; return whether its goal is reached."""
    ratio = mine / anchor
    figure = {"name": name, "ours": round(mine, 2), "anchor": round(anchor, 2)}
    print(json.dumps({**figure, "ratio": round(ratio, 3), "goal": goal}))
    return ratio <= goal


if __name__ == "__main__":
    sys.exit(main())
