"""The one canonical order of execution and construction, and the border between model and step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from graph_editor.catalogue.ports import input_ports
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Block, Graph, InPort, NodeId, OutPort, PortPath

Lookup = Callable[[str], Spec | None]
"""Finds a spec by its name; None where it is unknown here."""


def incoming(graph: Graph) -> dict[NodeId, dict[PortPath, OutPort]]:
    """Return every node's wires by input port."""
    wires: dict[NodeId, dict[PortPath, OutPort]] = {node: {} for node in graph.nodes}
    for target, source in graph.wires.items():
        wires.setdefault(target.node, {})[target.port] = source
    return wires


def sources_in_order(
    graph: Graph, node: NodeId, wires: Mapping[PortPath, OutPort], lookup: Lookup
) -> list[tuple[PortPath, OutPort]]:
    """Return a node's wires in the order of its spec's ports; those of unknown ports last, by name."""
    spec = lookup(graph.nodes[node].spec)
    places = {}
    if spec is not None:
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
    wires, stops = incoming(graph), set(cut)
    done: dict[NodeId, None] = {}
    open_nodes: set[NodeId] = set()
    for root in roots:
        stack: list[tuple[NodeId, list[NodeId]]] = []
        current: NodeId | None = root
        while current is not None or stack:
            if current is not None and current not in done and current not in open_nodes:
                open_nodes.add(current)
                pending = [] if current in stops else _dependencies(graph, current, wires, lookup)
                stack.append((current, pending[::-1]))
            current = None
            if stack:
                node, left = stack[-1]
                if left:
                    current = left.pop()
                else:
                    stack.pop()
                    open_nodes.discard(node)
                    done[node] = None
    return tuple(done)


def _dependencies(
    graph: Graph, node: NodeId, wires: Mapping[NodeId, Mapping[PortPath, OutPort]], lookup: Lookup
) -> list[NodeId]:
    found = sources_in_order(graph, node, wires[node], lookup)
    return [source.node for _, source in found if source.node in graph.nodes]


@dataclass(frozen=True, slots=True)
class Regions:
    """The parts of a main graph, each in canonical order."""

    data: tuple[NodeId, ...]
    """Data sources, and what lies between them and the inputs or the step's labels' transforms."""
    model: tuple[NodeId, ...]
    """What the output nodes depend on, from the input nodes on; both ends included."""
    step: tuple[NodeId, ...]
    """All else that a loss, a metric, an optimizer or a scheduler needs."""
    idle: tuple[NodeId, ...]
    """Nodes that nothing above needs (in order of id, since nothing else orders them)."""


ENDS = ("optim", "lr_scheduler", "metric")


def regions(main: Block, lookup: Lookup) -> Regions:
    """Divide a main graph into data, model, step and idle nodes."""
    graph = main.graph
    kinds = {node: graph.nodes[node].kind for node in graph.nodes}
    inputs = [n for n in graph.nodes if graph.nodes[n].spec == "io.input"]
    outputs = [n for n in main.outputs if n in graph.nodes]
    outputs += sorted(
        n for n in graph.nodes if graph.nodes[n].spec == "io.output" and n not in outputs
    )
    model = canonical_order(graph, outputs, lookup, inputs)
    inside = set(model)
    losses = _loss_order(graph, kinds, lookup)
    everything = canonical_order(graph, losses, lookup)
    before_inputs = canonical_order(graph, [n for n in model if n in inputs], lookup)
    data = [n for n in (*before_inputs, *everything) if n not in inside]
    data = [
        n for n in dict.fromkeys(data) if n in before_inputs or kinds[n] in ("data", "transform")
    ]
    step = [n for n in everything if n not in inside and n not in data]
    placed = inside | set(data) | set(step)
    return Regions(tuple(data), model, tuple(step), tuple(sorted(set(graph.nodes) - placed)))


def _loss_order(graph: Graph, kinds: Mapping[NodeId, str], lookup: Lookup) -> list[NodeId]:
    """Return optimizers, schedulers and metrics in an order that ids do not decide where anything else can."""
    ends = [n for n in graph.nodes if kinds[n] in ENDS]
    cones = {n: canonical_order(graph, [n], lookup) for n in ends}

    def key(node: NodeId) -> tuple[int, int, list[str], str]:
        shape = [graph.nodes[n].spec for n in cones[node]]
        return (ENDS.index(kinds[node]), len(shape), shape, node)

    return sorted(ends, key=key)
