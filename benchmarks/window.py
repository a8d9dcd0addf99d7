"""The real window for the measurements: furnished, with a home of its own, and ended at once."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
