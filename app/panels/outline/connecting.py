"""Which inputs an output may be wired to, and the wiring itself, by keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from app.panels.outline.facts import Facts
from app.panels.outline.items import node_order
from app.session.session import Session
from graph_editor.catalogue.bordering import join
from graph_editor.catalogue.joining import fits, kind_at, leading_to
from graph_editor.catalogue.ports import input_ports
from graph_editor.document.edits import EditError, disconnect, in_block, positions_of
from graph_editor.document.model import InPort, OutPort, Project


@dataclass(frozen=True, slots=True)
class Choice:
    """An input that may be wired, and what is said of it."""

    port: InPort
    words: str
    now: str = ""
    """What feeds it now and would be replaced."""


def choices(session: Session, graph_key: str, source: OutPort, facts: Facts) -> list[Choice]:
    """Return the inputs that an output may feed, in canonical order; free ones first per node."""
    project, lookup = session.project, session.lookup
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
        for port in sorted(ports, key=lambda p: p.path in feeds):
            now = feeds.get(port.path)
            if now == source:
                continue
            name = facts.name(graph_key, node_id)
            words = f"{name} · {port.path}"
            said = f"now {facts.name(graph_key, now.node)}" if now is not None else ""
            found.append(Choice(InPort(node_id, port.path), words, said))
    return found


def wire(session: Session, graph_key: str, source: OutPort, target: InPort, facts: Facts) -> bool:
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
