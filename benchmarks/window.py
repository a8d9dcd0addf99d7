"""The real window for the measurements, furnished in a home of its own, and the line they print."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.window.application import Application, kept_clean
from app.window.workplace import Workplace
from graph_editor.document.model import Project


@contextmanager
def window_on(project: Project, width: int, height: int) -> Iterator[Workplace]:
    """Open a project in a window of that size, as the application does."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETWRIGHT_HOME"] = home
        app = QApplication(["netwright"])
        house = Application(app)
        gathering = kept_clean(house)
        place = house.place_project(project)
        place.shell.resize(width, height)
        house.furnish(place)
        yield place
        place.shell.hide()
        place.desk.close()
        place.session.close()
        gathering.close()


def wait(met: object, seconds: float = 60.0) -> None:
    """Let the event loop run until something holds."""
    loop, look = QEventLoop(), QTimer(interval=20)
    look.timeout.connect(lambda: met() and loop.quit())  # type: ignore[operator]  # a function
    look.start()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    look.stop()


def print_line(
    name: str,
    ours: list[float],
    anchor: list[float],
    unit: str,
    *,
    goal: float,
    digits: int = 1,
    figure: Callable[[list[float]], float] = max,
) -> None:
    """Print the JSON line of a measurement: one figure of our times, and of the anchor's."""
    line = {
        "name": name,
        "ours": round(figure(ours), digits),
        "median": round(median(ours), digits),
        "anchor": round(figure(anchor), digits),
        "ratio": round(figure(ours) / figure(anchor), max(digits, 2)),
        "goal": goal,
        "unit": unit,
    }
    print(json.dumps(line), flush=True)
