"""Measure the time from a key press in a field to the updated badge on the canvas.

A chain of 200 nodes in the real window, with the real engine in its own process. One digit is typed
into ``out_features`` of a layer in the middle and taken back, again and again: the layer after it
turns red and is sound again. Wall time, on a machine with nothing else to do. Prints one JSON line;
``anchor`` is the engine's own answer to the same question over its pipe, without any window.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from app.engine.client import Engine
from app.window.workplace import Workplace
from benchmarks.window import print_line, wait, window_on
from graph_editor.document.edits import in_block, set_argument
from graph_editor.document.model import (
    Block,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

LAYERS, PRESSES, GOAL = 99, 60, 50.0
START = 5000
"""Milliseconds in which a window has done all that it does after it was opened."""
MIDDLE, AFTER = NodeId("fc_50"), NodeId("fc_51")


def chain() -> Project:
    """Return input, 99 times Linear and ReLU, and output: 200 nodes, every size said."""
    nodes: dict[NodeId, Node] = {}
    wires: dict[InPort, OutPort] = {}
    last = NodeId("x")
    nodes[last] = Node("io.input", args=FrozenMap({"shape": (Expr("B"), 64)}))

    def add(name: str, node: Node) -> NodeId:
        nonlocal last
        key = NodeId(name)
        nodes[key] = node
        wires[InPort(key, PortPath("input"))] = OutPort(last, "output")
        last = key
        return key

    for k in range(LAYERS):
        add(f"fc_{k}", Node("nn.Linear", args=FrozenMap({"in_features": 64, "out_features": 64})))
        add(f"act_{k}", Node("nn.ReLU"))
    add("y", Node("io.output"))
    graph = Graph(FrozenMap(nodes), FrozenMap(wires))
    return Project(Block(graph, "Chain", inputs=(NodeId("x"),), outputs=(NodeId("y"),)))


def p95(times: list[float]) -> float:
    """Return the time that one in twenty exceeds."""
    return sorted(times)[len(times) * 95 // 100]


def pressed(place: Workplace) -> list[float]:
    """Return the milliseconds of every key press."""
    session, canvas = place.session, place.canvas
    wait(lambda: session.is_judged and session.engine_state == "ready")
    QTest.qWait(START)
    session.select([MIDDLE])
    wait(lambda: any(f.accessibleName() == "out_features" for f in fields(place)), 5)
    field = next(f for f in fields(place) if f.accessibleName() == "out_features")
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_End)
    times = []
    for k in range(PRESSES):
        is_wrong = k % 2 == 0
        loop = QEventLoop()
        begun = time.perf_counter()

        def look(is_wrong: bool = is_wrong, loop: QEventLoop = loop) -> None:
            red = any(found.severity == "error" for found in canvas.findings.problems)
            if red == is_wrong and session.is_judged:
                canvas.viewport().repaint()
                loop.quit()

        session.verdict_changed.connect(look)
        QTest.keyClick(field, Qt.Key.Key_5 if is_wrong else Qt.Key.Key_Backspace)
        QTimer.singleShot(5000, loop, loop.quit)
        loop.exec()
        times.append((time.perf_counter() - begun) * 1000)
        session.verdict_changed.disconnect(look)
        QTest.qWait(120)
    return times


def fields(place: Workplace) -> list[QLineEdit]:
    """Return the fields of the inspector that are in sight."""
    return [f for f in place.shell.findChildren(QLineEdit) if f.isVisible()]


def asked() -> list[float]:
    """Return the milliseconds that the engine alone takes for the same verdicts."""
    wrong = in_block(chain(), "main", lambda g: set_argument(g, MIDDLE, "out_features", 645))
    sound = chain()
    times = []
    with Engine("judge") as engine:
        engine.judge(sound)
        for k in range(PRESSES):
            begun = time.perf_counter()
            engine.judge(wrong if k % 2 == 0 else sound, fixes=False)
            times.append((time.perf_counter() - begun) * 1000)
    return times


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    anchor = asked()
    with window_on(chain(), 1440, 900) as place:
        times = pressed(place)
    print_line(
        f"key press to updated badge, {2 * LAYERS + 2} nodes, p95 of {PRESSES}",
        times,
        anchor,
        "ms; anchor: the engine's answer alone; goal: ours",
        goal=GOAL,
        figure=p95,
    )
    os._exit(0)


if __name__ == "__main__":
    main()
