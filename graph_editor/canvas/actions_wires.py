"""What can be done with wires by key or menu; beside each stands why it cannot be done now."""

from __future__ import annotations

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
    return "" if _around(canvas) else "Select a node or a wire that has wires beside it."


def select_next_wire(canvas: Canvas) -> None:
    """Select the next wire at the selected node, or beside the selected wire."""
    around = _around(canvas)
    if not around:
        canvas.said.emit(cannot_select_wire(canvas))
        return
    now = canvas.world.chosen_wire
    at = around.index(now) + 1 if now in around else 0
    canvas.select(())
    canvas.world.choose_wire(around[at % len(around)])
    wire = canvas.world.wires[around[at % len(around)]]
    canvas.bring_into_view(wire.path().boundingRect())
    ends = f"{name_of(canvas, wire.source.node)} to {name_of(canvas, wire.target.node)}"
    canvas.said.emit(f"The wire from {ends} is selected.")


def _around(canvas: Canvas) -> list[InPort]:
    """Return the wires that a key may select: into a node first, then out of it."""
    graph, wire, chosen = graph_of(canvas), canvas.world.chosen_wire, list(canvas.selected())
    if wire is not None:
        begins, ends = graph.wires[wire].node, wire.node
    elif len(chosen) == 1:
        begins = ends = chosen[0]
    else:
        return []
    drawn = canvas.world.drawing
    into = sorted(drawn.into.get(ends, ()), key=_key)
    out = [target for target in sorted(drawn.out.get(begins, ()), key=_key) if target not in into]
    return into + out


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
    From a selected wire to its end; with nothing selected to the first node in view.
    """
    if not canvas.world.nodes:
        canvas.said.emit(cannot_follow(canvas))
        return
    if canvas.world.drawing.runs_down:
        way = ACROSS[way]
    wire = canvas.world.chosen_wire
    if wire is not None and way in ("left", "right"):
        found: NodeId | None = canvas.world.wires[wire].source.node if way == "left" else wire.node
    elif not canvas.selected():
        found = _first_in_view(canvas)
    else:
        found = _next(canvas, way)
    if found is None:
        return
    canvas.select([found])
    canvas.reveal(found)


def _first_in_view(canvas: Canvas) -> NodeId:
    places = canvas.places()
    seen = [node for node, item in canvas.world.nodes.items() if canvas.sees(item.rect())]
    return min(seen or places, key=lambda node: places[node])


def _next(canvas: Canvas, way: str) -> NodeId | None:
    """Return the node that an arrow key leads to; None, and why, where there is none."""
    places, chosen = canvas.places(), canvas.selected()
    if canvas.world.drawing.runs_down:
        places = {node: (y, x) for node, (x, y) in places.items()}
    ends = max if way in ("right", "down") else min
    node = ends(chosen, key=lambda each: places[each][way in ("up", "down")])
    wires = graph_of(canvas).wires
    if way in ("left", "right"):
        ports: list[InPort | OutPort] = [
            end if way == "right" else start
            for end, start in wires.items()
            if (start if way == "right" else end).node == node
        ]
        near = sorted({port.node for port in ports}, key=lambda n: _away(places, n, node))
        if not near:
            verb = "leaves" if way == "right" else "enters"
            canvas.said.emit(f"No wire {verb} {name_of(canvas, node)}.")
        return near[0] if near else None
    y = places[node][1]
    beside = [n for n in _beside(canvas, node) if (places[n][1] > y) == (way == "down")]
    beside = [n for n in beside if places[n][1] != y]
    beside = beside or [n for n in places if (places[n][1] - y > 0) == (way == "down")]
    beside = [n for n in beside if places[n][1] != y]
    return min(beside, key=lambda n: _away(places, n, node), default=None)


def _away(places: dict[NodeId, tuple[float, float]], one: NodeId, two: NodeId) -> float:
    """Return how far two nodes are apart; across counts less than down."""
    (ax, ay), (bx, by) = places[one], places[two]
    return abs(ay - by) * 2 + abs(ax - bx)


def _beside(canvas: Canvas, node: NodeId) -> set[NodeId]:
    """Return the nodes that are fed by what feeds a node, or feed what it feeds."""
    wires = graph_of(canvas).wires
    before = {start.node for end, start in wires.items() if end.node == node}
    after = {end.node for end, start in wires.items() if start.node == node}
    fed = {end.node for end, start in wires.items() if start.node in before}
    feed = {start.node for end, start in wires.items() if end.node in after}
    return (fed | feed) - {node}
