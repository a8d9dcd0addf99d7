"""What came of a node, and how nodes of one graph see each other's outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.engine.evaluate_numbers import Numbers
from app.engine.evaluate_record import NUMBERS, Place, Record, Signal, Signals, Trouble
from app.engine.evaluate_scope import Scope, names_in, number
from app.engine.evaluate_sites import Sites
from graph_editor.catalogue.ports import input_ports, output_ports
from graph_editor.checking.failure import Failure
from graph_editor.document.addresses import HERE, block_of
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import (
    NOTHING,
    Block,
    BlockId,
    FrozenMap,
    Graph,
    NodeId,
    OutPort,
    Project,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one node of a graph: its outputs, its record, and those of all below it."""

    outputs: FrozenMap[str, Signal]
    records: tuple[Record, ...]
    fewer: int = 0
    """The first try in which outputs are missing that it has in those before."""

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


def dangling(place: Place, signals: Signals, port: str, trouble: Trouble, sites: Sites) -> Outcome:
    """Return the outcome of a node that a wire comes to from no output (see on_output)."""
    site, at = sites.site(place, signals), sites.tried[trouble.tried]
    failure = Failure(site, "", "dangling", at.training, at.name, port=port, has=trouble.names)
    return failed(place, signals, replace(trouble, port=port, failure=failure), sites)


def first_input(place: Place, signals: Signals) -> str | None:
    """Return the first port, in the order of the spec, that something arrives at."""
    assert place.spec is not None
    ports = input_ports(place.spec, place.node, [p for p, _ in place.wires])
    return next((p.path for p in ports if p.path in signals), None)


