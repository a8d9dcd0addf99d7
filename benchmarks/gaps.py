"""Measure how long the window leaves its user waiting: the gaps of its event loop.

The real window opens on the example, is edited through real keys and mouse for 15 seconds, Train
is pressed, and it follows the run for 15 seconds more. A timer beats every 2 ms; a gap is
the time between two beats. Prints one JSON line per figure; ``anchor`` is the same beat in an idle
window of Qt alone, in a process of its own, before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from app.window.application import Application, kept_clean
from app.window.workplace import Workplace
from graph_editor.document.edits import set_run

BEAT = 2
EDITING, TRAINING, PATIENCE = 15.0, 15.0, 60.0
P99_GOAL, MAX_GOAL = 50.0, 250.0
IDLE = 5.0
EPOCHS = 1000
"""So many that the run outlasts the measurement."""


class Pulse(QObject):
    """Notes the time between two beats, in milliseconds."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=BEAT, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1000)
        self._last = now

    def taken(self) -> list[float]:
        """Return the gaps since the last call."""
        gaps, self.gaps = self.gaps, []
        return gaps


def p99(gaps: list[float]) -> float:
    """Return the gap that one in a hundred exceeds."""
    return sorted(gaps)[len(gaps) * 99 // 100]


class Session(QObject):
    """Fifteen seconds of work by hand, then Train, then fifteen seconds of looking on."""

    def __init__(self, app: Application, pulse: Pulse) -> None:
        super().__init__(app)
        self.app, self.pulse = app, pulse
        self.begun = time.monotonic()
        self.pressed = self.ready_again = 0.0
        self.turn = 0
        self.found: dict[str, list[float]] = {}
        self._acts = QTimer(self, interval=150)
        self._acts.timeout.connect(self._act)
        self._acts.start()

    @property
    def place(self) -> Workplace | None:
        """The first window, once it is there."""
        return self.app.places[0] if self.app.places else None

    def _act(self) -> None:
        place = self.place
        if place is None or place.shell.centre.currentWidget() is not place.canvas:
            return
        now = time.monotonic()
        if self.pressed:
            if now - self.pressed > TRAINING:
                self._end(place)
        elif now - self.begun < EDITING:
            self._edit(place)
        elif not self.ready_again and (place.desk.is_ready or now - self.begun > PATIENCE):
            self.found["opening and editing"] = self.pulse.taken()
            while place.session.document.can_undo:  # the last edit may have left a fault
                place.session.undo()
            place.session.apply(lambda now: set_run(now, "epochs", EPOCHS), "Train longer")
            self.ready_again = now + 1.0
        elif self.ready_again and now > self.ready_again:
            self.pressed = now
            QTest.mouseClick(place.shell.tools.train, Qt.MouseButton.LeftButton)

    def _edit(self, place: Workplace) -> None:
        """Do what a person does next: select, move, undo, delete, redo."""
        canvas, view = place.canvas, place.canvas.viewport()
        nodes = sorted(canvas.places())
        self.turn += 1
        at = canvas.node_place(nodes[self.turn % len(nodes)])
        control = Qt.KeyboardModifier.ControlModifier
        match self.turn % 6:
            case 0 | 1:
                QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(), at)
            case 2:
                QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(), at)
                for step in range(1, 7):
                    QTest.mouseMove(view, at + QPoint(3 * step, 2 * step))
                end = at + QPoint(18, 12)
                QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(), end)
            case 3:
                QTest.keyClick(canvas, Qt.Key.Key_Delete)
            case 4 | 5:
                QTest.keyClick(canvas, Qt.Key.Key_Z, control)

    def _end(self, place: Workplace) -> None:
        self._acts.stop()
        self.found["training"] = self.pulse.taken()
        run = place.desk.active
        assert run is not None, "nothing was trained"
        place.desk.stop()
        QTimer.singleShot(500, lambda: self.app.app.exit(0))  # quit would ask to save


def ours() -> dict[str, list[float]]:
    """Return the gaps of the real window, by what was done."""
    app = QApplication(["netwright"])
    application = Application(app)
    kept_clean(application)
    pulse = Pulse(application)
    application.first_painted.connect(lambda: pulse.taken())
    session = Session(application, pulse)
    application.start()
    app.exec()
    return session.found


def idle() -> None:
    """Print the gaps of a window that does nothing."""
    app = QApplication([])
    window = QMainWindow()
    window.show()
    pulse = Pulse(window)
    QTimer.singleShot(round(IDLE * 1000), app.quit)
    app.exec()
    print(json.dumps({"p99": p99(pulse.gaps), "max": max(pulse.gaps)}))


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if "idle" in sys.argv[1:]:
        idle()
        return
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gaps", "idle"],
        capture_output=True,
        text=True,
        check=True,
    )
    anchor = json.loads(done.stdout)
    with tempfile.TemporaryDirectory() as home:
        os.environ["NETWRIGHT_HOME"] = home
        found = ours()
    for name, gaps in found.items():
        for what, value, goal in (("p99", p99(gaps), P99_GOAL), ("max", max(gaps), MAX_GOAL)):
            line = {
                "name": f"gap of the event loop while {name}, {what}",
                "ours": round(value, 1),
                "anchor": round(anchor[what], 1),
                "ratio": round(value / anchor[what], 1),
                "goal": goal,
                "unit": f"ms of {len(gaps)} beats; anchor: an idle window; goal: ours",
            }
            print(json.dumps(line))


if __name__ == "__main__":
    main()
