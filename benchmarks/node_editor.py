"""Measure NodeGraphQt, the node editor for Qt that is most in use, with the graphs of `canvas`.

Called by `canvas`, so that both are measured in one run; on its own it prints its own figures.
"""

from __future__ import annotations

import os
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from graph_editor.document.model import Graph


def build_and_repaint(
    app: QApplication, graph: Graph, size: tuple[int, int]
) -> tuple[float, float]:
    """Return the CPU seconds of making nodes with wires, and of a repaint of the fitted view.

    Raises ImportError where NodeGraphQt is not installed or does not run with this Qt.
    """
    from NodeGraphQt import BaseNode, NodeGraph

    class Layer(BaseNode):  # type: ignore[misc]  # it has no types
        __identifier__ = "netwright"
        NODE_NAME = "Layer"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("input")
            self.add_input("other")
            self.add_output("output")

    drawing = NodeGraph()
    drawing.register_node(Layer)
    start = time.process_time()
    made = {
        node: drawing.create_node("netwright.Layer", pos=[260 * (index % 40), 140 * (index // 40)])
        for index, node in enumerate(graph.nodes)
    }
    for target, source in graph.wires.items():
        port = made[target.node].input(1 if target.port == "other" else 0)
        made[source.node].set_output(0, port)
    built = time.process_time() - start
    view = drawing.widget
    view.resize(*size)
    view.show()
    drawing.clear_selection()
    drawing.fit_to_selection()
    app.processEvents()
    frames = []
    for _ in range(9):
        start = time.process_time()
        drawing.viewer().viewport().repaint()
        frames.append(time.process_time() - start)
    view.close()
    return built, sorted(frames)[len(frames) // 2]
