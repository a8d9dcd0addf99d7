"""Group nodes into a block: the wires that cross its border become its interface."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph_editor.document.addresses import (
    MAIN,
    Chain,
    Step,
    Turn,
    first_node,
    joined,
    mentions,
    rewrite,
)
from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.frames import parted
from graph_editor.document.edits.placing import BY_NODE, Point, layout_of, with_layout
from graph_editor.document.edits.projects import block_at
from graph_editor.document.edits.reading import amid, ends_in_order, leading_to, reading_order
from graph_editor.document.edits.scopes import names_in, names_used, sizes_named
from graph_editor.document.ids import IdSource, clean_stem
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    Block,
    BlockId,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Parameter,
    PortPath,
    Project,
)

STAY = {"io": "an end of the graph", "data": "a data source", "optim": "an optimizer"}
STAY |= {"lr_scheduler": "a scheduler"}
"""Kinds that have no place in a block that is made of a selection."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """A project after grouping, the new block and its one instance."""

    project: Project
    block: BlockId
    node: NodeId


@dataclass(frozen=True, slots=True)
class _Border:
    """What crosses the border of a selection: sources from outside, sources for outside."""

    enters: tuple[OutPort, ...]
    leaves: tuple[OutPort, ...]


def group(
    project: Project, key: str, ids: Iterable[NodeId], name: str, source: IdSource
) -> Grouped:
    """Put nodes of one graph into a new block and an instance of it in their place.

    Their ids stay. Parameters of the graph that their expressions use become parameters of the
    block. Raises EditError where the selection cannot stand alone.
    """
    chosen = sorted(set(ids))
    check_group(project, key, chosen)
    outer = block_at(project, key)
    graph = outer.graph
    border = _border(outer, set(chosen))
    block_id = BlockId(source.fresh(clean_stem(name), {*project.blocks, MAIN}))
    node_id = NodeId(source.fresh(clean_stem(name), graph.nodes))
    taken = set(chosen)
    inputs = _fresh(border.enters, "x", source, taken)
    outputs = _fresh(border.leaves, "y", source, taken)
    parameters = _parameters(outer, chosen, border.enters)
    block = Block(
        _inside(graph, set(chosen), inputs, outputs, {p.name for p in outer.parameters}),
        name,
        parameters,
        tuple(inputs.values()),
        tuple(outputs.values()),
    )
    args: dict[str, Arg] = {parameter.name: Expr(parameter.name) for parameter in parameters}
    instance = Node(f"block.{block_id}", args=FrozenMap(args))
    left = _outside(graph, set(chosen), node_id, instance, inputs, outputs)
    made = project.with_block(key, replace(outer, graph=left)).with_block(block_id, block)
    made = rewrite(made, _into(key, set(chosen), node_id))
    return Grouped(_laid_out(made, key, block_id, node_id, graph), block_id, node_id)


def check_group(project: Project, key: str, ids: Iterable[NodeId]) -> None:
    """Raise EditError where ``group`` would; it takes no more than one look at the graph."""
    outer = block_at(project, key)
    chosen = set(ids)
    if not chosen:
        raise EditError("There is nothing to group.")
    _check_alone(outer.graph, chosen)
    wires = outer.graph.wires.items()
    enters = {s: None for e, s in wires if e.node in chosen and s.node not in chosen}
    _parameters(outer, sorted(chosen), tuple(enters))


def _check_alone(graph: Graph, chosen: set[NodeId]) -> None:
    """Raise EditError where the chosen nodes cannot be lifted out of the graph."""
    for node_id in sorted(chosen):
        if (what := STAY.get(node_of(graph, node_id).kind)) is not None:
            raise EditError(f"{node_id} is {what} and cannot go into a block.")
    for node_id, node in sorted(graph.nodes.items()):
        origin = node.weights.same_as if node.weights is not None else None
        if origin is not None and (node_id in chosen) != (origin in chosen):
            raise EditError(f"{node_id} calls {origin}'s module: group both, or neither.")
    for speaker, address in mentions(graph):
        first = first_node(address)
        if speaker in chosen and first not in chosen:
            raise EditError(f"{speaker} mentions {address}, which would lie outside the block.")
    _check_between(graph, amid(graph, chosen))


def _check_between(graph: Graph, between: Collection[NodeId]) -> None:
    """Raise EditError where nodes lie between the chosen; say which way out there is."""
    stay = [key for key in between if graph.nodes[key].kind in STAY]
    if stay:
        raise EditError(
            f"{min(stay)} lies between the nodes, and is {STAY[graph.nodes[min(stay)].kind]}:"
            " leave out what comes before it, or what comes after it."
        )
    if len(between) == 1:
        raise EditError(f"{min(between)} lies between the nodes: group it too.")
    if between:
        others = "another node" if len(between) == 2 else f"{len(between) - 1:,} other nodes"
        raise EditError(f"{min(between)} and {others} lie between the nodes: group them too.")


def _border(outer: Block, chosen: set[NodeId]) -> _Border:
    """Return what crosses the border in the order of its first use: in the block, and of it."""
    graph = outer.graph
    order = reading_order(graph, outer.inputs)
    place = {node_id: number for number, node_id in enumerate(order)}
    enters: dict[OutPort, None] = {}
    leaves: dict[OutPort, None] = {}
    for end, start in ends_in_order(graph, order):
        if end.node in chosen and start.node not in chosen:
            enters[start] = None
        elif end.node not in chosen and start.node in chosen:
            leaves[start] = None
    made = sorted(leaves, key=lambda port: place[port.node])
    return _Border(tuple(enters), tuple(made))


def _fresh(
    ports: tuple[OutPort, ...], stem: str, source: IdSource, taken: set[NodeId]
) -> dict[OutPort, NodeId]:
    found = {}
    for port in ports:
        found[port] = NodeId(source.fresh(stem, taken))
        taken.add(found[port])
    return found


def _parameters(
    outer: Block, chosen: list[NodeId], enters: tuple[OutPort, ...]
) -> tuple[Parameter, ...]:
    """Return the parameters of the outer block that the chosen nodes use."""
    known = {parameter.name: parameter for parameter in outer.parameters}
    ends = [outer.graph.nodes[port.node] for port in enters]
    ends = [node for node in ends if node.spec == "io.input"]
    sizes = {name for node in ends for name in sizes_named(node)} - known.keys()
    used: set[str] = set()
    for node_id in chosen:
        names = names_used(outer.graph.nodes[node_id])
        if lost := sorted(names - known.keys() - sizes):
            raise EditError(_lost_words(outer.graph, node_id, lost[0]))
        used |= names
    told = [node for node in ends if _tells(node, used - known.keys())]
    used |= {name for node in told for name in names_in(node.args.get("shape"))}
    return tuple(
        replace(parameter, default=None) for name, parameter in known.items() if name in used
    )


def _tells(end: Node, names: Collection[str]) -> bool:
    """Whether an input names one of some sizes; a block that needs none of them fits elsewhere."""
    return end.spec == "io.input" and not sizes_named(end).keys().isdisjoint(names)


def _lost_words(graph: Graph, node_id: NodeId, name: str) -> str:
    """Return why a block would not know a name, and what it would know it from."""
    inputs = {key: node for key, node in graph.nodes.items() if node.spec == "io.input"}
    known = sorted(key for key, node in inputs.items() if name in sizes_named(node))
    if not known:
        return f"{node_id} uses {name}, which nothing in this graph names."
    before = leading_to(graph, {node_id})
    source = next((key for key in known if key in before), known[0])
    title = inputs[source].name or source
    return (
        f"{node_id} uses {name}, a size of {title}, and a block knows it only where it reads"
        f" {title} itself: group a node that reads {title}, too."
    )


def _inside(
    graph: Graph,
    chosen: set[NodeId],
    inputs: Mapping[OutPort, NodeId],
    outputs: Mapping[OutPort, NodeId],
    known: Collection[str],
) -> Graph:
    """Return the graph of the new block; ``known`` are the parameters of the one around it."""
    nodes = {node_id: node for node_id, node in graph.nodes.items() if node_id in chosen}
    used = {name for node in nodes.values() for name in names_used(node)}.difference(known)
    for names, stem in ((inputs, "x"), (outputs, "y")):
        for number, (port, node_id) in enumerate(names.items(), 1):
            name = stem if len(names) == 1 else f"{stem}{number}"
            outside = graph.nodes[port.node]
            copied = names is inputs and _tells(outside, used)
            spec = "io.input" if names is inputs else "io.output"
            nodes[node_id] = Node(spec, name, outside.args if copied else NOTHING)
    wires = {}
    for end, start in graph.wires.items():
        if end.node in chosen:
            inner = start if start.node in chosen else OutPort(inputs[start], "output")
            wires[end] = inner
    for start, node_id in outputs.items():
        wires[InPort(node_id, PortPath("input"))] = start
    ties = {a: b for a, b in graph.ties.items() if {first_node(a), first_node(b)} <= chosen}
    return Graph(FrozenMap(nodes), FrozenMap(wires), FrozenMap(ties))


def _outside(
    graph: Graph,
    chosen: set[NodeId],
    node_id: NodeId,
    instance: Node,
    inputs: Mapping[OutPort, NodeId],
    outputs: Mapping[OutPort, NodeId],
) -> Graph:
    """Return the outer graph with the instance in the place of the chosen nodes."""
    wires = {}
    for end, start in graph.wires.items():
        if end.node not in chosen:
            wires[end] = OutPort(node_id, outputs[start]) if start in outputs else start
    for start, port in inputs.items():
        wires[InPort(node_id, PortPath(port))] = start
    nodes = graph.nodes.without(*chosen).set(node_id, instance)
    ties = {a: b for a, b in graph.ties.items() if not {first_node(a), first_node(b)} <= chosen}
    kept = graph.ties if len(ties) == len(graph.ties) else FrozenMap(ties)
    return replace(graph, nodes=nodes, wires=FrozenMap(wires), ties=kept)


def _into(key: str, chosen: set[NodeId], node_id: NodeId) -> Turn:
    """Return the turn that leads addresses of the chosen nodes through the new instance."""

    def turn(steps: Chain, many: bool) -> tuple[Address, ...] | None:
        del many
        made: list[Step] = []
        for step in steps:
            if step.graph == key and step.node in chosen:
                made.append(Step(key, node_id))
            made.append(step)
        return (joined(tuple(made)),) if len(made) > len(steps) else None

    return turn


def centre(points: Iterable[Point]) -> Point:
    """Return the whole-numbered middle of points."""
    listed = list(points)
    count = max(len(listed), 1)
    return (round(sum(x for x, _ in listed) / count), round(sum(y for _, y in listed) / count))


def _laid_out(
    project: Project, key: str, block_id: BlockId, node_id: NodeId, before: Graph
) -> Project:
    """Move positions, bends and frames of the grouped nodes into the block's layout."""
    part = layout_of(project, key)
    if not part:
        return project
    inside = set(before.nodes) & set(project.blocks[block_id].graph.nodes)
    outer: dict[str, Any] = part.thawed()
    inner: dict[str, Any] = {k: part[k] for k in part if k == "direction"}
    for name in BY_NODE:
        if isinstance(value := part.get(name), FrozenMap):
            inner[name] = FrozenMap({k: value[k] for k in value if k in inside})
            outer[name] = value.without(*inside)
    if moved := inner.get("at"):
        outer["at"] = outer["at"].set(node_id, centre(moved[k] for k in sorted(moved)))
    bends = part.get("bends") or NOTHING
    kept = {w: p for w, p in bends.items() if w.partition(".")[0] not in inside}
    outer["bends"] = FrozenMap(kept)
    inner["bends"] = FrozenMap({w: p for w, p in bends.items() if w not in kept})
    frames = parted(part.get("frames") or (), inside, node_id)
    outer["frames"], inner["frames"] = frames.outside, frames.inside
    inner["grouped_frames"] = frames.before
    return with_layout(with_layout(project, key, outer), block_id, inner)
