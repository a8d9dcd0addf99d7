"""Measure the time from a wrong wire to the red node on the canvas.

The real window with the digits example and the real engine. A wire is drawn with the mouse from the
pooled picture to the last layer, whose ``in_features`` is said, and taken back with Ctrl+Z, again
and again. The clock runs from the release of the button until the node is red and painted. Prints
one JSON line; ``anchor`` is the engine's own answer to the same question, without any window.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.engine.client import Engine
from app.window.application import EXAMPLE
from app.window.workplace import Workplace
from benchmarks.window import print_line, wait, window_on
from graph_editor.document.edits import connect, in_block, set_argument
from graph_editor.document.files import load
from graph_editor.document.model import InPort, NodeId, OutPort, PortPath, Project

WIRES, STEPS, GOAL = 20, 8, 300.0
SOURCE, WRONG = OutPort(NodeId("pool"), "output"), NodeId("head")
TARGET = InPort(WRONG, PortPath("input"))
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def drawing() -> Project:
    """Return the example, with the features that the last layer expects said."""
    return in_block(
        load(EXAMPLE).project, "main", lambda g: set_argument(g, WRONG, "in_features", 512)
    )


def is_red(place: Workplace) -> bool:
    """Whether the node is drawn as one with an error."""
    scene: Any = place.canvas.scene()
    return bool(scene.nodes[WRONG].shown.state.severity == "error")


def mouse(view: QWidget, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
    """Send what a mouse sends."""
    acting = NONE if kind is QEvent.Type.MouseMove else button
    held = NONE if kind is QEvent.Type.MouseButtonRelease else button
    place = QPointF(view.mapToGlobal(at))
    event = QMouseEvent(kind, QPointF(at), place, acting, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def wired(place: Workplace) -> float:
    """Draw the wire; return the milliseconds from its end to the red node."""
    canvas, view = place.canvas, place.canvas.viewport()
    start, end = canvas.port_place(SOURCE), canvas.port_place(TARGET)
    mouse(view, QEvent.Type.MouseMove, start, NONE)
    mouse(view, QEvent.Type.MouseButtonPress, start, LEFT)
    for step in range(1, STEPS + 1):
        mouse(view, QEvent.Type.MouseMove, start + (end - start) * step / STEPS, LEFT)
        QTest.qWait(5)
    loop, looks = QEventLoop(), QTimer(interval=1)
    looks.timeout.connect(lambda: is_red(place) and loop.quit())
    looks.start()
    QTimer.singleShot(5000, loop, loop.quit)
    begun = time.perf_counter()
    mouse(view, QEvent.Type.MouseButtonRelease, end, LEFT)
    loop.exec()
    view.repaint()
    took = (time.perf_counter() - begun) * 1000
    looks.stop()
    assert is_red(place), "the wire was not wrong"
    return took


def ours(place: Workplace) -> list[float]:
    """Return the milliseconds of every wire."""
    session, times = place.session, []
    for _ in range(WIRES):
        wait(lambda: session.is_judged and not is_red(place))
        QTest.qWait(150)
        times.append(wired(place))
        QTest.keyClick(place.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    return times


def asked() -> list[float]:
    """Return the milliseconds that the engine alone takes for the same verdicts."""
    sound, times = drawing(), []
    wrong = in_block(sound, "main", lambda g: connect(g, SOURCE, TARGET))
    with Engine("judge") as engine:
        engine.judge(sound)
        for _ in range(WIRES):
            begun = time.perf_counter()
            engine.judge(wrong, fixes=False)
            times.append((time.perf_counter() - begun) * 1000)
            engine.judge(sound, fixes=False)
    return times


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    anchor = asked()
    with window_on(drawing(), 1920, 1080) as place:
        times = ours(place)
    print_line(
        f"wrong wire to red node, digits example, worst of {WIRES}",
        times,
        anchor,
        "ms; anchor: the engine's answer alone; goal: ours",
        goal=GOAL,
    )
    os._exit(0)


if __name__ == "__main__":
    main()
