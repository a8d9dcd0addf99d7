"""Adding nodes and wires by hand: what the palettes and the wire in the hand end in."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRectF

from graph_editor.canvas.anatomy import CURVE, LINE_Y, anatomy_of, title_of
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import framed
from graph_editor.canvas.clear_ground import free_offset
from graph_editor.canvas.editing import edit, graph_of, name_of, snapped, with_shown
from graph_editor.canvas.items.node_item import NodeItem
from graph_editor.canvas.knowing import known_at
from graph_editor.canvas.recents import note_used
from graph_editor.canvas.sides import Use
from graph_editor.canvas.standing import standing
from graph_editor.catalogue.bordering import join
from graph_editor.catalogue.choosing import entrance, exit_to
from graph_editor.catalogue.joining import kind_at, port_at
from graph_editor.catalogue.library import settled
from graph_editor.catalogue.spec import Spec
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.edits import (
    Point,
    add_node,
    disconnect,
    in_block,
    move_nodes,
    positions_of,
)
from graph_editor.document.model import (
    NOTHING,
    Arg,
    FrozenMap,
    InPort,
    Node,
    NodeId,
    OutPort,
    Project,
)

NODE_HALF = (64.0, 24.0)
"""Half of a usual node: places are corners, and what is aimed at is a middle."""
MARK_SIZE = (64.0, 24.0)
TRAINING = ("Optimizers", "Schedulers")
"""Categories of what hangs below a loss."""
BESIDE, BELOW, DOWN = 96.0, 56.0, 72.0
"""Room between a node and one that is added at its right, below it, or out of another's way."""


def add_at(
    canvas: Canvas,
    spec_name: str,
    args: FrozenMap[str, Arg] = NOTHING,
    spot: QPoint | None = None,
    wire: InPort | OutPort | None = None,
    is_loose: bool = False,
) -> NodeId | None:
    """Add a node with its middle at a place in the viewport, wire it if asked, and select it.

    One step of the history. What torch demands and args do not say gets a usual value. ``wire`` is
    an output that is to feed the node, or an input that the node is to feed. A loose place counts
    only where there is room; else, and with no place, the node goes behind the selected one.
    Returns its id; None where it cannot be.
    """
    project = canvas.document.project
    spec = canvas.lookup(project)(spec_name)
    if spec is None:
        canvas.said.emit(f"{spec_name} is not known here.")
        return None
    node = Node(spec_name, args=starting_arguments(spec, args))
    node_id = NodeId(canvas.ids.fresh(spec_name, graph_of(canvas).nodes))
    size = _size(canvas, node_id, node, spec)
    place = _aim(canvas, spot, wire)
    chosen = list(canvas.selected())
    is_lost = spot is None or (is_loose and not _is_free(canvas, place, size))
    if is_lost and wire is None and len(chosen) == 1:
        place = _beside(canvas, canvas.world.nodes[chosen[0]], spec)
    place = _free(canvas, place, size)
    ends = None if wire is None else _ends(canvas, node_id, spec_name, args, wire)

    def change(now: Project) -> Project:
        shown = with_shown(canvas, now, {})
        now, used = settled(now, node, canvas.ids)
        made = in_block(now, canvas.key, lambda graph: add_node(graph, node_id, used))
        made = move_nodes(made, canvas.key, {**shown, node_id: place})
        made = framed(canvas, made, node_id, (place[0] + NODE_HALF[0], place[1] + NODE_HALF[1]))
        if ends is None:
            return made
        joined = _joined(canvas, made, node_id, place, *ends)
        return _cleared(canvas, made, joined, {node_id: size})

    if not edit(canvas, change, f"Add {title_of(node, spec)}"):
        return None
    note_used(canvas, spec_name)
    canvas.select([node_id])
    canvas.follow_added(canvas.world.extent([node_id]))
    if wire is not None and ends is None:
        words = f"{spec.title} has no wire yet: nothing of it fits {name_of(canvas, wire.node)}."
        canvas.said.emit(words)
    return node_id


def _size(canvas: Canvas, node_id: NodeId, node: Node, spec: Spec) -> Point:
    """Return the width and height of a new node, of a loss with the curves of a run."""
    use = Use(node_id, node, spec, (), (), False, NOTHING, frozenset(), canvas.key == "main")
    build = anatomy_of(use)
    build = standing(build) if canvas.world.drawing.runs_down else build
    return (build.width, build.height + (CURVE if build.family == "loss" else 0))


def _aim(canvas: Canvas, spot: QPoint | None, wire: InPort | OutPort | None) -> Point:
    """Return where a new node goes: around a spot, or else beside what it is wired to."""
    if spot is not None or wire is None:
        where = canvas.mapToScene(canvas.viewport().rect().center() if spot is None else spot)
        share = 0.0 if isinstance(wire, OutPort) else 2.0 if isinstance(wire, InPort) else 1.0
        if canvas.world.drawing.runs_down:
            return snapped(where.x() - NODE_HALF[0], where.y() - share * NODE_HALF[1])
        return snapped(where.x() - share * NODE_HALF[0], where.y() - NODE_HALF[1])
    item = canvas.world.nodes[wire.node]
    port, place = item.spot(wire), item.place(wire)
    if place is not None and canvas.world.drawing.runs_down and not place.is_plan:
        under = item.y0 + item.anatomy.height + BESIDE
        y = under if isinstance(wire, OutPort) else item.y0 - BESIDE - 2 * NODE_HALF[1]
        return snapped(port.x() - NODE_HALF[0], y)
    if place is not None and place.side == "bottom":
        return _under(item)
    right = item.x0 + item.anatomy.width + BESIDE
    x = right if isinstance(wire, OutPort) else item.x0 - BESIDE - 2 * NODE_HALF[0]
    return (snapped(x, 0)[0], port.y() - LINE_Y)  # so that the wire is straight


