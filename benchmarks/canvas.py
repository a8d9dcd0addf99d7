"""Measure the canvas: building, repainting the fitted view, dragging, panning and zooming.

Prints a JSON line for each figure. ``ours`` is CPU time (seconds for building, milliseconds for
frames); ``anchor`` and ``goal`` are the most that is allowed, and ``ratio`` is ours / anchor.
The view is 1424 by 860 pixels and painted offscreen, so that nothing waits for a display.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.window.gathering import Gathering
from benchmarks.layout import residual_graph  # the same graph as the layout's measure
from benchmarks.node_editor import build_and_repaint
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.findings import Findings, PortFacts
from graph_editor.canvas.gestures.all import install
from graph_editor.canvas.laying_out import Direction
from graph_editor.canvas.theme import theme
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.document import Document
from graph_editor.document.edits import layout_of, positions_of
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, FrozenMap, Graph, InPort, NodeId, OutPort, Project

SIZE = (1424, 860)
ROUNDS = 3
STILL = 1.0
"""Milliseconds of a frame in which nothing was to be painted."""
WAYS: tuple[Direction, ...] = ("right", "down")


def project_of(app: QApplication, count: int) -> Project:
    """Return networks of 1,000 nodes, arranged as the canvas arranges them, below each other."""
    graph = residual_graph(min(count, 1000))
    project = arranged_by_canvas(app, Project(main=Block(graph=graph)))
    copies = max(count // 1000, 1)
    if copies == 1:
        return project
    spots = positions_of(project, "main")
    bends = layout_of(project, "main").get("bends", {})
    high = max(y for _, y in spots.values()) - min(y for _, y in spots.values()) + 400
    nodes, wires, places, ways = {}, {}, {}, {}
    for copy in range(copies):
        name = f"_{copy}"
        nodes |= {NodeId(n + name): node for n, node in graph.nodes.items()}
        wires |= {
            InPort(NodeId(t.node + name), t.port): OutPort(NodeId(s.node + name), s.port)
            for t, s in graph.wires.items()
        }
        places |= {NodeId(n + name): (x, y + copy * high) for n, (x, y) in spots.items()}
        for wire, points in bends.items():
            node, _, port = wire.partition(".")
            ways[f"{node}{name}.{port}"] = tuple((x, y + copy * high) for x, y in points)
    layout = FrozenMap({"at": FrozenMap(places), "bends": FrozenMap(ways)})
    made = Graph(nodes=FrozenMap(nodes), wires=FrozenMap(wires))
    return Project(main=Block(graph=made), layout=FrozenMap({"main": layout}))


def arranged_by_canvas(app: QApplication, project: Project) -> Project:
    """Return a project after "Arrange the graph"."""
    document = Document(project)
    canvas = Canvas(document, specs_of, IdSource(b"x" * 16), theme("dark"))
    canvas.arrange_all()
    canvas.deleteLater()
    app.processEvents()
    return document.project


def findings_of(project: Project) -> Findings:
    """Return what an engine would say: a shape on each wire."""
    nodes = project.main.graph.nodes
    facts = PortFacts("B×64×28×28", 4, "float32")
    return Findings(
        ports={f"{node}.output": facts for node in nodes},
        status=dict.fromkeys(nodes, "ok"),
        parameters=dict.fromkeys(nodes, 36_928),
    )


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that a call takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def arrange_seconds(app: QApplication, direction: Direction) -> float:
    """Return the CPU seconds of arranging 1,000 nodes that nobody placed, the drawing with it."""
    found = []
    for _ in range(ROUNDS):
        document = Document(Project(main=Block(graph=residual_graph(1000))))
        canvas = Canvas(document, specs_of, IdSource(b"x" * 16), theme("dark"))
        found.append(cpu(partial(canvas.arrange_all, direction=direction)))
        canvas.deleteLater()
        app.processEvents()
    return min(found)


class Bench:
    """One canvas over one project."""

    def __init__(self, app: QApplication, count: int) -> None:
        self.app, self.project = app, project_of(app, count)
        self.document = Document(self.project)
        self.findings = findings_of(self.project)

    def open(self) -> Canvas:
        """Return a canvas that is built, but not painted."""
        canvas = Canvas(self.document, specs_of, IdSource(b"x" * 16), theme("dark"))
        install(canvas)
        return canvas

    def built(self) -> tuple[Canvas, float]:
        """Return a canvas that is shown, and the CPU seconds that building it took."""
        seconds = []
        for _ in range(ROUNDS):
            start = time.process_time()
            canvas = self.open()
            seconds.append(time.process_time() - start)
            if len(seconds) < ROUNDS:
                canvas.deleteLater()
                self.app.sendPostedEvents(canvas, QEvent.Type.DeferredDelete)
        canvas.resize(*SIZE)
        canvas.set_findings(self.findings)
        canvas.show()
        canvas.fit_all()
        self.app.processEvents()
        return canvas, min(seconds)

    def repaint(self, canvas: Canvas) -> float:
        """Return the CPU milliseconds of one whole frame in which nothing is kept from the last."""
        frames = []
        for _ in range(9):
            canvas.world.stamp += 1
            frames.append(1000 * cpu(canvas.viewport().repaint))
        return middle_of(frames)

    def frames(self, steps: int, step: Callable[[int], object]) -> list[float]:
        """Return the CPU milliseconds of frames, each after a step."""
        found = []
        for index in range(steps):
            start = time.process_time()
            step(index)
            self.app.processEvents()
            found.append(1000 * (time.process_time() - start))
        return found

    def drag(self, canvas: Canvas, steps: int = 40) -> list[float]:
        """Return the frames of a drag of one node in the middle of the view."""
        node = middle_node(canvas)
        x, y = canvas.places()[node]
        return self.frames(
            steps, lambda index: canvas.show_places({node: (x + 3 * index, y + index)})
        )

    def drag_by_hand(self, canvas: Canvas, steps: int = 40) -> list[float]:
        """Return the frames of the same drag with the mouse, from the press to the release."""
        start = canvas.node_place(middle_node(canvas))
        step = QPoint(3, 1)

        def act(index: int) -> None:
            if index == 0:
                mouse(canvas, QEvent.Type.MouseMove, start, Qt.MouseButton.NoButton)
                mouse(canvas, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)
            elif index < steps - 1:
                at = start + step * index
                mouse(canvas, QEvent.Type.MouseMove, at, Qt.MouseButton.LeftButton)
            else:
                at = start + step * (index - 1)
                mouse(canvas, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton)

        before = self.document.project
        found = self.frames(steps, act)
        assert self.document.project is not before, "nothing was dragged"
        return found

    def pan(self, canvas: Canvas, steps: int = 40) -> list[float]:
        """Return the frames of a pan."""
        return self.frames(steps, lambda _: canvas.pan_by(-9, -5))

    def zoom(self, canvas: Canvas) -> list[float]:
        """Return the frames of a zoom from the fitted view to 200 % and back."""
        place = QPointF(canvas.viewport().rect().center())
        ways = [1.1] * 26 + [1 / 1.1] * 26
        return self.frames(len(ways), lambda index: canvas.zoom_at(ways[index], place))


def middle_node(canvas: Canvas) -> NodeId:
    """Return the node that is nearest to the middle of the view."""
    middle = QPointF(canvas.mapToScene(canvas.viewport().rect().center()))
    return min(
        canvas.places().items(),
        key=lambda item: abs(item[1][0] - middle.x()) + abs(item[1][1] - middle.y()),
    )[0]


def mouse(canvas: Canvas, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton) -> None:
    """Send the view what a mouse sends."""
    none, view = Qt.MouseButton.NoButton, canvas.viewport()
    acting = none if kind is QEvent.Type.MouseMove else button
    held = none if kind is QEvent.Type.MouseButtonRelease else button
    place = QPointF(view.mapToGlobal(at))
    event = QMouseEvent(kind, QPointF(at), place, acting, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def against_node_editor(app: QApplication, seconds: float, milliseconds: float) -> None:
    """Report building and painting 1,000 nodes against NodeGraphQt, where that runs."""
    try:
        built, painted = build_and_repaint(app, residual_graph(1000), SIZE)
    except ImportError as reason:
        print(f"NodeGraphQt cannot be compared with: {reason}", flush=True)
        return
    for name, ours, anchor, goal in (
        ("canvas_1000_build_against_node_editor", seconds, built, 1 / 50),
        ("canvas_1000_repaint_against_node_editor", milliseconds, 1000 * painted, 1 / 50),
    ):
        line = {"name": name, "ours": round(ours, 4), "anchor": round(anchor, 4)}
        print(json.dumps({**line, "ratio": round(ours / anchor, 4), "goal": goal}), flush=True)


def items_of(canvas: Canvas) -> tuple[int, int]:
    """Return how many items a canvas has beside its wires, and how many nodes."""
    return len(canvas.world.items()) - len(canvas.world.wires), len(canvas.world.nodes)


def hit_us(app: QApplication, canvas: Canvas) -> float:
    """Return the CPU microseconds of looking for the node at a place, at 100 %."""
    place = canvas.node_place(middle_node(canvas))
    hits = 2000
    spent = cpu(lambda: [canvas.node_at(place) for _ in range(hits)])
    app.processEvents()
    return 1e6 * spent / hits


def memory_per_node() -> tuple[float, float]:
    """Return the bytes that one node more takes, its share of wires with it.

    First of a graph that is drawn, then of one that is judged and has been looked at all over.
    Each size has a process of its own, in which nothing lies about from before.
    """
    few, many = (
        json.loads(subprocess.run([sys.executable, __file__, "--memory", str(count)],
                                  stdout=subprocess.PIPE, check=True, text=True).stdout)
        for count in (1000, 10_000)
    )  # fmt: skip
    drawn, seen = ((more - less) / 9000 for less, more in zip(few, many, strict=True))
    return drawn, seen


def memory(app: QApplication, count: int) -> tuple[int, int]:
    """Return the bytes that a canvas takes as it is drawn, and once all of it has been seen."""
    bench = Bench(app, count)
    gc.collect()
    before = resident()
    canvas = bench.open()
    app.processEvents()
    gc.collect()
    drawn = resident() - before
    canvas.resize(*SIZE)
    canvas.set_findings(bench.findings)
    canvas.show()
    canvas.fit_all()
    app.processEvents()
    canvas.set_zoom(1.0)
    bench.pan(canvas, 200)
    gc.collect()
    return drawn, resident() - before


def resident() -> int:
    """Return the memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def report(name: str, ours: float, goal: float) -> None:
    line = {"name": name, "ours": round(ours, 4), "anchor": goal}
    print(json.dumps({**line, "ratio": round(ours / goal, 3), "goal": goal}), flush=True)


