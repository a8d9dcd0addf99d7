"""What is done to wires that are there: taken away, moved, bent, cut for gradients, swapped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.canvas.nearness import place_in
from graph_editor.catalogue.bordering import join
from graph_editor.document.edits import (
    Point,
    bend_wires,
    disconnect_all,
    dissolve_nodes,
    in_block,
    insert_on_wire,
    move_nodes,
    set_bends,
    swap_inputs,
)
from graph_editor.document.model import InPort, Node, NodeId, OutPort, PortPath, Project

DETACH = "Tensor.detach"
NO_WIRE_HERE = "No wire is here. Alt+click takes away a wire, or all wires of a port."
CUT_HALF = 12.0
"""Half of the side of the mark that a detach is drawn as."""


def wires_of(canvas: Canvas, port: InPort | OutPort) -> tuple[InPort, ...]:
    """Return the wires that begin or end at a port, by the inputs that they feed."""
    wires = graph_of(canvas).wires
    if isinstance(port, InPort):
        return (port,) if port in wires else ()
    return tuple(end for end, start in wires.items() if start == port)


def wires_told(canvas: Canvas, targets: Sequence[InPort]) -> str:
    """Return what wires are called in the name of a step."""
    if len(targets) != 1:
        return f"{len(targets)} wires"
    return f"the wire to {name_of(canvas, targets[0].node)}"


def remove_wires(canvas: Canvas, targets: Sequence[InPort], verb: str = "Remove") -> bool:
    """Take wires away, as one step; return whether there was one."""
    if not targets:
        return False
    title = f"{verb} {wires_told(canvas, targets)}"
    return edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: disconnect_all(graph, targets)),
        title,
    )


def move_wires_to(canvas: Canvas, targets: Sequence[InPort], source: OutPort) -> bool:
    """Let wires begin at another output, as one step; return whether."""
    title = f"Move {wires_told(canvas, targets)} to {name_of(canvas, source.node)}"

    def change(now: Project) -> Project:
        lookup = canvas.lookup(now)
        for target in targets:
            now = join(now, canvas.key, source, target, lookup, canvas.ids)
        return now

    before = canvas.document.project
    done = edit(canvas, change, title)
    if done and canvas.document.project is before:
        canvas.said.emit(f"These wires begin at {name_of(canvas, source.node)} already.")
    return done


def bend(canvas: Canvas, target: InPort, points: Iterable[Point], title: str) -> bool:
    """Lead a wire past other points, as one step; return whether."""
    listed = tuple(points)
    return edit(canvas, lambda now: set_bends(now, canvas.key, target, listed), title)


def swap(canvas: Canvas, one: InPort, two: InPort) -> bool:
    """Exchange what two inputs are fed with, as one step; return whether."""
    title = f"Swap two inputs of {name_of(canvas, one.node)}"
    return edit(
        canvas,
        lambda now: in_block(now, canvas.key, lambda graph: swap_inputs(graph, one, two)),
        title,
    )


def detach(canvas: Canvas, target: InPort, at: Point) -> bool:
    """Keep gradients from going back along a wire, by a mark on it; return whether."""
    node_id = NodeId(canvas.ids.fresh("detach", graph_of(canvas).nodes))
    title = f"Detach {wires_told(canvas, [target])}"

    def change(now: Project) -> Project:
        made = in_block(
            now,
            canvas.key,
            lambda graph: insert_on_wire(graph, target, node_id, Node(DETACH)),
        )
        made = move_nodes(made, canvas.key, {node_id: (at[0] - CUT_HALF, at[1] - CUT_HALF)})
        wire = canvas.world.wires[target]
        place = place_in(wire, QPointF(*at)) if wire.bends else 0
        ways = {InPort(node_id, PortPath("input")): wire.bends[:place], target: wire.bends[place:]}
        return bend_wires(made, canvas.key, ways) if wire.bends else made

    return edit(canvas, change, title)


def attach(canvas: Canvas, cut: NodeId) -> bool:
    """Let gradients go along a wire again: take away the mark on it; return whether."""
    wires, into = canvas.world.wires, InPort(cut, PortPath("input"))
    before = wires[into].bends if into in wires else ()
    ways = {
        t: (*before, *wires[t].bends) for t, s in graph_of(canvas).wires.items() if s.node == cut
    }

    def change(now: Project) -> Project:
        made = dissolve_nodes(now, canvas.key, [cut])
        led = {t: way for t, way in ways.items() if way}
        return bend_wires(made, canvas.key, led) if led and into in wires else made

    return edit(canvas, change, "Let the gradient through")