def _beside(canvas: Canvas, item: NodeItem, spec: Spec) -> Point:
    """Return a place behind a node: where its data goes on, or what trains it hangs."""
    hangs = item.anatomy.family in ("loss", "opt") and spec.category in TRAINING
    if hangs:
        return _under(item)
    if canvas.world.drawing.runs_down:
        return snapped(item.x0, item.y0 + item.anatomy.height + BESIDE)
    return snapped(item.x0 + item.anatomy.width + BESIDE, item.y0)


def _under(item: NodeItem) -> Point:
    """Return a place below a node; the curves that a loss gets in a run have room, too."""
    build = item.anatomy
    curves = CURVE if build.family == "loss" and not build.picture_y else 0
    return snapped(item.x0, item.y0 + build.height + curves + BELOW)


def _cleared(
    canvas: Canvas, before: Project, after: Project, added: Mapping[NodeId, Point] = NOTHING
) -> Project:
    """Return a project in which the marks that came along with a wire lie upon nothing."""
    known = before.block(canvas.key).graph.nodes
    spots = positions_of(after, canvas.key)
    cards = [item.rect() for item in canvas.world.nodes.values()]
    cards += [QRectF(*spots[node], *size) for node, size in added.items()]
    for node in after.block(canvas.key).graph.nodes.keys() - known.keys():
        if node not in spots:
            continue
        mark = QRectF(*spots[node], *MARK_SIZE)
        if any(mark.intersects(card) for card in cards):
            dx, dy = free_offset([([mark], cards)])
            x, y = spots[node]
            after = move_nodes(after, canvas.key, {node: (x + dx, y + dy)})
    return after


def _free(canvas: Canvas, place: Point, size: Point) -> Point:
    """Return a place, or one further down where nothing lies in the way."""
    x, y = place
    while not _is_free(canvas, (x, y), size):
        y += DOWN
    return (x, y)


def _is_free(canvas: Canvas, place: Point, size: Point) -> bool:
    card = QRectF(*place, *size)
    return not any(card.intersects(item.rect()) for item in canvas.world.nodes.values())


def _joined(
    canvas: Canvas, made: Project, node_id: NodeId, place: Point, source: OutPort, target: InPort
) -> Project:
    """Wire a new node; where an input or output comes along, make room for it between."""
    lookup = canvas.lookup(made)
    old = source.node if target.node == node_id else target.node
    port = source if target.node == node_id else target
    at = canvas.world.place_of(port)
    spots = {old: (at.x(), at.y()), node_id: (place[0], place[1] + LINE_Y)}
    before = made.block(canvas.key).graph.nodes
    joined = join(made, canvas.key, source, target, lookup, canvas.ids, spots)
    if len(joined.block(canvas.key).graph.nodes) == len(before) or port is target:
        return joined
    further = (max(place[0], at.x() + 2 * BESIDE), place[1])
    spots[node_id] = (further[0], further[1] + LINE_Y)
    roomy = move_nodes(made, canvas.key, {node_id: further})
    return join(roomy, canvas.key, source, target, lookup, canvas.ids, spots)


def _ends(
    canvas: Canvas,
    node_id: NodeId,
    spec_name: str,
    args: FrozenMap[str, Arg],
    wire: InPort | OutPort,
) -> tuple[OutPort, InPort] | None:
    """Return the ends of a wire between what is there and a new node; None where none fits."""
    lookup, graph = canvas.lookup(canvas.document.project), graph_of(canvas)
    spec = lookup(spec_name)
    if spec is None:
        return None
    if isinstance(wire, OutPort):
        kind = kind_at(graph, lookup, wire) or "tensor"
        path = entrance(spec, kind, args, known_at(canvas, wire))
        return None if path is None else (wire, InPort(node_id, path))
    port = port_at(graph, lookup, wire)
    into = lookup(graph.nodes[wire.node].spec)
    leaf = None if port is None else exit_to(spec, port, args, into)
    return None if leaf is None else (OutPort(node_id, leaf), wire)


def _spots(canvas: Canvas, *ports: InPort | OutPort) -> dict[NodeId, Point]:
    """Return where ports are, by their nodes."""
    found = {port.node: canvas.world.place_of(port) for port in ports}
    return {node: (at.x(), at.y()) for node, at in found.items()}


def connect_ports(canvas: Canvas, source: OutPort, target: InPort) -> bool:
    """Wire an output to an input, with the border node that it takes; return whether."""
    title = f"Wire {name_of(canvas, source.node)} to {name_of(canvas, target.node)}"

    def change(now: Project) -> Project:
        lookup = canvas.lookup(now)
        places = _spots(canvas, source, target)
        return _cleared(
            canvas, now, join(now, canvas.key, source, target, lookup, canvas.ids, places)
        )

    return edit(canvas, change, title)


def move_wire_end(canvas: Canvas, old: InPort, new: InPort) -> bool:
    """Lead the wire that ends in one input to another one; return whether."""
    source = graph_of(canvas).wires[old]
    title = f"Wire {name_of(canvas, source.node)} to {name_of(canvas, new.node)}"

    def change(now: Project) -> Project:
        apart = in_block(now, canvas.key, lambda graph: disconnect(graph, old))
        lookup, spots = canvas.lookup(now), _spots(canvas, source, new)
        joined = join(apart, canvas.key, source, new, lookup, canvas.ids, spots)
        return _cleared(canvas, now, joined)

    return edit(canvas, change, title)


def disconnect_port(canvas: Canvas, target: InPort) -> bool:
    """Take away the wire that ends in an input; return whether."""
    title = f"Unwire {name_of(canvas, target.node)}"
    return edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: disconnect(graph, target)),
        title,
    )
