"""Which inputs an output may be wired to, and the wiring itself, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from app.panels.outline.facts import Facts
from app.panels.outline.items import node_order
from app.session.session import Session
from graph_editor.catalogue.bordering import join
from graph_editor.catalogue.joining import fits, kind_at, leading_to
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.document.edits import EditError, disconnect, in_block, positions_of
from graph_editor.document.model import Graph, InPort, NodeId, OutPort, Project


@dataclass(frozen=True, slots=True)
class Choice:
    """An input or output that may be wired, and what is said of it."""

    port: InPort | OutPort
    words: str
    now: str = ""
    """What feeds it now and would be replaced."""
    rank: int = 0
    """0: it is free; 1: its wire would be replaced; 2: a further loss of an optimizer."""
    source: OutPort | None = None
    """The output that is led to it, where those of several are offered."""


def neighbours(graph: Graph, node: NodeId, forward: bool) -> set[NodeId]:
    """Return the nodes that a node feeds, or that feed it."""
    return {
        (end.node if forward else start.node)
        for end, start in graph.wires.items()
        if (start.node if forward else end.node) == node
    }


def choices(
    session: Session,
    graph_key: str,
    source: OutPort,
    facts: Facts,
    named: Callable[[NodeId], str] | None = None,
) -> list[Choice]:
    """Return the inputs that an output may feed: free ones, wired ones, further ones of optimizers.

    Within each kind they stand in canonical order. ``named`` says what nodes are called.
    """
    project, lookup = session.project, session.lookup
    names = named or partial(facts.name, graph_key)
    graph = project.block(graph_key).graph
    kind = kind_at(graph, lookup, source)
    if kind is None:
        return []
    before = leading_to(graph, source.node)
    wired: dict[str, dict[str, OutPort]] = {}
    for end, start in graph.wires.items():
        wired.setdefault(end.node, {})[end.port] = start
    found: list[Choice] = []
    for node_id in node_order(project, graph_key, lookup):
        node = graph.nodes[node_id]
        spec = lookup(node.spec)
        if spec is None or node_id in before:
            continue
        feeds = wired.get(node_id, {})
        ports = [p for p in input_ports(spec, node, feeds) if fits(kind, p)]
        for port in ports:
            now = feeds.get(port.path)
            if now == source:
                continue
            words = f"{names(node_id)} · {spec.port_title(port.path)}"
            said = f"replaces {names(now.node)}" if now is not None else ""
            rank = 2 if now is None and node.kind == "optim" and feeds else int(now is not None)
            found.append(Choice(InPort(node_id, port.path), words, said, rank))
    return sorted(found, key=lambda choice: choice.rank)


def sources(session: Session, graph_key: str, target: InPort, facts: Facts) -> list[Choice]:
    """Return the outputs that may feed an input, in canonical order."""
    project, lookup = session.project, session.lookup
    graph = project.block(graph_key).graph
    node = graph.nodes[target.node]
    spec, now = lookup(node.spec), graph.wires.get(target)
    feeds = {end.port: start for end, start in graph.wires.items() if end.node == target.node}
    ports = input_ports(spec, node, feeds) if spec is not None else ()
    port = next((each for each in ports if each.path == target.port), None)
    if port is None:
        return []
    after = _fed_by(graph, target.node)
    found: list[Choice] = []
    for node_id in node_order(project, graph_key, lookup):
        made_by = lookup(graph.nodes[node_id].spec)
        if made_by is None or node_id in after:
            continue
        for path in output_ports(made_by, graph.nodes[node_id]):
            source = OutPort(node_id, path)
            kind = kind_at(graph, lookup, source)
            if source != now and kind is not None and fits(kind, port):
                name = facts.name(graph_key, node_id)
                words = name if path == "output" else f"{name} · {made_by.port_title(path)}"
                said = f"replaces {facts.name(graph_key, now.node)}" if now is not None else ""
                found.append(Choice(source, words, said))
    return found


def _fed_by(graph: Graph, node: NodeId) -> set[NodeId]:
    """Return a node and all that it feeds: a wire back from there would close a ring."""
    targets: dict[NodeId, set[NodeId]] = {}
    for end, start in graph.wires.items():
        targets.setdefault(start.node, set()).add(end.node)
    found, waiting = {node}, [node]
    while waiting:
        new = targets.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def wire(session: Session, facts: Facts, graph_key: str, source: OutPort, target: InPort) -> bool:
    """Wire an output to an input, with the border node that it takes; return whether."""
    ends = facts.name(graph_key, source.node), facts.name(graph_key, target.node)

    def edit(project: Project) -> Project:
        spots = positions_of(project, graph_key)
        try:
            return join(project, graph_key, source, target, session.lookup, session.ids, spots)
        except KeyError as missing:
            raise EditError(f"{missing} is gone from this graph.") from None

    return session.apply(edit, f"Wire {ends[0]} to {ends[1]}")


def unwire(session: Session, graph_key: str, target: InPort, facts: Facts) -> bool:
    """Take away the wire that ends in an input; return whether."""
    return session.apply(
        lambda project: in_block(project, graph_key, lambda graph: disconnect(graph, target)),
        f"Unwire {facts.name(graph_key, target.node)}",
    )
