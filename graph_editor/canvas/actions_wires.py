"""What can be done with wires by key or menu; beside each stands why it cannot be done now."""

from __future__ import annotations

from typing import TypeAlias

from graph_editor.canvas.add_palette import AddPalette
from graph_editor.canvas.add_palette_open import open_palette_for_node, open_palette_for_wire
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.editing import graph_of, name_of
from graph_editor.canvas.inserting import BORDERS
from graph_editor.canvas.knowing import suits_at
from graph_editor.canvas.rewiring import DETACH, attach, detach, swap
from graph_editor.canvas.wire_targets import Targets
from graph_editor.canvas.wiring import connect_ports
from graph_editor.document.model import InPort, NodeId, OutPort

NO_WIRE = "Select a wire first: click it, or press W on a node."
STANDS = {"up": "above", "down": "below", "left": "left of", "right": "right of"}
ASIDE = 3.0
"""How much more it counts that a node stands aside than that it is far ahead."""
Span: TypeAlias = tuple[float, float]
END_OF_GRAPH = "An end of the graph cannot be replaced."


# Which wire


def chosen_wire(canvas: Canvas) -> InPort | None:
    """Return the wire that is meant: the selected one, else the only one into the only node."""
    if canvas.world.chosen_wire is not None:
        return canvas.world.chosen_wire
    chosen = list(canvas.selected())
    ins = [end for end in graph_of(canvas).wires if len(chosen) == 1 and end.node == chosen[0]]
    return ins[0] if len(ins) == 1 else None


def cannot_select_wire(canvas: Canvas) -> str:
    """Return why no wire can be selected by key."""
    return "" if _wires_at_hand(canvas)[1] else "Select a node or a wire that has wires beside it."


def select_next_wire(canvas: Canvas) -> None:
    """Select the next wire at the selected node; from a wire that was clicked, at its end."""
    node, around = _wires_at_hand(canvas)
    if not around:
        canvas.said.emit(cannot_select_wire(canvas))
        return
    now = canvas.world.chosen_wire
    at = around.index(now) + 1 if now in around else 0
    canvas.select(())
    canvas.world.choose_wire(around[at % len(around)], node)
    wire = canvas.world.wires[around[at % len(around)]]
    canvas.bring_into_view(wire.path().boundingRect())
    ends = f"{name_of(canvas, wire.source.node)} to {name_of(canvas, wire.target.node)}"
    canvas.said.emit(f"The wire from {ends} is selected.")


def _wires_at_hand(canvas: Canvas) -> tuple[NodeId | None, list[InPort]]:
    """Return a node and its wires, which a key goes through: those into it first."""
    wire, chosen, drawn = canvas.world.chosen_wire, list(canvas.selected()), canvas.world.drawing
    node = chosen[0] if len(chosen) == 1 else None
    if wire is not None:
        node = canvas.world.wire_at or wire.node
    if node is None:
        return None, []
    into = sorted(drawn.into.get(node, ()), key=_key)
    out = sorted(drawn.out.get(node, ()), key=_key)
    return node, [*into, *(target for target in out if target not in into)]


def _key(target: InPort) -> tuple[str, str]:
    return (target.node, target.port)


# Swap, detach


def cannot_swap(canvas: Canvas) -> str:
    """Return why no two inputs can be swapped."""
    return "" if len(_swapped(canvas)) == 2 else "Select a node with two wired inputs, or a wire."


def swap_selected(canvas: Canvas) -> None:
    """Exchange the first two wired inputs of the node; a selected wire with the next one."""
    pair = _swapped(canvas)
    if len(pair) != 2:
        canvas.said.emit(cannot_swap(canvas))
        return
    is_wire = canvas.world.chosen_wire is not None
    if swap(canvas, *pair) and is_wire:
        canvas.world.choose_wire(pair[1])