def without_weights(records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Return records in which the weights are another node's."""
    return tuple(replace(record, weights=NOTHING) for record in records)


def lent(project: Project, place: Place, outcome: Outcome) -> Outcome:
    """Return what comes of a node without its weights, where these are another's."""
    weights = place.node.weights
    if weights is None or weights.same_as is None or _stands_in(project, place, weights.same_as):
        return outcome
    return replace(outcome, records=without_weights(outcome.records))


def _stands_in(project: Project, place: Place, owner: NodeId) -> bool:
    """Return whether a node makes the weights it has from another: that one is off for good."""
    nodes, scope = project.block(place.scope.block).graph.nodes, place.scope
    when = nodes[owner].when if owner in nodes else None
    if when is None or not names_in((when,)) <= scope.parameters.keys():
        return False
    callers = (i for i, n in nodes.items() if n.weights is not None and n.weights.same_as == owner)
    try:
        return place.id == min(callers) and not any(number(when, names) for names in scope.names)
    except ExpressionError:
        return False  # which is told there


def first_output(place: Place) -> str:
    """Return the first output port of a node."""
    ports = output_ports(place.spec, place.node) if place.spec else ()
    return ports[0] if ports else "output"


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
    text = f"{source.node} gives no output {source.port} here."
    return Trouble("unknown-output", text, names=tuple(outcome.outputs), tried=outcome.fewer)


def tied(graph: Graph, prefix: str, done: dict[NodeId, Outcome]) -> dict[NodeId, Outcome]:
    """Return outcomes in which a weight that is another's is not counted twice."""
    raw = dict(done)
    for one, other in graph.ties.items():
        mine, theirs = (_weight(text, prefix, raw) for text in (one, other))
        lost = mine if isinstance(mine, str) else theirs
        if isinstance(mine, tuple) and isinstance(theirs, tuple):
            _tie(done, prefix, (one, other), mine, theirs)
        elif isinstance(lost, str):
            text = f"{one} cannot be the same weight as {other}: {lost}."
            _spoil(done, _blamed(graph, (one, other)), Trouble("no-such-weight", text))
    return done


Weight = tuple[Record, str]
"""Who owns a weight, and its name there."""


def _tie(
    done: dict[NodeId, Outcome], prefix: str, sides: tuple[str, str], mine: Weight, theirs: Weight
) -> None:
    """Take a weight from the node that has it, or say why it cannot be the other.

    That node need not be the one that a tie names, which may call the layer of another.
    """
    owner, name = mine
    address, top = owner.site.address, top_of(owner.site.address.removeprefix(prefix))
    current = next(r for r in done[top].records if r.site.address == address)
    read = f"{theirs[0].site.address}.{theirs[1]}"  # what gradients come to in its place
    if read == f"{address}.{name}":
        return  # two calls of one layer have one weight
    changed = replace(current, weights=current.weights.without(name), feeds=(*current.feeds, read))
    if owner.weights[name] != theirs[0].weights[theirs[1]]:
        shapes = (owner.weights[name], theirs[0].weights[theirs[1]])
        this, that = ("×".join(map(str, shape)) or "a single number" for shape in shapes)
        text = "{} cannot be the same weight as {}: ".format(*sides)
        trouble = Trouble("tie-mismatch", f"{text}it is {this}, and the other is {that}.")
        changed = replace(changed, status="error", outputs=NOTHING, troubles=(trouble,))
    records = tuple(changed if r is current else r for r in done[top].records)
    done[top] = replace(done[top], records=records)


def _blamed(graph: Graph, sides: tuple[str, str]) -> NodeId | None:
    """Return the node at which a tie is reported: one that it names, else any of the graph."""
    return next((n for n in (*map(top_of, sides), *graph.nodes) if n in graph.nodes), None)


def _spoil(done: dict[NodeId, Outcome], id_: NodeId | None, trouble: Trouble) -> None:
    """Add a trouble to a node's own record."""
    if id_ is not None:
        first, *rest = done[id_].records
        first = replace(first, troubles=(*first.troubles, trouble))
        done[id_] = replace(done[id_], records=(first, *rest))


def top_of(side: str) -> NodeId:
    """Return the first node that a side of a tie leads through."""
    return NodeId(side.partition(".")[0].partition("/")[0].partition("[")[0])


def _weight(text: str, prefix: str, done: Mapping[NodeId, Outcome]) -> Weight | str | None:
    """Return the weight that a side of a tie names, why there is none, or None if it is unknown."""
    address, _, name = text.partition(".")
    outcome = done.get(top_of(text))
    if outcome is None:
        return f"there is no node {top_of(text)}"
    found = next((r for r in outcome.records if r.site.address == prefix + address), None)
    if found is None:
        known = outcome.record.makes is not None
        return f"there is no node {address}" if known else None
    owner = found.site.node.weights.same_as if found.site.node.weights else None
    if owner is not None and owner != found.site.id:
        above = address.rpartition("/")[0]
        return _weight(f"{above}/{owner}.{name}" if above else f"{owner}.{name}", prefix, done)
    if found.status != "ok" or found.makes is None:
        return None
    return (found, name) if name in found.weights else f"{address} has no weight called {name}"


def rests_by_ties(project: Project, block: Block, frozen: Iterable[str], weight: str) -> bool:
    """Return whether a weight of a block is that of a node that rests too, and so rests with it."""
    same = [weight]
    for side in same:  # which grows, as ties lead on to others
        met = (text for pair in block.graph.ties.items() if side in pair for text in pair)
        same += dict.fromkeys(text for text in met if text not in same)
    addresses = (text.partition(".")[0] for text in same[1:])
    return any(_rests(project, block, frozen, address) for address in addresses)


def wholly_tied(project: Project, place: Place, weights: Iterable[str]) -> bool:
    """Return whether every weight of a node is that of another one that rests."""
    block, frozen = project.block(place.scope.block), place.scope.frozen
    return bool(block.graph.ties) and all(
        rests_by_ties(project, block, frozen, f"{place.id}.{name}") for name in weights
    )


def _rests(project: Project, block: Block, frozen: Iterable[str], address: str) -> bool:
    """Return whether a node does not learn, by itself or by what the blocks around it say."""
    if any(a == "." or f"{address}/".startswith((f"{a}/", f"{a}[")) for a in frozen):
        return True
    node, inner = block.graph.nodes.get(top_of(address)), address.partition("/")[2]
    if node is None or (node.weights is not None and node.weights.follows is not None):
        return node is not None
    below = project.blocks.get(BlockId(block_of(node))) if inner else None
    if below is None:
        return HERE in node.freeze
    return _rests(project, below, node.freeze, inner)


def of_tries(record: Record, chosen: list[int]) -> Record:
    """Return a record that names tries by their place among all."""
    if not record.troubles and not record.one_way:
        return record
    troubles = tuple(replace(t, tried=chosen[t.tried]) for t in record.troubles)
    return replace(record, troubles=troubles, one_way=tuple(chosen[k] for k in record.one_way))


def frozen_with(project: Project, scope: Scope, id_: NodeId, owner: NodeId) -> Scope:
    """Return a scope in which a node rests where the one whose weights it uses does."""
    node = project.block(scope.block).graph.nodes.get(owner)
    follows = node is not None and node.weights is not None and node.weights.follows is not None
    rests = owner in scope.frozen or follows or (node is not None and "." in node.freeze)
    return scope.resting(id_) if rests else scope


def fails_later(outcome: Outcome) -> bool:
    """Whether something in a node fails, and in another try than the first."""
    troubles = (t for record in outcome.records for t in record.troubles if t.severity == "error")
    failures = [t.failure for t in troubles if t.failure is not None]
    return any(f.probe != "batch" or not f.training for f in failures)


def where_on(record: Record, truths: list[bool]) -> Record:
    """Return a record without what is of tries in which the node is left out.

    A step of training is the first of them.
    """
    one_way = tuple(k for k in record.one_way if truths[k])
    troubles = tuple(t for t in record.troubles if t.code != NUMBERS or truths[t.tried])
    given = record.given if truths[0] else None
    return replace(record, one_way=one_way, given=given, troubles=troubles)


def met(signals: Signals, truths: list[bool]) -> Signals:
    """Return what arrives at a node, with nothing in the tries in which it is left out."""
    return FrozenMap(
        {
            port: Signal(tuple(v if on else None for v, on in zip(s.values, truths, strict=True)))
            for port, s in signals.items()
        }
    )


def spread(signal: Signal, truths: list[bool]) -> Signal:
    """Return a signal with nothing in the tries that it is not of."""
    values, numbers = iter(signal.values), iter(signal.numbers)
    return Signal(
        tuple(next(values) if truth else None for truth in truths),
        signal.origin,
        tuple(next(numbers) if truth else None for truth in truths) if signal.numbers else (),
    )


def merged(made: Signal | None, given: Signal, truths: list[bool]) -> tuple[Numbers | None, ...]:
    """Return the numbers behind a node whose first input passes by where it is left out."""
    found = [(made.number(k) if made else None) if on else given.number(k)
             for k, on in enumerate(truths)]  # fmt: skip
    return tuple(found) if any(each is not None for each in found) else ()
