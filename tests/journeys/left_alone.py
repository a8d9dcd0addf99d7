"""A window in a process of its own, in which somebody works until the process is killed.

``python -m tests.journeys.left_alone LOG`` opens the example, nudges a node with the arrow keys
again and again, and writes a line ``TIME PRESSES`` to LOG after every press. With the word
``train`` it presses Train first and waits until the run is under way; with the word ``recover`` it
takes back the work of the window that was killed before, and goes on with that.
"""

from __future__ import annotations

import faulthandler
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.window.application import Application, kept_clean
from graph_editor.document.files import load
from graph_editor.document.model import NodeId
from tests.house.sources import ROOT
from tests.journeys.person import Person

NODE, STEP = "head", 8
EXAMPLE = ROOT / "assets" / "examples" / "digits_cnn.netwright"


def presses_seen(person: Person) -> float:
    """Return how far down the node lies, in presses of the key."""
    at = load(EXAMPLE).project.layout["main"]["at"][NODE]  # type: ignore[index]  # a map of maps
    return (person.canvas.places()[NodeId(NODE)][1] - at[1]) / STEP


def recovered(person: Person) -> Person:
    """Take back the lost work, and return somebody before its window."""
    person.click(person.recover_button(person.dialog_with("Digits CNN")))
    person.wait(lambda: any(presses_seen(p) for p in person.others()), "the lost work")
    return next(p for p in person.others() if presses_seen(p))


def work(person: Person, log: Path, words: list[str]) -> None:
    """Act until the process ends."""
    person.wait(lambda: person.sees("engine ready"), "the engine to be ready")
    person.window.activateWindow()
    if "recover" in words:
        person = recovered(person)
        person.wait(lambda: person.sees("engine ready"), "the recovered window to stand")
        person.window.activateWindow()
    if "train" in words:
        person.click(person.button("Train"))
        person.wait(lambda: person.sees("Epoch "), "the run to be under way")
    person.click_node(NODE)
    first, presses = presses_seen(person), 0
    with log.open("w", encoding="utf-8") as file:
        while True:
            person.press("Shift+Down", person.canvas)  # below it there is nothing
            presses += 1
            assert presses_seen(person) == first + presses, "the node does not move"
            file.write(f"{time.time()} {presses}\n")
            file.flush()
            person.rest(40)


def main() -> None:
    faulthandler.enable()
    app = QApplication(["netwright"])
    application = Application(app)
    kept_clean(application)
    shell = application.start()
    shell.resize(1440, 900)
    log, words = Path(sys.argv[1]), sys.argv[2:]
    QTimer.singleShot(0, application, lambda: work(Person(shell), log, words))
    app.exec()


if __name__ == "__main__":
    main()