def _swapped(canvas: Canvas) -> tuple[InPort, ...]:
    wires, wire = graph_of(canvas).wires, canvas.world.chosen_wire
    chosen = list(canvas.selected())
    node = wire.node if wire is not None else chosen[0] if len(chosen) == 1 else None
    if node is None or node not in canvas.world.nodes:
        return ()
    ins = [port for port in canvas.ports_of(node)[0] if port in wires]
    if wire is None or wire not in ins:
        return tuple(ins[:2])
    at = ins.index(wire)
    return (wire, ins[(at + 1) % len(ins)]) if len(ins) > 1 else ()


def cannot_detach(canvas: Canvas) -> str:
    """Return why no wire can be cut for gradients."""
    wire = chosen_wire(canvas)
    if wire is None:
        return NO_WIRE
    item = canvas.world.wires.get(wire)
    if item is not None and item.is_plan:
        return "A wire of the training plan carries no gradient."
    return ""


def detach_selected(canvas: Canvas) -> None:
    """Keep gradients from going back along the selected wire, or let them through again."""
    wire, reason = chosen_wire(canvas), cannot_detach(canvas)
    if reason or wire is None:
        canvas.said.emit(reason)
        return
    graph = graph_of(canvas)
    for end in (graph.wires[wire].node, wire.node):
        if graph.nodes[end].spec == DETACH:
            reads = [t for t, s in graph.wires.items() if s.node == end]
            attach(canvas, end)
            canvas.world.choose_wire(reads[0] if reads else None)
            return
    middle = canvas.world.wires[wire].path().pointAtPercent(0.5)
    detach(canvas, wire, (float(round(middle.x())), float(round(middle.y()))))
    canvas.world.choose_wire(wire)


# Connect, insert, replace


def cannot_connect(canvas: Canvas) -> str:
    """Return why the selected nodes cannot be wired by key."""
    count = len(canvas.selected())
    return "" if count in (1, 2) else "Select the node to wire from, or two nodes to wire."


def connect_selected(canvas: Canvas) -> None:
    """Wire two selected nodes, the left one to the right one; of one, list what it may feed."""
    chosen = sorted(canvas.selected(), key=lambda node: canvas.places()[node])
    if reason := cannot_connect(canvas):
        canvas.said.emit(reason)
    elif len(chosen) == 1:
        canvas.connect_asked.emit(str(chosen[0]))
    else:
        _wire(canvas, chosen[0], chosen[1])


def _wire(canvas: Canvas, one: NodeId, two: NodeId) -> None:
    """Wire an output of a node to a free input of another: the first two that suit each other."""
    wires, reason = graph_of(canvas).wires, ""
    pairs: list[tuple[OutPort, InPort]] = []
    for source in canvas.ports_of(one)[1]:
        targets = Targets(canvas, source)
        for target in canvas.ports_of(two)[0]:
            judged = targets.judge(target)
            if not judged.refusal and target not in wires:
                pairs.append((source, target))
            reason = reason or judged.refusal
    if pairs:
        connect_ports(canvas, *min(pairs, key=lambda pair: suits_at(canvas, *pair)))
        return
    ends = f"{name_of(canvas, one)} to {name_of(canvas, two)}"
    canvas.said.emit(f"{reason or f'No free port leads from {ends}'}.")


def cannot_insert(canvas: Canvas) -> str:
    """Return why nothing can be put into a wire."""
    return "" if canvas.world.chosen_wire is not None else NO_WIRE


def insert_into_selected(canvas: Canvas) -> AddPalette | None:
    """Ask what to put into the selected wire."""
    wire = canvas.world.chosen_wire
    if wire is None:
        canvas.said.emit(NO_WIRE)
        return None
    return open_palette_for_wire(canvas, wire)


def cannot_replace(canvas: Canvas) -> str:
    """Return why no node can be replaced."""
    if len(canvas.selected()) != 1:
        return "Select one node alone to replace it."
    (node,) = canvas.selected()
    return END_OF_GRAPH if graph_of(canvas).nodes[node].spec in BORDERS else ""


def replace_selected(canvas: Canvas) -> AddPalette | None:
    """Ask what to put in the place of the selected node."""
    if reason := cannot_replace(canvas):
        canvas.said.emit(reason)
        return None
    (node,) = canvas.selected()
    return open_palette_for_node(canvas, node)


