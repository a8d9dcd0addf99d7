"""The canvas: a view of one graph of a document, through which it is drawn and changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Signal
from PySide6.QtGui import QHideEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from graph_editor.canvas.anatomy import HEADER, Side
from graph_editor.canvas.backdrop import Mark
from graph_editor.canvas.bubble_place import place_bubble
from graph_editor.canvas.empty_hint import EmptyHint
from graph_editor.canvas.findings import Findings, Live, Sample
from graph_editor.canvas.items.bubble import BubbleItem
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.laying_out import Direction, lay_out
from graph_editor.canvas.nearness import port_near, wire_near
from graph_editor.canvas.overview import Overview
from graph_editor.canvas.scene import Scene
from graph_editor.canvas.theme import Theme
from graph_editor.canvas.view import Sight, View
from graph_editor.catalogue.order import Lookup
from graph_editor.document.changes import Change
from graph_editor.document.document import Document
from graph_editor.document.ids import IdSource
from graph_editor.document.model import InPort, NodeId, OutPort, Project

Spot = tuple[float, float]
PORT_RADIUS, PORT_RADIUS_WIRING, WIRE_RADIUS = 8.0, 12.0, 6.0
"""How near the pointer must be, in pixels on the screen."""
IN_ORDER = "Everything is in order already."


class Canvas(View):
    """Shows one graph and edits it through its document; told from outside what is known of it."""

    selection_changed = Signal()
    """Other nodes, frames or notes are selected."""
    graph_entered = Signal(str, str)
    """Key and prefix of a graph that the user wants to see."""
    code_entered = Signal(str)
    """A node whose custom code the user wants to see."""
    fix_chosen = Signal(str)
    """The id of a fix whose button was pressed."""
    fix_hovered = Signal(str)
    """The id of a fix whose button is under the pointer; empty: none is any more."""
    more_chosen = Signal(str)
    """A node whose problems the user wants to see in the list."""
    said = Signal(str)
    """One sentence for the status line."""
    spec_used = Signal(str)
    """The name of a spec that was just placed, for the list of recent ones."""
    connect_asked = Signal(str)
    """A node for whose output somebody wants to see a list of what it may feed."""
    menu_asked = Signal(object)
    """A QPoint of the screen at which the menu of what is selected is wanted."""
    leaving = Signal()
    """Another graph is about to be shown; what is open over this one ends."""
    asked = Signal(str)
    """The id of a command that the window has to do."""
    drawn = Signal()
    """What is drawn has changed: another graph, an edit, places, findings."""

    def __init__(
        self,
        document: Document,
        lookup: Callable[[Project], Lookup],
        ids: IdSource,
        look: Theme,
        parent: QWidget | None = None,
    ) -> None:
        self.world = Scene(look)
        super().__init__(self.world, parent)
        self.document = document
        self.lookup = lookup
        self.ids = ids
        self.look = look
        self.key, self.prefix = "main", ""
        self._sights: dict[tuple[str, str], Sight] = {}
        """Where the view was in each graph that has been left."""
        self._overview = Overview(self.world, is_titled=True)
        self._hint = EmptyHint(self, look["text2"])
        self.drawn.connect(self._stand_hint)
        self._findings = Findings()
        self._unsubscribe = document.subscribe(self._follow)
        self.destroyed.connect(self._unsubscribe)
        self.setAccessibleName("Canvas")
        self._draw()

    # What is shown

    def show_graph(self, key: str, prefix: str = "") -> None:
        """Show the main graph, or a block as it is used at an address: as it was seen last."""
        self.cancel_gesture()
        self.leaving.emit()
        self._sights[self.key, self.prefix] = self.sight()
        self.key, self.prefix = key, prefix
        self._findings = Findings()
        self._draw()
        if not self.look_again(self._sights.get((key, prefix))):
            self.fit_all()

    def _draw(self) -> None:
        project = self._drawn = self.document.project
        had = bool(self.world.chosen or self.world.backdrop.chosen)
        self.world.drawing.know(self._findings)
        self.world.show_graph(project, self.key, self.lookup(project))
        self.follow_area()
        if had:
            self.selection_changed.emit()
        self.drawn.emit()

    def _follow(self, change: Change) -> None:
        """Follow a change of the document; a graph that is gone gives way to the main one.

        Who is told before may have let another graph be shown: that is drawn as it is by then.
        """
        if self.key != "main" and self.key not in change.after.blocks:
            self.graph_entered.emit("main", "")
            if self.key != "main":
                self.show_graph("main")
            return
        if change.after is self._drawn:
            return
        self._drawn = change.after
        before = (self.world.chosen, self.world.backdrop.chosen)
        self.world.follow(change, self.lookup(change.after))
        self.follow_area()
        self.viewport().update()  # labels far from what was edited may come and go
        self._place_bubble()
        if before != (self.world.chosen, self.world.backdrop.chosen):
            self.selection_changed.emit()
        self.drawn.emit()

    def set_findings(self, findings: Findings) -> None:
        """Show what the engine says of the shown graph."""
        self._findings = findings
        self.world.know(findings)
        self.viewport().update()  # as above
        self._place_bubble()
        self.drawn.emit()

    def set_live(self, live: Live) -> None:
        """Show a run on its nodes while it goes on."""
        self.world.set_live(live)
        self.refresh_far()

    def set_samples(self, samples: Mapping[NodeId, tuple[Sample, ...]]) -> None:
        """Show samples on data nodes."""
        self.world.set_samples(samples)

    def set_theme(self, look: Theme) -> None:
        """Draw everything in another theme."""
        self.look = look
        self.world.set_theme(look)
        self._hint.dress(look["text2"])
        self.viewport().update()

    def _stand_hint(self) -> None:
        self._hint.stand(not self.world.nodes)

    @property
    def findings(self) -> Findings:
        """What is known of the shown graph."""
        return self._findings

    # Selection

    def selected(self) -> frozenset[NodeId]:
        """Return the selected nodes."""
        return self.world.chosen

    def select(self, ids: Iterable[NodeId], marks: Iterable[Mark] = ()) -> None:
        """Select exactly these nodes, frames and notes, and no wire."""
        self.world.choose_wire(None)
        has_other_marks = self.world.backdrop.choose(marks)
        chosen = frozenset(node for node in ids if node in self.world.nodes)
        if chosen != self.world.chosen:
            self.world.choose(chosen)
            self._place_bubble()
        elif not has_other_marks:
            return
        self.refresh_far()
        self.selection_changed.emit()

    # Where things are

    def fit_all(self) -> None:
        """Bring the whole graph into view."""
        self.fit(self.world.extent())

    def reveal(self, node: NodeId) -> None:
        """Bring a node into view without changing the zoom more than it takes."""
        if node in self.world.nodes:
            self.bring_into_view(self.world.nodes[node].rect())

    def node_place(self, node: NodeId) -> QPoint:
        """Return where the middle of a node's header is, in the viewport."""
        item = self.world.nodes[node]
        rect = item.rect()
        down = min(HEADER / 2, rect.height() / 2)
        return self.mapFromScene(QPointF(rect.center().x(), rect.top() + down))

    def port_place(self, port: InPort | OutPort) -> QPoint:
        """Return where a port is, in the viewport."""
        return self.mapFromScene(self.world.place_of(port))

    def node_rect(self, node: NodeId) -> QRect:
        """Return what a node covers of the viewport."""
        return self.mapFromScene(self.world.nodes[node].rect()).boundingRect()

    def places(self) -> dict[NodeId, Spot]:
        """Return where the corners of all nodes are in the scene, as they are drawn now."""
        return {node: (item.x0, item.y0) for node, item in self.world.nodes.items()}

    def node_at(self, point: QPoint | QPointF) -> NodeId | None:
        """Return the node under a place of the viewport."""
        at = self.mapToScene(_whole(point))
        found = [
            item
            for item in self.world.items(at)
            if isinstance(item, NodeItem) and item.rect().contains(at)
        ]
        return found[0].id if found else None

    def port_at(
        self, point: QPoint | QPointF, radius: float | None = None
    ) -> InPort | OutPort | None:
        """Return the nearest port to a place of the viewport; radius in pixels on the screen.

        None in the far view.
        """
        if radius is None:
            radius = PORT_RADIUS_WIRING if self.world.scope.has_wire else PORT_RADIUS
        if self.world.scope.is_far:
            return None  # they are not seen there, and would cover the nodes
        at = self.mapToScene(_whole(point))
        return port_near(self.world, at, radius / self.zoom())

    def wire_at(self, point: QPoint | QPointF) -> InPort | None:
        """Return the wire under a place of the viewport, by the input it feeds."""
        at = self.mapToScene(_whole(point))
        return wire_near(self.world, at, WIRE_RADIUS / self.zoom())

    def ports_of(self, node: NodeId) -> tuple[tuple[InPort, ...], tuple[OutPort, ...]]:
        """Return a node's input and output ports in their order."""
        build = self.world.nodes[node].anatomy
        ins = tuple(p.ref for p in build.inputs.values() if isinstance(p.ref, InPort))
        outs = tuple(p.ref for p in build.outputs.values() if isinstance(p.ref, OutPort))
        return ins, outs

    def title(self, node: NodeId) -> str:
        """Return what a node is called on the canvas."""
        return self.world.nodes[node].anatomy.title

    # For gestures

    def show_places(self, spots: Mapping[NodeId, Spot]) -> None:
        """Show nodes at other places while they are dragged; the document is not changed."""
        self.world.put(spots)
        self._place_bubble()
        self.refresh_far()

    def draw_hand_wire(
        self, port: InPort | OutPort, to: QPoint | QPointF, refused: bool = False
    ) -> None:
        """Show a wire from a port to a place of the viewport."""
        self.draw_hand_wires([port], to, refused)

    def draw_hand_wires(
        self, ports: Sequence[InPort | OutPort], to: QPoint | QPointF, refused: bool = False
    ) -> None:
        """Show wires from ports of one kind to a place of the viewport."""
        scene, is_out = self.world, isinstance(ports[0], OutPort)
        starts: list[tuple[QPointF, Side]] = []
        for port in ports:
            place = scene.nodes[port.node].place(port)
            usual: Side = "right" if is_out else "left"
            starts.append((scene.place_of(port), place.side if place is not None else usual))
        scene.hand.lead(starts, self.mapToScene(_whole(to)), is_out, refused)
        scene.set_wiring(True)

    def drop_hand_wire(self) -> None:
        """Take the wire in the hand away."""
        self.world.hand.setVisible(False)
        self.world.light(None)
        self.world.set_wiring(False)

    def light_port(self, port: InPort | OutPort | None) -> None:
        """Show a port as the one that a wire would snap to."""
        self.world.light(port)

    def light_wire(self, target: InPort | None) -> None:
        """Show a wire as the one under the pointer, or that a node would be put on."""
        self.world.light_wire(target)

    def hovered(self) -> NodeId | None:
        """Return the node under the pointer."""
        return self.world.hovered

    def hover(self, node: NodeId | None) -> None:
        """Show a node as the one under the pointer."""
        if node != self.world.hovered:
            self.world.hover(node)
            self._place_bubble()

    def arrange_all(
        self, ids: Iterable[NodeId] | None = None, direction: Direction | None = None
    ) -> None:
        """Lay the graph out anew, or some nodes of it, as one step; none in view: fit them."""
        done = lay_out(self.world, self.document, self.key, ids, direction)
        if not done.is_changed and done.nodes:
            self.said.emit(IN_ORDER)
        spread = [self.world.nodes[node].rect() for node in done.nodes]
        if spread and (done.is_turned or not any(map(self.sees, spread))):
            self.fit(self.world.extent(done.nodes))

    def used(self, spec_name: str) -> None:
        """Tell that a spec was placed."""
        self.spec_used.emit(spec_name)

    # The bubble

    def _place_bubble(self) -> None:
        place_bubble(self, self.world)

    def bubble_part_at(self, point: QPoint | QPointF) -> str:
        """Return the part of the error bubble at a place: fix, more, bubble, or nothing."""
        bubble: BubbleItem = self.world.bubble
        if not bubble.is_there:
            return ""
        corner = self.mapFromScene(bubble.pos())
        return bubble.part_at(QPointF(_whole(point) - corner))

    # Events

    def leaveEvent(self, event: QEvent) -> None:
        self.hover(None)
        super().leaveEvent(event)

    def paint_far(self, painter: QPainter) -> None:
        """Paint the whole graph as an overview."""
        self._overview.paint(painter, self.viewportTransform(), self.viewport().size())

    def on_zoom(self) -> None:
        """Follow the zoom."""
        self.world.scope.zoom = self.zoom()
        self._place_bubble()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._place_bubble()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bubble()
        self.drawn.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.cancel_gesture()
        super().hideEvent(event)


def _whole(point: QPoint | QPointF) -> QPoint:
    return point.toPoint() if isinstance(point, QPointF) else point
