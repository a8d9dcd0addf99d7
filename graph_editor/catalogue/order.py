"""The one canonical order of execution and construction, and the border between model and step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import At, Block, FrozenMap, Graph, NodeId, OutPort, PortPath

Lookup = Callable[[str], Spec | None]
"""Finds a spec by its name; None where it is unknown here."""
Wires = Mapping[NodeId, Mapping[PortPath, OutPort]]
ENDS = ("optim", "lr_scheduler", "metric")
"""Kinds of nodes for whose sake a training step is computed, in the order in which they act."""


def incoming(graph: Graph) -> dict[NodeId, dict[PortPath, OutPort]]:
    """Return every node's wires by input port."""
    wires: dict[NodeId, dict[PortPath, OutPort]] = {node: {} for node in graph.nodes}
    for target, source in graph.wires.items():
        wires.setdefault(target.node, {})[target.port] = source
    return wires


def sources_in_order(
    graph: Graph, node: NodeId, wires: Mapping[PortPath, OutPort], lookup: Lookup
) -> list[tuple[PortPath, OutPort]]:
    """Return a node's wires in the order of its spec's ports.

    Those into ports that the spec does not have come last, by name.
    """
    if len(wires) < 2:
        return list(wires.items())
    spec = lookup(graph.nodes[node].spec)
    places = {}
    if spec is not None:
        plain = {a.name: i for i, a in enumerate(spec.arguments) if a.port and not a.many}
        if not graph.nodes[node].args and all(path in plain for path in wires):
            return sorted(wires.items(), key=lambda item: plain[item[0]])  # no port needs a look
        ports = input_ports(spec, graph.nodes[node], wires)
        places = {port.path: index for index, port in enumerate(ports)}
    return sorted(wires.items(), key=lambda item: (places.get(item[0], len(places)), item[0]))


def canonical_order(
    graph: Graph, roots: Iterable[NodeId], lookup: Lookup, cut: Iterable[NodeId] = ()
) -> tuple[NodeId, ...]:
    """Return what roots depend on, in post-order along ports in spec order.

    Neither ids nor positions matter. The walk does not go past the nodes in cut, and never turns
    back into a cycle. Wires from nodes that do not exist are passed over.
    """
    return _Walk(graph, lookup).order(roots, cut)


class _Walk:
    """Walks over one graph, which look up what each node depends on only once."""

    def __init__(self, graph: Graph, lookup: Lookup) -> None:
        self.graph, self.lookup, self.wires = graph, lookup, incoming(graph)
        self._sources: dict[NodeId, list[tuple[PortPath, OutPort]]] = {}

    def sources(self, node: NodeId) -> list[tuple[PortPath, OutPort]]:
        """Return a node's wires from nodes that exist, in the order of its ports."""
        if node not in self._sources:
            found = sources_in_order(self.graph, node, self.wires[node], self.lookup)
            self._sources[node] = [item for item in found if item[1].node in self.graph.nodes]
        return self._sources[node]

    def order(self, roots: Iterable[NodeId], cut: Iterable[NodeId] = ()) -> tuple[NodeId, ...]:
        """Return what roots depend on in post-order, with a stack of our own: chains are long."""
        stops = set(cut)
        seen: set[NodeId] = set()
        done: list[NodeId] = []
        for root in roots:
            if root in seen:
                continue
            seen.add(root)
            stack = [(root, self._pending(root, stops))]
            while stack:
                node, left = stack[-1]
                if not left:
                    done.append(node)
                    stack.pop()
                    continue
                following = left.pop()
                if following not in seen:
                    seen.add(following)
                    stack.append((following, self._pending(following, stops)))
        return tuple(done)

    def _pending(self, node: NodeId, stops: set[NodeId]) -> list[NodeId]:
        return [] if node in stops else [source.node for _, source in reversed(self.sources(node))]


@dataclass(frozen=True, slots=True)
class Regions:
    """The parts of a main graph, each in canonical order."""

    data: tuple[NodeId, ...]
    """Data sources, transforms, and what the model's inputs take from these alone."""
    model: tuple[NodeId, ...]
    """What the output nodes depend on, from the input nodes on; both ends included."""
    step: tuple[NodeId, ...]
    """All else that a loss, a metric, an optimizer or a scheduler needs."""
    idle: tuple[NodeId, ...]
    """Nodes that nothing above needs (in order of id, since nothing else orders them)."""


def regions(main: Block, lookup: Lookup) -> Regions:
    """Divide a main graph into data, model, step and idle nodes."""
    graph = main.graph
    walk = _Walk(graph, lookup)
    inputs = [n for n in graph.nodes if graph.nodes[n].spec == "io.input"]
    outputs = [n for n in main.outputs if n in graph.nodes]
    outputs += sorted(
        n for n in graph.nodes if graph.nodes[n].spec == "io.output" and n not in outputs
    )
    model = walk.order(outputs, inputs)
    inside = set(model)
    entries = [n for n in model if graph.nodes[n].spec == "io.input"]
    around = [n for n in walk.order([*_ends_in_order(walk, model), *entries]) if n not in inside]
    before = set(walk.order(entries))
    fed: set[NodeId] = set()
    for node in around:
        if graph.nodes[node].kind in ("data", "transform") or (
            node in before and _all_in(fed, walk.sources(node))
        ):
            fed.add(node)
    data = tuple(n for n in around if n in fed)
    step = tuple(n for n in around if n not in fed)
    return Regions(data, model, step, tuple(sorted(set(graph.nodes) - inside - set(around))))


def _all_in(fed: set[NodeId], sources: list[tuple[PortPath, OutPort]]) -> bool:
    return bool(sources) and all(source.node in fed for _, source in sources)


def _ends_in_order(walk: _Walk, model: tuple[NodeId, ...]) -> list[NodeId]:
    """Return optimizers, schedulers and metrics in an order that follows from what they are.

    First by kind, then by an optimizer's ``order``, then by the structure of what they depend on.
    Ids decide only between nodes of equal structure, which are interchangeable.
    """
    nodes = walk.graph.nodes
    ends = [n for n in nodes if nodes[n].kind in ENDS]
    places = {node: f"#{index}" for index, node in enumerate(model)}

    def key(node: NodeId) -> tuple[int, float, int, list[str], str]:
        cone = walk.order([node])
        turn = nodes[node].args.get("order", 0)
        number = float(turn) if isinstance(turn, int | float) else 0.0
        return (ENDS.index(nodes[node].kind), number, len(cone), _shape(walk, cone, places), node)

    return sorted(ends, key=key)


def _shape(walk: _Walk, cone: tuple[NodeId, ...], places: Mapping[NodeId, str]) -> list[str]:
    """Return a text for each node of a cone that names other nodes only by their place in it."""
    index = {node: place for place, node in enumerate(cone)}
    texts = []
    for name in cone:
        node = walk.graph.nodes[name]
        args = sorted((key, _nameless(value, places)) for key, value in node.args.items())
        wires = [
            (port, index.get(source.node, -1), source.port) for port, source in walk.sources(name)
        ]
        texts.append(repr((node.spec, args, wires)))
    return texts


def _nameless(value: Any, places: Mapping[NodeId, str]) -> str:
    """Return an argument's text in which a mentioned node is named by its place in the model."""
    if isinstance(value, At):
        first, slash, rest = value.address.partition("/")
        return f"At({places.get(NodeId(first), '')}{slash}{rest})"
    if isinstance(value, tuple):
        return f"({', '.join(_nameless(item, places) for item in value)})"
    if isinstance(value, FrozenMap):
        items = sorted((key, _nameless(item, places)) for key, item in value.items())
        return repr(items)
    return repr(value)
