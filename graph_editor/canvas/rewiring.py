"""What is done to wires that are there: taken away, moved, bent, cut for gradients, swapped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of
from graph_editor.catalogue.bordering import join
from graph_editor.document.edits import (
    Point,
    disconnect_all,
    dissolve_nodes,
    in_block,
    insert_on_wire,
    move_nodes,
    set_bends,
    swap_inputs,
)
from graph_editor.document.model import InPort, Node, NodeId, OutPort, Project

DETACH = "Tensor.detach"
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

    return edit(canvas, change, title)


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
        return move_nodes(made, canvas.key, {node_id: (at[0] - CUT_HALF, at[1] - CUT_HALF)})

    return edit(canvas, change, title)


def attach(canvas: Canvas, cut: NodeId) -> bool:
    """Let gradients go along a wire again: take away the mark on it; return whether."""
    return edit(
        canvas, lambda now: dissolve_nodes(now, canvas.key, [cut]), "Let the gradient through"
    )
