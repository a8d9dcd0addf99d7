"""The real window, with the real engine and the real worker, and a person in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.window.application import Application
    from tests.journeys.person import Person

Open = Callable[..., "Person"]


@pytest.fixture
def at_window(qt: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Return what starts the application, as ``python main.py`` does, and puts one before it."""
    from app.window.application import Application
    from tests.journeys.person import Person
    from tests.session.answers import Answers

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("app.session.run_desk.FIRST_STANDBY", 500)
    started: list[Application] = []

    def start(*paths: Path, size: tuple[int, int] = (1440, 900)) -> Person:
        application = Application(qt)
        started.append(application)
        shell = application.start(paths)
        shell.resize(*size)
        person = Person(shell)
        person.wait(lambda: application.places, "the window to stand")
        person.wait(lambda: person.sees("engine ready"), "the engine to be ready")
        shell.activateWindow()
        return person

    yield start
    for application in started:
        for place in list(application.places):
            place.keeper.asks = Answers(closing=["discard"])
            if place.desk.is_live:
                place.desk.stop()
            place.shell.close()
        application.themes.close()
        application.deleteLater()
    qt.setStyleSheet("")
