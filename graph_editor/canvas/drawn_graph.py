"""The items of a graph in a Qt scene: making them, and telling them what they show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from graph_editor.canvas.afloat import Afloat
from graph_editor.canvas.anatomy import Anatomy, Side
from graph_editor.canvas.drawing import Drawing, bends_of
from graph_editor.canvas.findings import Sample
from graph_editor.canvas.items.bubble import BubbleItem
from graph_editor.canvas.items.dots import DotsItem
from graph_editor.canvas.items.frame_item import FrameItem
from graph_editor.canvas.items.hand_wire import Z_HAND, HandWire
from graph_editor.canvas.items.label_spots import passes
from graph_editor.canvas.items.labels import LabelsItem
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.items.state import Scope
from graph_editor.canvas.items.wire_item import WireItem
from graph_editor.canvas.paints import paints
from graph_editor.canvas.theme import Theme
from graph_editor.document.edits import layout_of
from graph_editor.document.model import InPort, NodeId, OutPort, Project

Spot = tuple[float, float]
BOUNDS = Qt.ItemSelectionMode.IntersectsItemBoundingRect
EDGE = 400.0
"""Room around all nodes that the index of the scene covers."""
INDEX_DEPTH = 12
"""How often the scene's index halves its area; left alone it grows by 600 bytes a node, and finds
nothing sooner."""
CLOSE = 3.0
"""From a label to a wire beside it, at least, where there is such a place."""


class DrawnGraph(QGraphicsScene):
    """Holds one item for each node and wire, found by the ids of what they show."""

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
        self.setBspTreeDepth(INDEX_DEPTH)
        self.sceneRectChanged.connect(self._cover_labels)
        self._found()

    def _cover_labels(self, area: QRectF) -> None:
        self.labels.cover(area)

    def _clear(self) -> None:
        self.clear()
        self._found()
        self.chosen, self.hovered, self.moving = frozenset(), None, frozenset()

    def _found(self) -> None:
        """Begin with what every scene has: labels, the bubble, the wire in the hand."""
        self.nodes: dict[NodeId, NodeItem] = {}
        self.wires: dict[InPort, WireItem] = {}
        self.cut: set[NodeId] = set()
        """Nodes that are narrower than their titles."""
        self.labels = LabelsItem(
            self.scope, self._wires_in, self._wires_from, self._cards_in, self._is_clear
        )
        self.bubble = BubbleItem(self.scope)
        self.hand = HandWire(self.scope)
        self.dots = DotsItem(self.scope)
        self.afloat: Afloat | None = None
        """Many nodes that are dragged at once."""
        self.overlays: list[QGraphicsItem] = []
        """What is painted above everything, in the far view too."""
        self._lit_wire: InPort | None = None
        self.chosen_wire: InPort | None = None
        self.wire_at: NodeId | None = None
        """The node through whose wires a key goes, one after the other."""
        self._cuts: frozenset[InPort] = frozenset()
        """Wires that the knife would cut."""
        for item in (self.labels, self.bubble, self.hand, self.dots):
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
        wires = self.drawing.graph.wires
        return [
            self.wires[target]
            for target in self.drawing.out.get(source.node, ())
            if wires[target] == source and target in self.wires
        ]

    def _cards_in(self, area: QRectF) -> list[QRectF]:
        """Return the nodes in an area."""
        return [item.rect() for item in self.items(area, BOUNDS) if isinstance(item, NodeItem)]

    def _is_clear(self, area: QRectF, own: Collection[WireItem]) -> bool:
        """Whether no node, none but some wires and no edge of a frame is in an area."""
        wide = area.adjusted(-CLOSE, 0, CLOSE, 0)
        for item in self.items(wide, BOUNDS):
            if isinstance(item, NodeItem):
                if item.rect().intersects(area):
                    return False
            elif isinstance(item, WireItem):
                if item not in own and passes(item.far_lines(), wide):
                    return False
            elif isinstance(item, FrameItem) and not item.rect().contains(area):
                return False
        return True

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
        QGraphicsScene.addItem(self, item)  # it is no overlay
        if not self.labels.is_all_stale:
            self.labels.stale_around(item.rect())
        return item

    def _inform(self, item: NodeItem) -> None:
        """Tell a node's item all that it shows beside its build."""
        node = item.id
        item.shown.facts = self.drawing.port_facts(item.anatomy)
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
        QGraphicsScene.addItem(self, item)  # as above
        if self.scope.is_full:
            self.labels.stale_for([source])

    def _lead(self, wire: WireItem) -> None:
        """Lead a wire from port to port; ports that a node does not have are at its edges."""
        if self.scope.is_full:
            self.labels.stale(wire)  # where it was
        start, end = self.nodes[wire.source.node], self.nodes[wire.target.node]
        out = start.anatomy.outputs.get(wire.source.port)
        into = end.anatomy.inputs.get(wire.target.port)
        stands = self.drawing.runs_down
        first = (start.x0 + out.x, start.y0 + out.y) if out else _edge(start, 1.0, stands)
        last = (end.x0 + into.x, end.y0 + into.y) if into else _edge(end, 0.0, stands)
        wire.is_plan = into is not None and into.is_plan
        wire.lead(
            first,
            out.side if out else "bottom" if stands else "right",
            last,
            into.side if into and not (into.quiet and into.side == "bottom") else _usual(stands),
            self._bends(wire.target),
        )
        if wire.target in (self._lit_wire, self.chosen_wire):
            self._dot()
        if self.scope.is_full:
            self.labels.stale(wire)

    def _bends(self, target: InPort) -> tuple[Spot, ...]:
        """Return the points that a wire is led past; they go along while both its ends move."""
        points = bends_of(self.layout_part, target)
        if (
            not points
            or not self.moving
            or not self.moving.issuperset((target.node, self.drawing.graph.wires[target].node))
        ):
            return points
        item, at = self.nodes[target.node], self.layout_part.get("at")
        known = at.get(target.node) if at is not None else None
        if known is None:
            return points
        dx, dy = item.x0 - known[0], item.y0 - known[1]
        return tuple((x + dx, y + dy) for x, y in points)

    def _dot(self) -> None:
        """Show the dots of the wires that are pointed at or selected."""
        shown = (self.wires.get(t) for t in (self._lit_wire, self.chosen_wire) if t is not None)
        self.dots.show_dots(spot for wire in shown if wire is not None for spot in wire.bends)

    def _lead_all(self, wires: Sequence[WireItem]) -> None:
        """Lead wires; of those from one output another may carry the label then."""
        for wire in wires:
            self._lead(wire)
        if self.scope.is_full:
            self.labels.stale_for(wire.source for wire in wires)

    def _put(self, item: NodeItem, x: float, y: float) -> None:
        """Move a node; it may have hidden labels, and may hide others now."""
        if self.scope.is_full:
            self.labels.stale_around(item.rect())
        item.put(x, y)
        if self.scope.is_full:
            self.labels.stale_around(item.rect())

    def _dress(self, wire: WireItem) -> None:
        look = self.drawing.wire_look(wire.target, wire.source, wire.is_plan)
        if wire.target in (self._lit_wire, self.chosen_wire):
            look = look._replace(state="lit")
        if wire.target in self._cuts:
            look = look._replace(state="error")
        known = (wire.rank, wire.form, wire.state, wire.label)
        wanted = (look.rank, look.form, look.state, look.label)
        if known == wanted and wire.is_dressed_by(self.scope.paints):
            return
        if self.scope.is_full:
            self.labels.stale(wire)  # as wide as its label was
        wire.dress(self.scope.paints, look.rank, look.form, look.state, look.label)
        if self.scope.is_full:
            self.labels.stale(wire)

    def wires_at(self, nodes: Iterable[NodeId]) -> list[WireItem]:
        """Return the wires that begin or end at nodes, each once."""
        found: dict[InPort, WireItem] = {}
        for node in nodes:
            for ends in (self.drawing.into, self.drawing.out):
                for target in ends.get(node, ()):
                    if target in self.wires:
                        found[target] = self.wires[target]
        return list(found.values())

    def place_of(self, port: InPort | OutPort) -> QPointF:
        """Return where a port is. Raises KeyError where there is no such node."""
        return self.nodes[port.node].spot(port)

    def extent(self, nodes: Iterable[NodeId] | None = None) -> QRectF:
        """Return the area that nodes take; with no word that of all of them and of the wires."""
        area = QRectF()
        if nodes is None:
            for wire in self.wires.values():
                if wire.bends:
                    area = area.united(wire.path().boundingRect())
        for node in self.nodes if nodes is None else nodes:
            area = area.united(self.nodes[node].rect())
        return area

    def _grow(self, nodes: Iterable[NodeId]) -> None:
        """Let the index cover nodes that lie outside of it."""
        area = self.sceneRect()
        wide = QRectF(area)
        for node in nodes:
            wide = wide.united(self.nodes[node].rect())
        if wide != area:
            self.setSceneRect(wide.adjusted(-EDGE, -EDGE, EDGE, EDGE))

    def _remove(self, nodes: Iterable[NodeId], wires: Iterable[InPort]) -> None:
        for target in wires:
            wire = self.wires.pop(target, None)
            if wire is not None:
                self.labels.stale(wire)
                self.labels.stale_for([wire.source])
                if target == self.chosen_wire:
                    self.chosen_wire = None
                self.removeItem(wire)
        self._dot()
        for node in nodes:
            item = self.nodes.pop(node, None)
            if item is not None:
                self.labels.stale_around(item.rect())
                self.removeItem(item)
            self.drawing.into.pop(node, None)
            self.drawing.out.pop(node, None)
        self.chosen = frozenset(n for n in self.chosen if n in self.nodes)
        if self.hovered not in self.nodes:
            self.hovered = None


def _usual(stands: bool) -> Side:
    """Return the side at which values come in."""
    return "top" if stands else "left"


def _edge(item: NodeItem, share: float, stands: bool) -> Spot:
    build = item.anatomy
    if stands:
        return (item.x0 + build.width / 2, item.y0 + build.height * share)
    return (item.x0 + build.width * share, item.y0 + build.height / 2)
