"""What came of a node, and how nodes of one graph see each other's outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.engine.evaluate_node import Place, Record, Signal, Signals, Sites, Trouble
from graph_editor.catalogue.ports import input_ports
from graph_editor.document.model import NOTHING, FrozenMap, Graph, Node, NodeId, OutPort


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one node of a graph: its outputs, its record, and those of all below it."""

    outputs: FrozenMap[str, Signal]
    records: tuple[Record, ...]

    @property
    def record(self) -> Record:
        """The node's own record."""
        return self.records[0]


def single(record: Record) -> Outcome:
    """Return the outcome of a node that has nothing below it."""
    return Outcome(record.outputs, (record,))


def failed(place: Place, signals: Signals, trouble: Trouble, sites: Sites) -> Outcome:
    """Return the outcome of a node that something is wrong with."""
    return single(Record(sites.site(place, signals), "error", troubles=(trouble,)))


def first_input(place: Place, signals: Signals) -> str | None:
    """Return the first port, in the order of the spec, that something arrives at."""
    assert place.spec is not None
    ports = input_ports(place.spec, place.node, [p for p, _ in place.wires])
    return next((p.path for p in ports if p.path in signals), None)


def without_weights(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return records in which the weights are another node's."""
    return tuple(replace(record, weights=NOTHING) for record in records)


def first_output(place: Place) -> str:
    """Return the first output port of a node."""
    tree = place.spec.outputs if place.spec else "output"
    while isinstance(tree, tuple):
        tree = tree[0]
    return tree


def shared(graph: Graph, node: Node) -> Node:
    """Return a node with the arguments of the module that it calls again, if it does."""
    owner = graph.nodes.get(node.weights.same_as) if node.weights and node.weights.same_as else None
    if owner is None:
        return node
    return replace(node, args=owner.args.merged(node.args))


def on_output(
    graph: Graph, done: Mapping[NodeId, Outcome], source: OutPort
) -> Signal | Trouble | None:
    """Return what is on an output of a node that has been evaluated."""
    outcome = done.get(source.node)
    if outcome is None:
        if source.node in graph.nodes:
            return None
        return Trouble("unknown-output", f"The node {source.node} does not exist.")
    if source.port in outcome.outputs:
        return outcome.outputs[source.port]
    if outcome.record.status != "ok":
        return None
    return Trouble("unknown-output", f"{source.node} gives no output {source.port} here.")


def tied(graph: Graph, prefix: str, done: dict[NodeId, Outcome]) -> dict[NodeId, Outcome]:
    """Return outcomes in which a weight that is another's is not counted twice."""
    for one, other in graph.ties.items():
        mine, theirs = (_weight(text, prefix, done) for text in (one, other))
        if mine is None or theirs is None or mine[1] not in mine[0].weights:
            continue
        record, name = mine
        changed = replace(record, weights=record.weights.without(name))
        if record.weights[name] != theirs[0].weights.get(theirs[1], record.weights[name]):
            text = f"{one} cannot be the same weight as {other}: their shapes differ."
            changed = replace(
                record, status="error", outputs=NOTHING, troubles=(Trouble("tie-mismatch", text),)
            )
        id_ = NodeId(one.partition(".")[0].partition("/")[0].partition("[")[0])
        records = tuple(changed if r is record else r for r in done[id_].records)
        done[id_] = Outcome(done[id_].outputs, records)
    return done


def _weight(text: str, prefix: str, done: Mapping[NodeId, Outcome]) -> tuple[Record, str] | None:
    address, _, name = text.partition(".")
    outcome = done.get(NodeId(address.partition("/")[0].partition("[")[0]))
    records = outcome.records if outcome else ()
    found = next((r for r in records if r.site.address == prefix + address), None)
    return None if found is None else (found, name)
