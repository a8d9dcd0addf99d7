"""Another spec in a node's place: which of its arguments and wires go on, and under which names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graph_editor.catalogue.joining import fits, port_at
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.ports import Port, input_ports, output_kind, output_ports
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.catalogue.starting import starting_arguments
from graph_editor.document.model import (
    NOTHING,
    Arg,
    FrozenMap,
    Graph,
    Hole,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Slice,
)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A node that takes another's place, and what becomes of the ports that are wired."""

    node: Node
    inputs: Mapping[str, str | None]
    """The old input's path -> the new one's; None: its wire goes."""
    outputs: Mapping[str, str | None]

    @property
    def lost(self) -> int:
        """How many wired ports have no place on the new node."""
        return sum(path is None for path in (*self.inputs.values(), *self.outputs.values()))


def replacement(
    graph: Graph,
    lookup: Lookup,
    node_id: NodeId,
    spec: Spec,
    args: FrozenMap[str, Arg] = NOTHING,
) -> Replacement:
    """Return a use of spec in the place of a node: same name, arguments and wires as far as it has.

    Arguments of the same name and nature are kept, but for what ``args`` says. Wires go to the port
    of the same name, else to the next one that takes what they bring.
    """
    old = graph.nodes[node_id]
    known = lookup(old.spec)
    kept = _kept(known, spec, old)
    made = starting_arguments(spec, kept.merged(args))
    own = None if spec.kind in ("optim", "lr_scheduler", "data", "io") else old.when
    node = replace(old, spec=spec.name, args=made, when=own, weights=None, freeze=(), silence=())
    inputs = _inputs(graph, lookup, node_id, spec, node)
    return Replacement(node, inputs, _outputs(graph, lookup, node_id, spec, node))


def _kept(known: Spec | None, spec: Spec, old: Node) -> FrozenMap[str, Arg]:
    """Return the arguments that mean the same to both."""
    found = {}
    for argument in spec.arguments:
        before = known.argument(argument.name) if known is not None else None
        if before is None or argument.name not in old.args or argument.infer:
            continue
        value = old.args[argument.name]
        if _alike(before, argument, value) and not _is_wired(value):
            found[argument.name] = value
    return FrozenMap(found)


def _alike(before: Argument, argument: Argument, value: Arg) -> bool:
    """Whether a value of one argument may be said of another: sizes of other ranks may not."""
    if (before.type, before.stage, before.many) != (argument.type, argument.stage, argument.many):
        return False
    if argument.choices and isinstance(value, str) and value not in argument.choices:
        return False
    return before.rank == argument.rank or not isinstance(value, tuple)


def _is_wired(value: Arg) -> bool:
    if isinstance(value, Slice):
        return any(map(_is_wired, (value.start, value.stop, value.step)))
    if isinstance(value, tuple):
        return any(map(_is_wired, value))
    return isinstance(value, Hole)


def _inputs(
    graph: Graph, lookup: Lookup, node_id: NodeId, spec: Spec, node: Node
) -> dict[str, str | None]:
    """Return where each wire into the node goes on: equal names first, then in their order."""
    wires = {end.port: start for end, start in graph.wires.items() if end.node == node_id}
    old = graph.nodes[node_id]
    known = lookup(old.spec)
    order = [p.path for p in input_ports(known, old, wires)] if known is not None else []
    paths = sorted(wires, key=lambda path: (order.index(path) if path in order else 99, path))
    found: dict[str, str | None] = {}
    free = [port.path for port in input_ports(spec, node)]
    same = [path for path in paths if path in free]
    for path in [*same, *(path for path in paths if path not in same)]:
        taken = [each for each in found.values() if each is not None]
        ports = [p for p in input_ports(spec, node, taken) if p.path not in taken]
        able = [p for p in ports if _takes(graph, lookup, wires[path], p)]
        found[path] = _chosen(able, path)
    return found


def _takes(graph: Graph, lookup: Lookup, source: OutPort, port: Port) -> bool:
    maker = graph.nodes.get(source.node)
    spec = lookup(maker.spec) if maker is not None else None
    return maker is None or spec is None or fits(output_kind(spec, maker), port)


def _chosen(ports: Iterable[Port], path: PortPath) -> str | None:
    listed = list(ports)
    named = [port.path for port in listed if port.path == path]
    needed = [port.path for port in listed if not port.optional]
    return next(iter([*named, *needed, *(port.path for port in listed)]), None)


def _outputs(
    graph: Graph, lookup: Lookup, node_id: NodeId, spec: Spec, node: Node
) -> dict[str, str | None]:
    """Return where the wires from each output begin now: at the same name, else the same place."""
    old = graph.nodes[node_id]
    known = lookup(old.spec)
    before = list(output_ports(known, old)) if known is not None else []
    after, kind = list(output_ports(spec, node)), output_kind(spec, node)
    found: dict[str, str | None] = {}
    for target, source in graph.wires.items():
        if source.node != node_id:
            continue
        port = port_at(graph, lookup, target)
        at = before.index(source.port) if source.port in before else len(after)
        named = source.port if source.port in after else after[at] if at < len(after) else None
        fitting = port is None or fits(kind, port)
        gone = named is None or not fitting or found.get(source.port, named) is None
        found[source.port] = None if gone else named
    return found
