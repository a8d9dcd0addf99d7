"""The path of the selection: all that leads to it and all that it leads to; the rest is dimmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QGraphicsItem

from graph_editor.canvas.drawn_graph import DrawnGraph
from graph_editor.document.model import NodeId

DIMMED = 0.35
"""How much is left of what is not on the path."""


class Tracing:
    """Dims what is off the path of the selected nodes or wire, while it is switched on."""

    def __init__(self, scene: DrawnGraph) -> None:
        self._scene = scene
        self.is_on = False
        self.dimmed: frozenset[NodeId] = frozenset()

    def switch(self, is_on: bool) -> None:
        """Begin or end to dim."""
        if is_on != self.is_on:
            self.is_on = is_on
            self.follow()

    def follow(self) -> None:
        """Dim what is off the path now, and nothing else."""
        scene = self._scene
        wanted: frozenset[NodeId] = frozenset()
        first, last = self._ends()
        if self.is_on and first:
            path = self._reached(first, self._before) | self._reached(last, self._behind)
            wanted = frozenset(scene.nodes.keys() - path)
        if not wanted and not self.dimmed:
            return
        self.dimmed = wanted
        for node, item in scene.nodes.items():
            _dim(item, node in wanted)
        for target, wire in scene.wires.items():
            _dim(wire, target.node in wanted or wire.source.node in wanted)
        scene.labels.update()
        scene.stamp += 1

    def _ends(self) -> tuple[frozenset[NodeId], frozenset[NodeId]]:
        """Return from where the path goes back and on: both ends of a selected wire."""
        wire = self._scene.chosen_wire
        if self._scene.chosen or wire is None:
            return self._scene.chosen, self._scene.chosen
        return frozenset({self._scene.wires[wire].source.node}), frozenset({wire.node})

    def _before(self, node: NodeId) -> Iterable[NodeId]:
        drawing = self._scene.drawing
        return (drawing.graph.wires[target].node for target in drawing.into.get(node, ()))

    def _behind(self, node: NodeId) -> Iterable[NodeId]:
        return (target.node for target in self._scene.drawing.out.get(node, ()))

    @staticmethod
    def _reached(
        chosen: Iterable[NodeId], along: Callable[[NodeId], Iterable[NodeId]]
    ) -> set[NodeId]:
        found, waiting = set(chosen), list(chosen)
        while waiting:
            new = [other for other in along(waiting.pop()) if other not in found]
            found.update(new)
            waiting.extend(new)
        return found


def _dim(item: QGraphicsItem, dimmed: bool) -> None:
    wanted = DIMMED if dimmed else 1.0
    if item.opacity() != wanted:
        item.setOpacity(wanted)
