"""A window in a process of its own, in which somebody works until the process is killed.

``python -m tests.journeys.left_alone LOG`` opens the example, nudges a node with the arrow keys
again and again, and writes a line ``TIME PRESSES`` to LOG after every press. With the word
``train`` it presses Train first and waits until the run is under way.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.window.application import Application
from tests.journeys.person import Person

NODE = "head"


def work(person: Person, log: Path, trains: bool) -> None:
    """Act until the process ends."""
    person.wait(lambda: person.sees("engine ready"), "the engine to be ready")
    person.window.activateWindow()
    if trains:
        person.click(person.button("Train"))
        person.wait(lambda: person.sees("Epoch "), "the run to be under way")
    person.click_node(NODE)
    presses = 0
    with log.open("w", encoding="utf-8") as file:
        while True:
            person.press("Right", person.canvas)
            presses += 1
            file.write(f"{time.time()} {presses}\n")
            file.flush()
            person.rest(40)


def main() -> None:
    app = QApplication(["netwright"])
    application = Application(app)
    shell = application.start()
    shell.resize(1440, 900)
    log, trains = Path(sys.argv[1]), "train" in sys.argv[2:]
    QTimer.singleShot(0, shell, lambda: work(Person(shell), log, trains))
    app.exec()


if __name__ == "__main__":
    main()
