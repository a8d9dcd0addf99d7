"""Selecting by what the drawing says: along the wires, by what nodes are, and the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph_editor.canvas.actions import cannot_act, cannot_select
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.carrying import meant
from graph_editor.canvas.editing import graph_of, named
from graph_editor.document.model import Graph, NodeId

__all__ = [
    "cannot_act",
    "cannot_select",
    "cannot_select_none",
    "select_connected",
    "select_downstream",
    "select_inverse",
    "select_none",
    "select_similar",
    "select_upstream",
]


def select_upstream(canvas: Canvas) -> None:
    """Add all that leads to the selected nodes."""
    _add(canvas, lambda graph: [(end.node, start.node) for end, start in graph.wires.items()])


def select_downstream(canvas: Canvas) -> None:
    """Add all that the selected nodes lead to."""
    _add(canvas, lambda graph: [(start.node, end.node) for end, start in graph.wires.items()])


def select_connected(canvas: Canvas) -> None:
    """Add all that hangs together with the selected nodes by wires."""
    _add(canvas, lambda graph: [*_both_ways(graph)])


def _both_ways(graph: Graph) -> Iterable[tuple[NodeId, NodeId]]:
    for end, start in graph.wires.items():
        yield end.node, start.node
        yield start.node, end.node


def _add(canvas: Canvas, steps: Callable[[Graph], list[tuple[NodeId, NodeId]]]) -> None:
    """Add what is reached from the selected nodes by steps from one node to the next."""
    if reason := cannot_act(canvas):
        canvas.said.emit(reason)
        return
    following: dict[NodeId, list[NodeId]] = {}
    for here, there in steps(graph_of(canvas)):
        following.setdefault(here, []).append(there)
    found, new = set(meant(canvas)), list(meant(canvas))
    while new:
        reached = set(following.get(new.pop(), ())) - found
        found |= reached
        new += reached
    _choose(canvas, found)


def select_similar(canvas: Canvas) -> None:
    """Select all nodes of the same spec as one that is selected."""
    if reason := cannot_act(canvas):
        canvas.said.emit(reason)
        return
    nodes = graph_of(canvas).nodes
    specs = {nodes[node].spec for node in meant(canvas)}
    _choose(canvas, {key for key, node in nodes.items() if node.spec in specs})


def select_inverse(canvas: Canvas) -> None:
    """Select the nodes that are not selected, and no other."""
    if reason := cannot_select(canvas):
        canvas.said.emit(reason)
        return
    _choose(canvas, graph_of(canvas).nodes.keys() - meant(canvas))


def _choose(canvas: Canvas, nodes: Iterable[NodeId]) -> None:
    """Select nodes, and say how many these are: some may be out of view."""
    canvas.select(nodes)
    chosen = canvas.selected()
    canvas.said.emit(f"Selected {named(canvas, chosen)}." if chosen else "Nothing is selected.")


def select_none(canvas: Canvas) -> None:
    """Select nothing."""
    canvas.select(())


def cannot_select_none(canvas: Canvas) -> str:
    """Return why nothing can be let go."""
    is_some = canvas.selected() or canvas.world.backdrop.chosen
    return "" if is_some or canvas.world.chosen_wire is not None else "Nothing is selected."
