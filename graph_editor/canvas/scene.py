"""The scene: one item for each node and wire of a graph, kept equal to the document."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from math import hypot

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from graph_editor.canvas.anatomy import Anatomy
from graph_editor.canvas.drawing import Drawing, bends_of
from graph_editor.canvas.findings import Findings, Live, Sample
from graph_editor.canvas.items.bubble import BubbleItem
from graph_editor.canvas.items.hand_wire import Z_HAND, HandWire
from graph_editor.canvas.items.labels import LabelsItem
from graph_editor.canvas.items.node_item import MARGIN, NodeItem
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.paints import paints
from graph_editor.canvas.placement import missing_places
from graph_editor.canvas.routing import polyline
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.order import Lookup
from graph_editor.document.changes import Change, Entries
from graph_editor.document.edits import layout_of, positions_of
from graph_editor.document.model import InPort, NodeId, OutPort, Project

Spot = tuple[float, float]
BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
EDGE = 400.0
"""Room around all nodes that the index of the scene covers."""


class Scene(QGraphicsScene):
    """Shows one graph of a project. Items are found by the ids of what they show."""

    def __init__(self, look: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scope = Scope(paints(look))
        self.drawing = Drawing()
        self.chosen: frozenset[NodeId] = frozenset()
        self.hovered: NodeId | None = None
        self.samples: Mapping[NodeId, tuple[Sample, ...]] = {}
        self.layout_part = layout_of(Project(), "main")
        self.moving: frozenset[NodeId] = frozenset()
        """Nodes that are being dragged."""
        self.stamp = 0
        """Grows with every change of what is drawn; caches compare it."""
        self.sceneRectChanged.connect(self._cover_labels)
        self._found()

    def _cover_labels(self, area: QRectF) -> None:
        self.labels.cover(area)

    # Building

    def show_graph(self, project: Project, key: str, lookup: Lookup) -> None:
        """Draw a graph from nothing."""
        self._clear()
        self.drawing.take(project.block(key).graph, key, lookup)
        self.layout_part = layout_of(project, key)
        graph = self.drawing.graph
        builds = {node: self.drawing.anatomy(node) for node in graph.nodes}
        known = positions_of(project, key)
        lost = missing_places(graph, known, builds.__getitem__) if len(known) < len(builds) else {}
        spots = {node: lost.get(node) or known.get(node) or (0.0, 0.0) for node in builds}
        self._cover(builds, spots)
        for node, build in builds.items():
            self._add_node(node, build, spots[node])
        for target, source in graph.wires.items():
            self._add_wire(target, source)
        self.stamp += 1

    def _clear(self) -> None:
        self.clear()
        self._found()
        self.chosen, self.hovered, self.moving = frozenset(), None, frozenset()

    def _found(self) -> None:
        """Begin with what every scene has: labels, the bubble, the wire in the hand."""
        self.nodes: dict[NodeId, NodeItem] = {}
        self.wires: dict[InPort, WireItem] = {}
        self.labels = LabelsItem(self.scope, self._wires_in, self._wires_from, self._is_free)
        self.bubble = BubbleItem(self.scope)
        self.hand = HandWire(self.scope)
        self.overlays: list[QGraphicsItem] = []
        """What is painted above everything, in the far view too."""
        self._lit_wire: InPort | None = None
        for item in (self.labels, self.bubble, self.hand):
            self.addItem(item)
        self.labels.cover(self.sceneRect())
        self.stamp += 1

    def addItem(self, item: QGraphicsItem) -> None:
        super().addItem(item)
        if item.zValue() >= Z_HAND and item is not self.bubble:
            self.overlays.append(item)

    def removeItem(self, item: QGraphicsItem) -> None:
        super().removeItem(item)
        if item in self.overlays:
            self.overlays.remove(item)

    def _wires_in(self, area: QRectF) -> list[WireItem]:
        return [item for item in self.items(area, BOUNDS) if isinstance(item, WireItem)]

    def _wires_from(self, source: OutPort) -> list[WireItem]:
        targets = self.drawing.out.get(source.node, {})
        return [
            self.wires[target]
            for target, port in targets.items()
            if port == source.port and target in self.wires
        ]

    def _is_free(self, area: QRectF) -> bool:
        """Whether no node lies in an area."""
        return not any(
            isinstance(item, NodeItem) and item.rect().intersects(area)
            for item in self.items(area, BOUNDS)
        )

    def _cover(self, builds: Mapping[NodeId, Anatomy], spots: Mapping[NodeId, Spot]) -> None:
        """Tell the index where things are; a far larger area would make it useless."""
        xs = [x for x, _ in spots.values()] or [0.0]
        ys = [y for _, y in spots.values()] or [0.0]
        wide = max((b.width for b in builds.values()), default=0.0)
        high = max((b.height for b in builds.values()), default=0.0)
        left, top = min(xs) - EDGE, min(ys) - EDGE
        self.setSceneRect(left, top, max(xs) + wide + EDGE - left, max(ys) + high + EDGE - top)
        self.labels.cover(self.sceneRect())

    def _add_node(self, node: NodeId, build: Anatomy, spot: Spot) -> NodeItem:
        item = NodeItem(node, build, self.scope)
        item.put(*spot)
        self.nodes[node] = item
        self._inform(item)
        self.addItem(item)
        return item

    def _inform(self, item: NodeItem) -> None:
        """Tell a node's item all that it shows beside its build."""
        node = item.id
        item.shown.facts = self.drawing.port_facts(node, item.anatomy)
        item.shown.samples = self.samples.get(node, ())
        item.shown.curves = self.drawing.live.curves.get(node, ((), ()))
        item.set_state(self.drawing.state(node, node in self.chosen, node == self.hovered))

    def _add_wire(self, target: InPort, source: OutPort) -> None:
        if target.node not in self.nodes or source.node not in self.nodes:
            return
        item = WireItem(target, source)
        self.wires[target] = item
        self._lead(item)
        self._dress(item)
        self.addItem(item)

    def _lead(self, wire: WireItem) -> None:
        """Lead a wire from port to port; ports that a node does not have are at its edges."""
        start, end = self.nodes[wire.source.node], self.nodes[wire.target.node]
        out, into = start.place(wire.source), end.place(wire.target)
        first = (start.x0 + out.x, start.y0 + out.y) if out else _edge(start, 1.0)
        last = (end.x0 + into.x, end.y0 + into.y) if into else _edge(end, 0.0)
        wire.lead(
            first,
            out.side if out else "right",
            last,
            into.side if into and not (into.quiet and into.side == "bottom") else "left",
            bends_of(self.layout_part, wire.target),
        )
        if self.scope.is_full:
            self.labels.stale(wire)

    def _dress(self, wire: WireItem) -> None:
        is_plan = wire.enters == "top"
        look = self.drawing.wire_look(wire.target, wire.source, is_plan)
        if wire.target == self._lit_wire:
            look = replace(look, state="lit")
        if (wire.rank, wire.form, wire.state, wire.label) == astuple(look) and wire.is_dressed_by(
            self.scope.paints
        ):
            return
        wire.dress(self.scope.paints, look.rank, look.form, look.state, look.label)
        if self.scope.is_full:
            self.labels.stale(wire)

    # Following

    def follow(self, change: Change, lookup: Lookup) -> None:
        """Bring the scene after a change of the project, touching only what differs."""
        key = self.drawing.key
        before, after = change.before.block(key).graph, change.after.block(key).graph
        self.drawing.lookup = lookup
        dirty: set[NodeId] = set()
        wires: set[InPort] = set()
        part = change.graphs.get(key)
        if part is not None:
            wires |= part.wires.added | part.wires.removed | part.wires.changed
            dirty |= part.nodes.changed
            for target in wires:
                for source in (before.wires.get(target), after.wires.get(target)):
                    dirty |= {target.node} if source is None else {target.node, source.node}
            self.drawing.rewire(after, before, wires)
            if part.ties:
                dirty |= set(after.nodes)
        dirty |= self._uses_of(change)
        self._remove(part.nodes.removed if part else (), wires)
        fresh = set(part.nodes.added) if part else set()
        moved = self._follow_layout(change, fresh)
        for node in dirty:
            item = self.nodes.get(node)
            if item is not None and node in after.nodes:
                moved |= {node} if item.rebuild(self.drawing.anatomy(node)) else set()
                self._inform(item)
        for target in wires:
            source = after.wires.get(target)
            if source is not None:
                self._add_wire(target, source)
        self._follow_wires(moved | dirty)
        self.moving = frozenset()
        self.stamp += 1

    def _uses_of(self, change: Change) -> set[NodeId]:
        """Return the nodes whose spec has changed: uses of blocks and custom code."""
        blocks = {f"block.{key}" for key in _all(change.blocks)}
        specs = blocks | {f"code.{key}" for key in _all(change.code)}
        if not specs:
            return set()
        return {node for node, use in self.drawing.graph.nodes.items() if use.spec in specs}

    def _remove(self, nodes: Iterable[NodeId], wires: Iterable[InPort]) -> None:
        for target in wires:
            wire = self.wires.pop(target, None)
            if wire is not None:
                self.removeItem(wire)
        for node in nodes:
            item = self.nodes.pop(node, None)
            if item is not None:
                self.removeItem(item)
            self.drawing.into.pop(node, None)
            self.drawing.out.pop(node, None)
        self.chosen = frozenset(n for n in self.chosen if n in self.nodes)
        if self.hovered not in self.nodes:
            self.hovered = None

    def _follow_layout(self, change: Change, fresh: set[NodeId]) -> set[NodeId]:
        """Put nodes where they lie now; return those that moved or whose wires bend otherwise."""
        key = self.drawing.key
        project = change.after
        old, self.layout_part = self.layout_part, layout_of(project, key)
        known = positions_of(project, key)
        graph = self.drawing.graph
        builds = {node: self.drawing.anatomy(node) for node in fresh}
        lost = [node for node in fresh if node not in known]
        places: dict[NodeId, Spot] = {}
        if lost:
            here = {n: (i.x0, i.y0) for n, i in self.nodes.items()}
            here |= {n: known[n] for n in fresh if n in known}
            every = {n: i.anatomy for n, i in self.nodes.items()} | builds
            places = missing_places(graph, here, every.__getitem__)
        for node in fresh:
            self._add_node(node, builds[node], known.get(node) or places[node])
        moved = set()
        if old is not self.layout_part:
            for node in known.changed_from(positions_of(change.before, key)):
                item = self.nodes.get(node)
                if item is not None and (item.x0, item.y0) != known[node]:
                    item.put(*known[node])
                    moved.add(node)
            moved |= _bent(old.get("bends"), self.layout_part.get("bends"), self.wires)
        self._grow(moved | fresh)
        return moved | fresh

    def _grow(self, nodes: Iterable[NodeId]) -> None:
        """Let the index cover nodes that lie outside of it."""
        area = self.sceneRect()
        wide = QRectF(area)
        for node in nodes:
            wide = wide.united(self.nodes[node].rect())
        if wide != area:
            self.setSceneRect(wide.adjusted(-EDGE, -EDGE, EDGE, EDGE))

    def wires_at(self, nodes: Iterable[NodeId]) -> list[WireItem]:
        """Return the wires that begin or end at nodes, each once."""
        found: dict[InPort, WireItem] = {}
        for node in nodes:
            for path in self.drawing.into.get(node, ()):
                target = InPort(node, path)
                if target in self.wires:
                    found[target] = self.wires[target]
            for target in self.drawing.out.get(node, ()):
                if target in self.wires:
                    found[target] = self.wires[target]
        return list(found.values())

    def _follow_wires(self, nodes: Iterable[NodeId]) -> None:
        for wire in self.wires_at(nodes):
            self._lead(wire)
            self._dress(wire)

    # Showing

    def put(self, spots: Mapping[NodeId, Spot]) -> None:
        """Show nodes at other places while they are dragged; the document is not changed."""
        for node, (x, y) in spots.items():
            item = self.nodes.get(node)
            if item is not None:
                item.put(x, y)
        for wire in self.wires_at(spots):
            self._lead(wire)
        if not self.moving.issuperset(spots):
            self.moving = frozenset(spots)
            self.stamp += 1

    def choose(self, nodes: frozenset[NodeId]) -> None:
        """Show nodes as selected."""
        changed, self.chosen = self.chosen ^ nodes, nodes
        self._restate(changed)

    def hover(self, node: NodeId | None) -> None:
        """Show a node as being under the pointer."""
        if node != self.hovered:
            changed = {n for n in (self.hovered, node) if n is not None}
            self.hovered = node
            self._restate(changed)

    def _restate(self, nodes: Iterable[NodeId]) -> None:
        for node in nodes:
            item = self.nodes.get(node)
            if item is not None:
                is_hovered = node == self.hovered
                item.set_state(self.drawing.state(node, node in self.chosen, is_hovered))
        self.stamp += 1

    def know(self, findings: Findings) -> None:
        """Show what the engine says."""
        self.drawing.know(findings)
        self._refresh(self.nodes)

    def set_live(self, live: Live) -> None:
        """Show a run on the nodes that it concerns."""
        old, self.drawing.live = self.drawing.live, live
        told = {*old.curves, *old.values, *live.curves, *live.values}
        if (old.progress is None) != (live.progress is None) or live.progress is not None:
            told |= {n for n, i in self.nodes.items() if i.anatomy.family == "loss"}
        self._refresh(told)

    def set_samples(self, samples: Mapping[NodeId, tuple[Sample, ...]]) -> None:
        """Show samples on data nodes."""
        told = {*self.samples, *samples}
        self.samples = samples
        for node in told:
            item = self.nodes.get(node)
            if item is not None:
                item.shown.samples = samples.get(node, ())
                item.update()

    def _refresh(self, nodes: Iterable[NodeId]) -> None:
        """Draw nodes anew whose build may depend on what was told, and the wires there."""
        resized = set()
        touched = [node for node in nodes if node in self.nodes]
        for node in touched:
            item = self.nodes[node]
            build = self.drawing.anatomy(node)
            if build != item.anatomy and item.rebuild(build):
                resized.add(node)
            before = item.shown.facts
            self._inform(item)
            if item.shown.facts != before or node in self.drawing.live.curves:
                item.update()
        for wire in self.wires_at(resized):
            self._lead(wire)
        for wire in self.wires_at(touched):
            self._dress(wire)
        self.stamp += 1

    def set_theme(self, look: Theme) -> None:
        """Draw everything in another theme."""
        self.scope.paints = paints(look)
        for wire in self.wires.values():
            self._dress(wire)
        self.stamp += 1
        self.update()

    def place_of(self, port: InPort | OutPort) -> QPointF:
        """Return where a port is. Raises KeyError where there is no such node."""
        return self.nodes[port.node].spot(port)

    def port_near(self, at: QPointF, radius: float) -> InPort | OutPort | None:
        """Return the port nearest to a place, of those that are shown."""
        best: InPort | OutPort | None = None
        nearest = radius
        for item in self.items(_around(at, radius + MARGIN), BOUNDS):
            if not isinstance(item, NodeItem):
                continue
            quiet = self.scope.has_wire or item.state.is_selected or item.state.is_hovered
            for places in (item.anatomy.inputs, item.anatomy.outputs):
                for place in places.values():
                    if place.quiet and not quiet:
                        continue
                    away = hypot(item.x0 + place.x - at.x(), item.y0 + place.y - at.y())
                    if away <= nearest:
                        best, nearest = place.ref, away
        return best

    def wire_near(self, at: QPointF, radius: float) -> InPort | None:
        """Return the wire nearest to a place."""
        near = [
            (_distance(item, at), item.target)
            for item in self.items(_around(at, radius), BOUNDS)
            if isinstance(item, WireItem)
        ]
        found = min(near, key=lambda pair: pair[0], default=None)
        return found[1] if found is not None and found[0] <= radius else None

    def set_wiring(self, wiring: bool) -> None:
        """Show or hide the ports that only a wire in the hand wants."""
        if wiring != self.scope.has_wire:
            self.scope.has_wire = wiring
            for item in self.nodes.values():
                if any(p.quiet for p in item.anatomy.inputs.values()):
                    item.update()

    def light(self, port: InPort | OutPort | None) -> None:
        """Show a port as the one that a wire would snap to."""
        old, self.scope.lit = self.scope.lit, port
        for one in (old, port):
            if old != port and isinstance(one, InPort | OutPort) and one.node in self.nodes:
                self.nodes[one.node].update()

    def light_wire(self, target: InPort | None) -> None:
        """Show a wire as the one under the pointer."""
        old, self._lit_wire = self._lit_wire, target
        for one in {old, target} if old != target else ():
            wire = self.wires.get(one) if one is not None else None
            if wire is not None:
                self._dress(wire)

    def extent(self, nodes: Iterable[NodeId] | None = None) -> QRectF:
        """Return the area that nodes (all of them, with no word) take."""
        area = QRectF()
        for node in self.nodes if nodes is None else nodes:
            area = area.united(self.nodes[node].rect())
        return area


def _distance(wire: WireItem, at: QPointF) -> float:
    """Return how far a place is from a wire."""
    spots = polyline(wire.start, wire.leaves, wire.end, wire.enters, wire.bends)
    return min(
        (_to_line(at, one, two) for one, two in itertools.pairwise(spots)),
        default=float("inf"),
    )


def _to_line(at: QPointF, one: Spot, two: Spot) -> float:
    dx, dy = two[0] - one[0], two[1] - one[1]
    length = dx * dx + dy * dy
    share = ((at.x() - one[0]) * dx + (at.y() - one[1]) * dy) / length if length else 0.0
    share = min(max(share, 0.0), 1.0)
    return hypot(at.x() - one[0] - share * dx, at.y() - one[1] - share * dy)


def _around(at: QPointF, radius: float) -> QRectF:
    return QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)


def _all(entries: Entries) -> frozenset[str]:
    return entries.added | entries.removed | entries.changed


def _edge(item: NodeItem, share: float) -> Spot:
    build = item.anatomy
    return (item.x0 + build.width * share, item.y0 + build.height / 2)


def _bent(old: object, new: object, wires: Mapping[InPort, WireItem]) -> set[NodeId]:
    if old is new or old == new:
        return set()
    return {target.node for target in wires}
