"""What may be wired to what, by the kinds of ports alone; shapes and dtypes are left to torch."""

from __future__ import annotations

from collections.abc import Mapping

from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import Port, input_ports, output_kind
from graph_editor.catalogue.spec import PortKind
from graph_editor.document.model import Graph, InPort, NodeId, OutPort

NOUNS: dict[PortKind, str] = {
    "tensor": "a tensor",
    "size": "a number",
    "optimizer": "an optimizer",
    "scheduler": "a scheduler",
    "data": "data",
}


def fits(kind: PortKind, port: Port) -> bool:
    """Whether a value of a kind may be led into a port."""
    if kind == port.kind:
        return True
    return kind == "size" and port.kind == "tensor" and port.argument.type in ("number", "any")


def kind_refusal(kind: PortKind, port: Port, title: str) -> str:
    """Return why a value of a kind cannot be led into a port of a node, or nothing."""
    if fits(kind, port):
        return ""
    return f"{title} takes {NOUNS[port.kind]} here; this is {NOUNS[kind]}"


def port_at(graph: Graph, lookup: Lookup, target: InPort) -> Port | None:
    """Return what is known of an input; None where the spec or the place is unknown."""
    node = graph.nodes.get(target.node)
    spec = lookup(node.spec) if node is not None else None
    if node is None or spec is None:
        return None
    wired = [end.port for end in graph.wires if end.node == target.node]
    return next((p for p in input_ports(spec, node, wired) if p.path == target.port), None)


def kind_at(graph: Graph, lookup: Lookup, source: OutPort) -> PortKind | None:
    """Return the kind of an output; None where the spec is unknown."""
    node = graph.nodes.get(source.node)
    spec = lookup(node.spec) if node is not None else None
    return None if node is None or spec is None else output_kind(spec, node)


def leading_to(graph: Graph, node: NodeId) -> frozenset[NodeId]:
    """Return a node and all from which wires lead to it: what its output must not feed."""
    before: dict[NodeId, list[NodeId]] = {}
    for end, start in graph.wires.items():
        before.setdefault(end.node, []).append(start.node)
    return _reached(before, node)


def led_from(graph: Graph, node: NodeId) -> frozenset[NodeId]:
    """Return a node and all to which wires lead from it."""
    after: dict[NodeId, list[NodeId]] = {}
    for end, start in graph.wires.items():
        after.setdefault(start.node, []).append(end.node)
    return _reached(after, node)


def _reached(along: Mapping[NodeId, list[NodeId]], node: NodeId) -> frozenset[NodeId]:
    found, waiting = {node}, [node]
    while waiting:
        for other in along.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)
