"""Edits of wires: connect, take away, lead elsewhere, put a node in between, heal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.nodes import add_node, remove_nodes
from graph_editor.document.edits.places import check_dense, free, opened, port
from graph_editor.document.model import (
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    PortPath,
)


def connect(graph: Graph, source: OutPort, target: InPort) -> Graph:
    """Wire source to target; a wire that ended there is replaced.

    Where an argument is spelled out at that place, it becomes a hole. Raises EditError where the
    wire would close a circle or leave a gap in a list of inputs.
    """
    node_of(graph, source.node)
    node = node_of(graph, target.node)
    port(source.port)
    port(target.port)
    if graph.wires.get(target) == source:
        return graph
    check_dense(node, target, graph.wires)
    _check_circle(graph.wires, source.node, target.node)
    made = opened(node, target.port)
    nodes = graph.nodes if made is node else graph.nodes.set(target.node, made)
    return replace(graph, nodes=nodes, wires=graph.wires.set(target, source))


def _check_circle(wires: Mapping[InPort, OutPort], source: NodeId, target: NodeId) -> None:
    if source == target:
        raise EditError(f"A wire cannot lead from {source} back into it.")
    if all(start.node != target for start in wires.values()):
        return
    # A walk of its own, back from the source and no further: topology indexes a whole graph, which
    # every edit makes anew and which takes ten times as long as this at a thousand nodes.
    before: dict[NodeId, list[NodeId]] = {}
    for end, start in wires.items():
        before.setdefault(end.node, []).append(start.node)
    seen, waiting = {source}, [source]
    while waiting:
        for node in before.get(waiting.pop(), ()):
            if node == target:
                raise EditError(
                    f"A wire from {source} to {target} would close a circle: "
                    f"{target} already leads to {source}."
                )
            if node not in seen:
                seen.add(node)
                waiting.append(node)


def disconnect(graph: Graph, target: InPort) -> Graph:
    """Take away the wire that ends in target; later items of a list move up."""
    return disconnect_all(graph, [target])


def disconnect_all(graph: Graph, targets: Iterable[InPort]) -> Graph:
    """Take away the wires that end in targets; lists close up once, after all are gone."""
    gone = list(targets)
    for target in gone:
        if target not in graph.wires:
            raise EditError(f"No wire ends in {target.node}.{target.port}.")
    nodes, wires = graph.nodes.thawed(), graph.wires.thawed()
    free(nodes, wires, gone)
    made = FrozenMap(nodes)
    kept = made if made.changed_from(graph.nodes) else graph.nodes
    return replace(graph, nodes=kept, wires=FrozenMap(wires))


def move_wire(graph: Graph, old: InPort, new: InPort) -> Graph:
    """Lead the wire that ends in old to new instead; a list that it leaves closes up."""
    source = graph.wires.get(old)
    if source is None:
        raise EditError(f"No wire ends in {old.node}.{old.port}.")
    if old == new:
        return graph
    moved = connect(disconnect(graph, old), source, new)
    if new in graph.wires and len(moved.wires) != len(graph.wires) - 1:
        raise EditError(f"{new.node}.{new.port} is no place apart from the list that closes up.")
    return moved


def move_wires(
    graph: Graph, old: OutPort, new: OutPort, targets: Iterable[InPort] | None = None
) -> Graph:
    """Let the wires that start at old start at new instead; all of them, or those to targets."""
    node_of(graph, new.node)
    found = [end for end, start in graph.wires.items() if start == old]
    if targets is not None:
        wanted = set(targets)
        if wanted - set(found):
            raise EditError(f"Not all of these wires start at {old.node}.{old.port}.")
        found = [end for end in found if end in wanted]
    for target in found:
        graph = connect(graph, new, target)
    return graph


def swap_inputs(graph: Graph, first: InPort, second: InPort) -> Graph:
    """Exchange the wires of two inputs. Raises EditError unless both are wired."""
    one, two = graph.wires.get(first), graph.wires.get(second)
    if one is None or two is None:
        empty = first if one is None else second
        raise EditError(f"No wire ends in {empty.node}.{empty.port}, so there is none to swap.")
    apart = replace(graph, wires=graph.wires.without(first, second))
    if first.node != second.node:
        _check_circle(apart.wires, two.node, first.node)
        apart = replace(apart, wires=apart.wires.set(first, two))
        _check_circle(apart.wires, one.node, second.node)
    return replace(graph, wires=graph.wires.merged({first: two, second: one}))


def insert_on_wire(
    graph: Graph,
    target: InPort,
    node_id: NodeId,
    node: Node | None = None,
    enters: str = "input",
    leaves: str = "output",
) -> Graph:
    """Put a node into the wire that ends in target: a new one, or one of the graph."""
    source = graph.wires.get(target)
    if source is None:
        raise EditError(f"No wire ends in {target.node}.{target.port}.")
    start = OutPort(node_id, port(leaves))
    if node is not None:  # a new node on a wire closes no circle that was not there
        graph = connect(add_node(graph, node_id, node), source, InPort(node_id, port(enters)))
        return replace(graph, wires=graph.wires.set(target, start))
    if node_id in (source.node, target.node):
        raise EditError(f"{node_id} is already an end of that wire.")
    graph = replace(graph, wires=graph.wires.without(target))
    return connect(connect(graph, source, InPort(node_id, port(enters))), start, target)


def dissolve(graph: Graph, node_id: NodeId, through: str | None = None) -> Graph:
    """Delete a node and heal: what it fed is fed by what comes into it.

    The healing wire is the one that ends in ``through``, else in ``input``, else in the first wired
    port by name. Without any, what it fed is left unwired.
    """
    return remove_nodes(bypass(graph, node_id, through), [node_id])


def bypass(graph: Graph, node_id: NodeId, through: str | None = None) -> Graph:
    """Lead past a node, which stays with its own incoming wires (``dissolve`` says along which)."""
    node_of(graph, node_id)
    into = {end.port: start for end, start in graph.wires.items() if end.node == node_id}
    if through is not None and PortPath(through) not in into:
        raise EditError(f"No wire ends in {node_id}.{through}, so nothing can be healed along it.")
    first = through or ("input" if "input" in into else min(into, default=None))
    source = into.get(PortPath(first)) if first is not None else None
    if source is None or source.node == node_id:
        return graph
    healed = {end: source for end, start in graph.wires.items() if start.node == node_id}
    return replace(graph, wires=graph.wires.merged(healed))
