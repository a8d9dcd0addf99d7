"""Where nodes without a place of their own were, for when an undo brings them back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from graph_editor.canvas.drawing import Drawing
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.document.model import NodeId

Spot: TypeAlias = tuple[float, float]


class Leaving:
    """Remembers nodes that went; one that is wired otherwise when it returns is another."""

    def __init__(self) -> None:
        self._left: dict[NodeId, tuple[Spot, object]] = {}

    def note(self, items: Iterable[NodeItem], drawing: Drawing) -> None:
        """Remember nodes before their wires go."""
        for item in items:
            self._left[item.id] = ((item.x0, item.y0), _joints(drawing, item.id))

    def returned(self, nodes: Iterable[NodeId], drawing: Drawing) -> dict[NodeId, Spot]:
        """Return the places of those that are wired as they were."""
        left = {node: self._left[node] for node in nodes if node in self._left}
        return {n: spot for n, (spot, joints) in left.items() if joints == _joints(drawing, n)}


def _joints(drawing: Drawing, node: NodeId) -> object:
    wires = drawing.graph.wires
    ends = (*drawing.into.get(node, ()), *drawing.out.get(node, ()))
    return frozenset((target, wires[target]) for target in ends)
