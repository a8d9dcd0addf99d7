"""Adding nodes and wires by hand: what the palettes and the wire in the hand end in."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from graph_editor.canvas.anatomy import title_of
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of, snapped, with_shown
from graph_editor.canvas.recents import note_used
from graph_editor.catalogue.bordering import join
from graph_editor.catalogue.joining import entrance, exit_to, kind_at, port_at
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.edits import add_node, disconnect, in_block, move_nodes, positions_of
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


def add_at(
    canvas: Canvas,
    spec_name: str,
    args: FrozenMap[str, Arg] = NOTHING,
    spot: QPoint | None = None,
    wire: InPort | OutPort | None = None,
) -> NodeId | None:
    """Add a node with its middle at a place in the viewport, wire it if asked, and select it.

    One step of the history. What torch demands and args do not say gets a usual value. ``wire`` is
    an output that is to feed the node, or an input that the node is to feed. Returns its id; None
    where it cannot be.
    """
    project = canvas.document.project
    spec = canvas.lookup(project)(spec_name)
    if spec is None:
        canvas.said.emit(f"{spec_name} is not known here.")
        return None
    node = Node(spec_name, args=starting_arguments(spec, args))
    node_id = NodeId(canvas.ids.fresh(spec_name, graph_of(canvas).nodes))
    where = canvas.mapToScene(canvas.viewport().rect().center() if spot is None else spot)
    ends = None if wire is None else _ends(canvas, node_id, spec_name, args, wire)

    def change(now: Project) -> Project:
        place = snapped(where.x() - NODE_HALF[0], where.y() - NODE_HALF[1])
        if isinstance(wire, OutPort):
            place = snapped(where.x(), where.y() - NODE_HALF[1])
        elif isinstance(wire, InPort):
            place = snapped(where.x() - 2 * NODE_HALF[0], where.y() - NODE_HALF[1])
        shown = with_shown(canvas, now, {})
        made = in_block(now, canvas.key, lambda graph: add_node(graph, node_id, node))
        made = move_nodes(made, canvas.key, {**shown, node_id: place})
        if ends is None:
            return made
        spots = positions_of(made, canvas.key)
        return join(made, canvas.key, *ends, canvas.lookup(made), canvas.ids, spots)

    if not edit(canvas, change, f"Add {title_of(node, spec)}"):
        return None
    note_used(canvas, spec_name)
    canvas.select([node_id])
    return node_id


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
        path = entrance(spec, kind, args)
        return None if path is None else (wire, InPort(node_id, path))
    port = port_at(graph, lookup, wire)
    leaf = None if port is None else exit_to(spec, port, args)
    return None if leaf is None else (OutPort(node_id, leaf), wire)


def connect_ports(canvas: Canvas, source: OutPort, target: InPort) -> bool:
    """Wire an output to an input, with the border node that it takes; return whether."""
    title = f"Wire {name_of(canvas, source.node)} to {name_of(canvas, target.node)}"

    def change(now: Project) -> Project:
        lookup = canvas.lookup(now)
        return join(now, canvas.key, source, target, lookup, canvas.ids, canvas.places())

    return edit(canvas, change, title)


def move_wire_end(canvas: Canvas, old: InPort, new: InPort) -> bool:
    """Lead the wire that ends in one input to another one; return whether."""
    source = graph_of(canvas).wires[old]
    title = f"Wire {name_of(canvas, source.node)} to {name_of(canvas, new.node)}"

    def change(now: Project) -> Project:
        apart = in_block(now, canvas.key, lambda graph: disconnect(graph, old))
        lookup = canvas.lookup(now)
        return join(apart, canvas.key, source, new, lookup, canvas.ids, canvas.places())

    return edit(canvas, change, title)


def disconnect_port(canvas: Canvas, target: InPort) -> bool:
    """Take away the wire that ends in an input; return whether."""
    title = f"Unwire {name_of(canvas, target.node)}"
    return edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: disconnect(graph, target)),
        title,
    )
