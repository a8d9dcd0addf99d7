"""A graph that is to be laid out, and its nodes; where data runs down, both turned over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graph_editor.canvas.anatomy import CURVE, CURVES_WIDTH, GRID, Anatomy, Place, Side, text_width
from graph_editor.document.layout import Gaps
from graph_editor.document.model import NOTHING, Graph, InPort, NodeId, OutPort

Spot = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width and height."""
LABEL_ROOM = 16 + 10
"""Room beside a label between two ports: the free room of the rule, and the ports' own."""
LEAST_GAP, USUAL_GAP, MOST_GAP = 64.0, 80.0, 128.0
UPRIGHT_GAP = 56.0
"""Between layers where data runs down: a label takes a line."""
TURNED: dict[Side, Side] = {"left": "top", "top": "left", "right": "bottom", "bottom": "right"}


def turned(build: Anatomy) -> Anatomy:
    """Return a node's build turned over, so that what runs down runs right."""

    def over(place: Place) -> Place:
        return place._replace(x=place.y, y=place.x, side=TURNED[place.side])

    return build._replace(
        width=build.height,
        height=build.width,
        inputs={path: over(place) for path, place in build.inputs.items()},
        outputs={name: over(place) for name, place in build.outputs.items()},
    )


@dataclass(frozen=True, slots=True)
class Task:
    """A graph that is to be laid out from left to right."""

    graph: Graph
    builds: Mapping[NodeId, Anatomy]
    labels: Mapping[InPort, str]
    upright: bool = False
    """Whether it is turned over: data runs down on the screen."""
    hanging: Mapping[NodeId, Spot] = NOTHING
    """The width and height that the optimizers and schedulers below each loss take."""

    def size(self, node: NodeId) -> Spot:
        """Return a node's size, with room for the curves of a run in a loss."""
        build = self.builds[node]
        if build.family != "loss" or build.picture_y:
            return (build.width, build.height)
        if self.upright:
            return (build.width + CURVE, max(build.height, CURVES_WIDTH))
        return (build.width, build.height + CURVE)

    def room(self, node: NodeId) -> Spot:
        """Return a node's size with what hangs below it."""
        width, height = self.size(node)
        wide, high = self.hanging.get(node, (0.0, 0.0))
        return (max(width, wide), height + high)

    def level(self, node: NodeId) -> float:
        """Return the height of a node's main port: the first wired one, inputs before outputs.

        Where data runs down it is the middle, around which the ports are.
        """
        build = self.builds[node]
        if self.upright:
            return build.height / 2
        wired = [p for p in build.inputs.values() if p.ref in self.graph.wires]
        places = [*wired, *build.outputs.values(), *build.inputs.values()]
        sides = [p.y for p in places if p.side in ("left", "right") and not p.quiet]
        return sides[0] if sides else build.height / 2

    def at(self, port: InPort | OutPort) -> Spot:
        """Return where a port is from its node's corner; one that is not there, at the edge."""
        build = self.builds[port.node]
        place = build.place(port)
        if place is not None:
            return (place.x, place.y)
        return (0.0 if isinstance(port, InPort) else build.width, build.height / 2)

    def anchor(self, port: InPort | OutPort) -> float | None:
        """Return how far a port is from the top of its node."""
        build = self.builds[port.node]
        place = build.place(port)
        if place is None:  # what stands before a node does so between the wires that both read
            wired = [p.y for p in build.inputs.values() if p.ref in self.graph.wires]
            if len(wired) < 2 or not isinstance(port, InPort):
                return None
            return (wired[0] + wired[1]) / 2
        return None if place.side in ("top", "bottom") else place.y

    def even(self, height: float) -> float:
        """Return a height on which ports of simple nodes are when those stand on the grid."""
        rest = 0 if self.upright else GRID // 2
        return float(GRID * round((height - rest) / GRID) + rest)

    def gaps(self, flow: Graph) -> Gaps:
        """Return the room that is left between nodes for the wires of a graph and their labels."""
        if self.upright:
            return Gaps(layers=UPRIGHT_GAP, nodes=24, wires=24)
        widths = [text_width(self.labels.get(target, ""), "shape") for target in flow.wires]
        widest = max(widths, default=0.0)
        gap = min(max(widest + LABEL_ROOM, LEAST_GAP), MOST_GAP) if widest else USUAL_GAP
        return Gaps(layers=float(GRID * math.ceil(gap / GRID)), nodes=16, wires=24)


def overlap(one: Box, other: Box) -> bool:
    """Whether two areas are nearer to each other than the grid."""
    return (
        one[0] < other[0] + other[2] + GRID
        and other[0] < one[0] + one[2] + GRID
        and one[1] < other[1] + other[3] + GRID
        and other[1] < one[1] + one[3] + GRID
    )


def meets(one: Spot, two: Spot, box: Box) -> bool:
    """Whether a line passes through the inside of a box."""
    low, high = 0.0, 1.0
    for start, end, near, room in zip(one, two, box[:2], box[2:], strict=True):
        if start == end:
            if not near < start < near + room:
                return False
            continue
        first, last = sorted(
            ((near - start) / (end - start), (near + room - start) / (end - start))
        )
        low, high = max(low, first), min(high, last)
    return high - low > 1e-9
