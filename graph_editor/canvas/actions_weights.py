"""What can be done with copies and shared weights on a canvas; and why it cannot be done now."""

from __future__ import annotations

import re
from functools import partial

from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import edit, graph_of, name_of, named
from graph_editor.canvas.rename import Asked, RenameLine
from graph_editor.catalogue.meaning import means
from graph_editor.catalogue.weight_shapes import WEIGHT, why_no_tie
from graph_editor.document.addresses import first_node
from graph_editor.document.edits import (
    EditError,
    in_block,
    module_of,
    set_copies,
    set_weights,
    tie,
    untie,
)
from graph_editor.document.edits.reading import reading_order
from graph_editor.document.expressions import ExpressionError, parse
from graph_editor.document.model import Arg, Expr, Graph, Node, NodeId, Weights

COPIES = re.compile(r"[×x]?\s*(\d+|=.+?)?\s*(shared|own)?", re.IGNORECASE)
HOW = "Copies are a whole number from 1 up, as in 3; “3 shared” gives them one set of weights."

# Copies


def cannot_repeat(canvas: Canvas) -> str:
    """Return why the selected nodes cannot be repeated."""
    if not canvas.selected():
        return "Select the node that is to be repeated."
    for node_id in sorted(canvas.selected()):
        if not means(graph_of(canvas).nodes[node_id].kind, "repeat"):
            return f"{name_of(canvas, node_id)} cannot be repeated: nothing goes from copy to copy."
    return ""


def ask_copies(canvas: Canvas) -> RenameLine | None:
    """Open a line on a selected node in which the number of copies is typed; return it."""
    if reason := cannot_repeat(canvas):
        canvas.said.emit(reason)
        return None
    node_id = min(canvas.selected(), key=lambda each: canvas.places()[each])
    said = copies_text(graph_of(canvas).nodes[node_id])
    asked = Asked(said, "copies", f"Copies of {named(canvas, canvas.selected())}", _take_copies)
    line = RenameLine(canvas, node_id, asked)
    line.open_line()
    canvas.said.emit("How many copies in a chain? “3 shared” gives them one set of weights.")
    return line


def copies_text(node: Node) -> str:
    """Return how many copies a node has, as one types it."""
    if node.repeat is None:
        return "1"
    count = node.repeat.count
    text = f"={count.text}" if isinstance(count, Expr) else str(count)
    return f"{text} shared" if node.repeat.shared else text


def read_copies(text: str) -> tuple[int | Expr, bool]:
    """Return the number of copies that was typed, and whether they share weights.

    Raises EditError.
    """
    found = COPIES.fullmatch(text.strip())
    if found is None:
        raise EditError(HOW)
    number, shared = found[1] or "1", (found[2] or "").lower() == "shared"
    if not number.startswith("="):
        if int(number) < 1:
            raise EditError(HOW)
        return int(number), shared
    try:
        parse(number[1:].strip())
    except ExpressionError as wrong:
        raise EditError(f"{number} is no formula: {wrong}") from wrong
    return Expr(number[1:].strip()), shared


def _take_copies(canvas: Canvas, node_id: NodeId, text: str) -> None:
    ids = canvas.selected() or {node_id}
    if text == copies_text(graph_of(canvas).nodes[node_id]):
        return
    try:
        count, shared = read_copies(text)
    except EditError as refusal:
        canvas.said.emit(str(refusal))
        return

    def change(graph: Graph) -> Graph:
        for each in sorted(ids):
            graph = set_copies(graph, each, count, shared)
        return graph

    many = count.text if isinstance(count, Expr) else count
    title = f"Repeat {named(canvas, ids)} ×{many}"
    edit(canvas, lambda now: in_block(now, canvas.key, change), title)


# Ties


def _pair(canvas: Canvas) -> tuple[NodeId, NodeId] | None:
    """Return the two selected nodes, the one that comes first in the graph before the other."""
    chosen = canvas.selected()
    if len(chosen) != 2:
        return None
    first, second = (key for key in reading_order(graph_of(canvas)) if key in chosen)
    return first, second


def ties_of(canvas: Canvas) -> list[str]:
    """Return the tied weights between the selected nodes, or of the only one that is selected."""
    graph, chosen = graph_of(canvas), canvas.selected()
    ends = ((one, {first_node(one), first_node(two)}) for one, two in graph.ties.items())
    return [one for one, nodes in ends if nodes == chosen or (len(chosen) == 1 and chosen < nodes)]


