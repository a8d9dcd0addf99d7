"""Where the loose end of a wire may go: the nearest port, and why it refuses where it does."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from PySide6.QtCore import QPoint, QPointF, QRectF

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.knowing import known_at, suits_at
from graph_editor.catalogue.joining import kind_at, kind_refusal, leading_to, led_from, port_at
from graph_editor.catalogue.misfits import misfit
from graph_editor.document.model import InPort, OutPort

REACH, OVER = 24.0, 12.0
"""Pixels on the screen: how far a port draws the wire to it, and how near counts as over it."""


@dataclass(frozen=True, slots=True)
class Target:
    """A port near the loose end."""

    port: InPort | OutPort
    refusal: str = ""
    """Why the wire does not fit; empty where nothing is known against it."""
    may_drop: bool = True
    """Whether it may be wired all the same, for torch to judge."""


class Targets:
    """All that is asked of ports while one wire is in the hand; made when it is taken."""

    def __init__(self, canvas: Canvas, fixed: InPort | OutPort, old: InPort | None = None) -> None:
        self._canvas, self._fixed, self._old = canvas, fixed, old
        self._graph = graph_of(canvas)
        self._lookup = canvas.lookup(canvas.document.project)
        is_out = isinstance(fixed, OutPort)
        along = leading_to if is_out else led_from
        self._circle = along(self._graph, fixed.node)
        self._known: dict[InPort | OutPort, Target] = {}

    def find(self, spot: QPoint) -> Target | None:
        """Return the port that the wire would end in at a place of the viewport."""
        at, zoom = self._canvas.mapToScene(spot), self._canvas.zoom()
        near = sorted(
            ((away * zoom, port) for away, port in self._near(at, REACH / zoom)),
            key=lambda pair: pair[0],
        )
        refused = None
        for away, port in near:
            target = self.judge(port)
            if not target.refusal or (target.may_drop and away <= OVER):
                return target if refused is None or not target.refusal else refused
            if away <= OVER and refused is None:
                refused = target
        return refused or self._of_body(spot)

    def _near(self, at: QPointF, reach: float) -> list[tuple[float, InPort | OutPort]]:
        area = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        found: list[tuple[float, InPort | OutPort]] = []
        for item in self._canvas.world.items(area.adjusted(-REACH, -REACH, REACH, REACH)):
            if not isinstance(item, NodeItem):
                continue
            build = item.anatomy
            places = build.inputs if isinstance(self._fixed, OutPort) else build.outputs
            for place in places.values():
                away = hypot(item.x0 + place.x - at.x(), item.y0 + place.y - at.y())
                if away <= reach:
                    found.append((away, place.ref))
        return found

    def _of_body(self, spot: QPoint) -> Target | None:
        """Return the first free fitting port of the node under a place, else why none fits."""
        node = self._canvas.node_at(spot)
        if node is None or node == self._fixed.node:
            return None
        ins, outs = self._canvas.ports_of(node)
        ports: tuple[InPort, ...] | tuple[OutPort, ...] = ins
        if isinstance(self._fixed, InPort):
            ports = outs
        targets = [self.judge(port) for port in ports]
        free = [t for t in targets if t.port not in self._graph.wires or t.port == self._old]
        fitting = [t for t in free if not t.refusal] or [t for t in free if t.may_drop]
        fitting.sort(key=lambda target: self._suits(target.port))
        return next(iter(fitting or targets), None)

    def _suits(self, port: InPort | OutPort) -> int:
        """Return how well the wire suits a port of another node; less is better."""
        source, target = (self._fixed, port) if isinstance(port, InPort) else (port, self._fixed)
        assert isinstance(source, OutPort)
        assert isinstance(target, InPort)
        return suits_at(self._canvas, source, target, self._lookup)

    def judge(self, port: InPort | OutPort) -> Target:
        """Return what is said against the wire's end in a port."""
        if port not in self._known:
            self._known[port] = self._judged(port)
        return self._known[port]

    def _judged(self, port: InPort | OutPort) -> Target:
        if port.node == self._fixed.node:
            return Target(port, "A node cannot feed itself", False)
        if isinstance(self._fixed, OutPort) and isinstance(port, InPort):
            source, target = self._fixed, port
        elif isinstance(self._fixed, InPort) and isinstance(port, OutPort):
            source, target = port, self._fixed
        else:
            return Target(port, "A wire leads from an output to an input", False)
        if port.node in self._circle:
            names = self._canvas.title(target.node), self._canvas.title(source.node)
            words = f"This would close a circle: {names[0]} already leads to {names[1]}"
            return Target(port, words, False)
        return self._fitting(port, source, target)

    def _fitting(self, port: InPort | OutPort, source: OutPort, target: InPort) -> Target:
        entry = port_at(self._graph, self._lookup, target)
        kind = kind_at(self._graph, self._lookup, source)
        if entry is None or kind is None:
            return Target(port)
        refusal = kind_refusal(kind, entry, self._canvas.title(target.node))
        if refusal:
            return Target(port, refusal, False)
        spec = self._lookup(self._graph.nodes[target.node].spec)
        known = known_at(self._canvas, source, self._lookup)
        rank = known.ranks[0] if len(known.ranks) == 1 else None
        words = "" if spec is None else misfit(spec, entry, known.dtype, rank, known.what)
        return Target(port, words)
