"""Measure the time from the click on Train to the first line of a run on the live plot.

The real window with the digits example, the real engine, and a warm standby; the button is clicked
with the mouse, and the clock stops when the first line of metrics.jsonl is a point of the plot that
has been painted. Prints one JSON line; ``anchor`` is the same run without a window: its folder is
started by ``app.training.launch`` in a new process, until that line is in the file.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsView

from app.training.control import request
from app.training.folder import METRICS, create
from app.training.launch import start
from app.training.status import read_status
from app.window.application import EXAMPLE
from app.window.workplace import Workplace
from benchmarks.window import print_line, wait, window_on
from graph_editor.document.edits import set_run
from graph_editor.document.files import dumps, load

RUNS, GOAL, PATIENCE = 5, 2.0, 60.0
EPOCHS = 1000
"""So many that a run does not end before it is stopped."""


def live_plots(place: Workplace) -> list[QGraphicsView]:
    """Return the plots in sight that show a number of the run that goes on."""
    if place.desk.active is None or place.desk.current is not place.desk.active:
        return []
    found = []
    for view in place.shell.docks["run"].findChildren(QGraphicsView):
        if view.isVisible() and view.scene() is not None:
            items: list[Any] = [item for item in view.scene().items() if hasattr(item, "series")]
            if any(len(item.series) and item.points(500)[0].size for item in items):
                found.append(view)
    return found


def clicked(place: Workplace) -> float:
    """Click Train; return the seconds until the first point is painted."""
    loop, looks = QEventLoop(), QTimer(interval=2)

    def look() -> None:
        plots = live_plots(place)
        for plot in plots:
            plot.viewport().repaint()
        if plots:
            loop.quit()

    looks.timeout.connect(look)
    looks.start()
    QTimer.singleShot(round(PATIENCE * 1000), loop, loop.quit)
    begun = time.perf_counter()
    QTest.mouseClick(place.shell.tools.train, Qt.MouseButton.LeftButton)
    loop.exec()
    took = time.perf_counter() - begun
    looks.stop()
    assert live_plots(place), "nothing came to the plot"
    return took


def ours(place: Workplace) -> list[float]:
    """Return the seconds of every run."""
    session, desk = place.session, place.desk
    session.apply(lambda now: set_run(now, "epochs", EPOCHS), "Train longer")
    times = []
    for _ in range(RUNS):
        wait(lambda: session.is_judged and session.is_written and desk.is_ready)
        assert desk.is_ready, "no standby became warm"
        QTest.qWait(500)
        times.append(clicked(place))
        wait(lambda: desk.is_ready, 15)  # the next one warms up beside the run
        desk.stop()
        wait(lambda: not desk.is_live)
    return times


def alone(place: Workplace, folder: Path) -> list[float]:
    """Return the seconds of the same run, started by itself."""
    session, times = place.session, []
    assert session.written is not None
    for _ in range(RUNS):
        begun = time.perf_counter()
        run = create(
            session.written,
            dumps(session.project),
            {"device": "cpu"},
            project_file=folder / "digits.netwright",
        )
        start(run)
        metrics = run / METRICS
        while not (metrics.exists() and metrics.stat().st_size):
            assert time.perf_counter() - begun < PATIENCE, read_status(run).reason
            time.sleep(0.002)
        times.append(time.perf_counter() - begun)
        request(run, "stop")
        while read_status(run).state not in ("stopped", "failed", "died"):
            time.sleep(0.05)
    return times


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with window_on(load(EXAMPLE).project, 1920, 1080) as place:
        times = ours(place)
        anchor = alone(place, Path(os.environ["NETWRIGHT_HOME"]))
    print_line(
        f"click on Train to the first line on the plot, worst of {RUNS}",
        times,
        anchor,
        "s; anchor: the same run started without window and standby; goal: ours",
        goal=GOAL,
        digits=3,
    )
    os._exit(0)


if __name__ == "__main__":
    main()