def cannot_tie(canvas: Canvas) -> str:
    """Return why weights of the selected nodes can be neither tied nor untied."""
    if ties_of(canvas):
        return ""
    pair = _pair(canvas)
    if pair is None:
        return "Select two layers whose weights are to be one."
    if module_of(graph_of(canvas), pair[0]) == module_of(graph_of(canvas), pair[1]):
        return "These are calls of one layer: they have one weight already."
    nodes, lookup = graph_of(canvas).nodes, canvas.lookup(canvas.document.project)
    first, second = (lookup(nodes[key].spec) for key in pair)
    one, other = (partial(_value, canvas, key) for key in pair)
    return why_no_tie(second, first, (other, one))


def _value(canvas: Canvas, node_id: NodeId, name: str) -> Arg:
    """Return what an argument of a node comes to, as far as it is known."""
    node = graph_of(canvas).nodes[node_id]
    if name in node.args:
        return node.args[name]
    inferred = canvas.findings.values(node_id)
    if name in inferred:
        return inferred[name]
    spec = canvas.lookup(canvas.document.project)(node.spec)
    argument = spec.argument(name) if spec is not None else None
    return None if argument is None or argument.infer else argument.default


def tie_selected(canvas: Canvas) -> None:
    """Let two selected layers have one weight, or untie what is tied."""
    if reason := cannot_tie(canvas):
        canvas.said.emit(reason)
        return
    tied = ties_of(canvas)
    if tied:
        title = f"Untie {named(canvas, canvas.selected())}"
        edit(canvas, lambda now: in_block(now, canvas.key, partial(_untied, tied)), title)
        return
    pair = _pair(canvas)
    assert pair is not None  # else there was a reason
    title = f"Tie {name_of(canvas, pair[1])} to {name_of(canvas, pair[0])}"
    edit(canvas, lambda now: in_block(now, canvas.key, partial(_tied, *pair)), title)


def _untied(ties: list[str], graph: Graph) -> Graph:
    for one in ties:
        graph = untie(graph, one)
    return graph


def _tied(first: NodeId, second: NodeId, graph: Graph) -> Graph:
    """Return the graph in which two weights are one: that of the first, or whose that is."""
    one, other = f"{second}.{WEIGHT}", f"{first}.{WEIGHT}"
    if one in graph.ties.values():
        one, other = other, one  # others read that of the second: let the first read it too
    return tie(graph, one, graph.ties.get(other, other))


# One layer, called twice


def _calls(canvas: Canvas) -> NodeId | None:
    """Return the selected node that calls the module of another."""
    nodes = graph_of(canvas).nodes
    found = (k for k in sorted(canvas.selected()) if (w := nodes[k].weights) and w.same_as)
    return next(found, None)


def cannot_call_same(canvas: Canvas) -> str:
    """Return why the selected nodes can neither become calls of one layer nor cease to be."""
    if _calls(canvas) is not None:
        return ""
    pair = _pair(canvas)
    if pair is None:
        return "Select two nodes that are to be calls of one layer."
    first, second = (graph_of(canvas).nodes[key] for key in pair)
    if first.spec != second.spec:
        names = " and ".join(name_of(canvas, key) for key in pair)
        return f"{names} are layers of different kinds: one cannot be a call of the other."
    if not means(first.kind, "same_as"):
        return f"{name_of(canvas, pair[0])} has no weights that could be used again."
    return ""


def call_same_selected(canvas: Canvas) -> None:
    """Make the second of two selected nodes a call of the first's layer, or one of its own."""
    if reason := cannot_call_same(canvas):
        canvas.said.emit(reason)
        return
    caller, pair = _calls(canvas), _pair(canvas)
    if caller is not None:
        title = f"Give {name_of(canvas, caller)} a layer of its own"
        change = partial(_calling, caller, None)
    else:
        assert pair is not None  # else there was a reason
        title = f"Call {name_of(canvas, pair[0])} twice"
        change = partial(_calling, pair[1], pair[0])
    edit(canvas, lambda now: in_block(now, canvas.key, change), title)


def _calling(node_id: NodeId, owner: NodeId | None, graph: Graph) -> Graph:
    """Return the graph in which a node calls another's layer; a tie between calls goes with it."""
    named = None if owner is None else Weights(same_as=module_of(graph, owner))
    graph = set_weights(graph, node_id, named)
    return _untied([one for one, two in graph.ties.items() if _is_one(graph, one, two)], graph)


def _is_one(graph: Graph, one: str, two: str) -> bool:
    """Whether two names of weights name the same weight, since their nodes call one layer."""
    first, second = first_node(one), first_node(two)
    below = one.removeprefix(first) == two.removeprefix(second)
    return below and module_of(graph, first) == module_of(graph, second)