def middle_of(frames: list[float]) -> float:
    return sorted(frames)[len(frames) // 2]


def near_frames(bench: Bench, canvas: Canvas) -> dict[str, float]:
    """Return the usual CPU milliseconds of panning at 100 % and of zooming up to 200 % and back."""
    canvas.set_zoom(1.0)
    canvas.centerOn(canvas.world.nodes[middle_node(canvas)].rect().center())
    bench.app.processEvents()
    found = {"pan": middle_of(bench.pan(canvas))}
    place = QPointF(canvas.viewport().rect().center())
    ways = ([1.1] * 7 + [1 / 1.1] * 7) * 2
    frames = bench.frames(len(ways), lambda index: canvas.zoom_at(ways[index], place))
    return found | {"zoom": middle_of(frames)}


def measure_small(
    app: QApplication, gathering: Gathering
) -> tuple[dict[str, float], tuple[int, int], float]:
    """Report on 1,000 nodes; return what is to be the same in a large graph."""
    small = Bench(app, 1000)
    canvas, seconds = small.built()
    gathering.settle()
    items = items_of(canvas)
    report("canvas_1000_build_cpu_seconds", seconds, 0.3)
    painted = small.repaint(canvas)
    report("canvas_1000_fitted_repaint_cpu_ms", painted, 6)
    for direction in WAYS:
        report(f"canvas_1000_arrange_{direction}_cpu_seconds", arrange_seconds(app, direction), 0.5)
    against_node_editor(app, seconds, painted)
    gathering.settle()
    worst: dict[str, float] = {}
    carried = []
    for zoom in (canvas.zoom(), 0.4, 0.7, 1.0):
        canvas.set_zoom(zoom)
        canvas.centerOn(canvas.world.extent().center())
        app.processEvents()
        acts = {"drag": small.drag, "hand_drag": small.drag_by_hand, "pan": small.pan}
        for what, act in acts.items():
            frames = act(canvas)
            worst[what] = max(worst.get(what, 0.0), max(frames))
        canvas.select(canvas.world.nodes)
        app.processEvents()
        carried.append(middle_of([f for f in small.drag_by_hand(canvas) if f > STILL]))
        canvas.select(())
    canvas.fit_all()
    app.processEvents()
    gathering.settle()  # what the drags have left is looked through while the hand rests
    worst["zoom"] = max(small.zoom(canvas))
    for what, ours in worst.items():
        report(f"canvas_1000_worst_{what}_frame_cpu_ms", ours, 16)
    report("canvas_1000_drag_of_all_step_cpu_ms", middle_of(carried), 16)
    frames = near_frames(small, canvas)
    canvas.set_zoom(1.0)
    found = frames, items, hit_us(app, canvas)
    canvas.deleteLater()
    return found


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    gathering = Gathering(app)  # garbage is collected as in the application
    warm = Bench(app, 30)
    first = warm.built()[0]
    first.set_zoom(1.0)
    first.grab()  # fonts are loaded once in a process
    first.deleteLater()
    if sys.argv[1:2] == ["--memory"]:
        print(json.dumps(memory(app, int(sys.argv[2]))))
        return
    frames, few, hit = measure_small(app, gathering)
    drawn, seen = memory_per_node()
    report("canvas_bytes_per_further_node", drawn, 6000)
    report("canvas_bytes_per_further_node_judged_and_seen", seen, 6000)
    large = Bench(app, 10_000)
    canvas, seconds = large.built()
    gathering.settle()
    many = items_of(canvas)
    report("canvas_10000_build_cpu_seconds", seconds, 1.5)
    report("canvas_10000_fitted_repaint_cpu_ms", large.repaint(canvas), 20)
    report("canvas_10000_fitted_drag_step_cpu_ms", middle_of(large.drag(canvas)), 6)
    for what, ours in near_frames(large, canvas).items():
        line = {"name": f"canvas_10000_{what}_against_1000", "ours": round(ours, 3)}
        line |= {"anchor": round(frames[what], 3), "ratio": round(ours / frames[what], 3)}
        print(json.dumps({**line, "goal": 1.25}), flush=True)
    canvas.set_zoom(1.0)
    report("canvas_10000_drag_step_cpu_ms", middle_of(large.drag(canvas)), 6)
    report("canvas_items_per_further_node", (many[0] - few[0]) / (many[1] - few[1]), 1)
    ours = hit_us(app, canvas)
    line = {"name": "canvas_10000_hit_against_1000", "ours": round(ours, 2)}
    line |= {"anchor": round(hit, 2), "ratio": round(ours / hit, 3), "goal": 1.25}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