# Following


ACROSS = {"left": "up", "right": "down", "up": "left", "down": "right"}
"""Which way a key goes where data runs down, as if it ran right."""


def cannot_follow(canvas: Canvas) -> str:
    """Return why there is no wire to follow."""
    return "" if canvas.world.nodes else "There is no node in this graph."


def follow(canvas: Canvas, way: str) -> None:
    """Go along a wire to the next node: ``right``, ``left``; ``up`` and ``down`` to one beside.

    Where data runs down, ``down`` and ``up`` go along, and the others beside.
    From a selected wire to its end; with nothing selected to the first node in view. A node that
    has no wires is left in all four ways for the nearest one.
    """
    if not canvas.world.nodes:
        canvas.said.emit(cannot_follow(canvas))
        return
    runs = ACROSS[way] if canvas.world.drawing.runs_down else way
    wire = canvas.world.chosen_wire
    if wire is not None and runs in ("left", "right"):
        found: NodeId | None = canvas.world.wires[wire].source.node if runs == "left" else wire.node
    elif not (canvas.selected() or wire is not None):
        found = _first_in_view(canvas)
    else:
        found = _next(canvas, way, runs)
    if found is None:
        return
    canvas.select([found])
    canvas.reveal(found)


def _first_in_view(canvas: Canvas) -> NodeId:
    places = canvas.places()
    seen = [node for node, item in canvas.world.nodes.items() if canvas.sees(item.rect())]
    return min(seen or places, key=lambda node: places[node])


def _next(canvas: Canvas, way: str, runs: str) -> NodeId | None:
    """Return the node that an arrow key leads to; None, and why, where there is none.

    The key points one way of the screen; as if data ran right, it runs another.
    """
    drawn, wires = canvas.world.drawing, graph_of(canvas).wires
    wire = canvas.world.chosen_wire
    starts = canvas.selected() or ({canvas.world.wire_at or wire.node} if wire is not None else ())
    node = max(starts, key=lambda each: _spans(canvas, each, way)[0])
    into, out = drawn.into.get(node, ()), drawn.out.get(node, ())
    if runs in ("up", "down") or not (into or out):
        found = _nearest(canvas, node, way)
        if found is None:
            canvas.said.emit(f"No node stands {STANDS[way]} {name_of(canvas, node)}.")
        return found
    near = {end.node for end in out} if runs == "right" else {wires[end].node for end in into}
    if not near:
        verb = "leaves" if runs == "right" else "enters"
        canvas.said.emit(f"No wire {verb} {name_of(canvas, node)}.")
    here, places = canvas.places()[node], canvas.places()
    return min(near, key=lambda n: (_away(places[n], here), n), default=None)


def _away(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return how far two places are apart; across counts less than down."""
    return abs(one[1] - two[1]) * 2 + abs(one[0] - two[0])


def _nearest(canvas: Canvas, node: NodeId, way: str) -> NodeId | None:
    """Return the nearest node that stands one way of another; what is straight ahead comes first.

    A node that only reaches a little further, at the side of this one, does not stand that way.
    """
    (begin, end), (low, high) = _spans(canvas, node, way)
    found: list[tuple[float, float, NodeId]] = []
    for other in canvas.world.nodes:
        (near, far), (left, right) = _spans(canvas, other, way)
        aside = max(0.0, left - high, low - right)
        if near + far <= begin + end or (aside and near < end):
            continue
        distance = max(0.0, near - end) + ASIDE * aside
        found.append((distance, abs(left + right - low - high), other))
    return min(found)[2] if found else None


def _spans(canvas: Canvas, node: NodeId, way: str) -> tuple[Span, Span]:
    """Return from where to where a node reaches the way that a key points, and across it."""
    card = canvas.world.nodes[node].rect()
    along, across = (card.top(), card.bottom()), (card.left(), card.right())
    if way in ("left", "right"):
        along, across = across, along
    return (along if way in ("right", "down") else (-along[1], -along[0])), across
