"""Copy and paste: a part of a graph with its inner wires, and all it needs to live elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph_editor.document.addresses import (
    MAIN,
    THIS,
    Chain,
    block_of,
    first_node,
    joined,
    resolves,
    rewrite_within,
)
from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.interface import free_name
from graph_editor.document.edits.nodes import module_of
from graph_editor.document.edits.places import free
from graph_editor.document.edits.placing import (
    Point,
    followed_bends,
    layout_of,
    positions_of,
    wire_text,
    with_layout,
)
from graph_editor.document.edits.projects import block_at, blocks_below, in_block
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    NOTHING,
    Address,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Project,
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a graph, with the blocks and the code that it uses."""

    graph: Graph
    blocks: FrozenMap[BlockId, Block] = NOTHING
    code: FrozenMap[str, Code] = NOTHING
    layout: FrozenMap[str, Any] = NOTHING
    origins: FrozenMap[NodeId, Node] = NOTHING
    """Nodes outside whose modules the fragment calls too."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A project with a fragment in it, and what became of the fragment's ids."""

    project: Project
    ids: FrozenMap[NodeId, NodeId]


def copy(project: Project, key: str, ids: Iterable[NodeId], notes: Iterable[int] = ()) -> Fragment:
    """Return nodes with inner wires, ties, frames, positions and bends, and some of the notes."""
    graph = block_at(project, key).graph
    chosen = set(ids)
    nodes = {node_id: node_of(graph, node_id) for node_id in sorted(chosen)}
    wires = {end: start for end, start in graph.wires.items() if end.node in chosen}
    free(nodes, wires, [end for end, start in wires.items() if start.node not in chosen])
    origins: dict[NodeId, Node] = {}
    for node_id, node in nodes.items():
        owner = module_of(graph, node_id)
        if node.weights is not None and owner not in chosen:
            origins[owner] = graph.nodes[owner]
            nodes[node_id] = replace(node, weights=replace(node.weights, same_as=owner))
    ties = {a: b for a, b in graph.ties.items() if {first_node(a), first_node(b)} <= chosen}
    used = {block_of(node) for node in (*nodes.values(), *origins.values())} - {""}
    used |= {below for block in used for below in blocks_below(project, block)}
    blocks = {key: block for key, block in project.blocks.items() if key in used}
    inside = [node for block in blocks.values() for node in block.graph.nodes.values()]
    specs = {node.spec for node in (*nodes.values(), *inside)}
    return Fragment(
        Graph(FrozenMap(nodes), FrozenMap(wires), FrozenMap(ties)),
        FrozenMap(blocks),
        FrozenMap({k: code for k, code in project.code.items() if f"code.{k}" in specs}),
        _layout(layout_of(project, key), chosen, {*notes}, graph.wires, wires),
        FrozenMap(origins),
    )


def _layout(
    part: FrozenMap[str, Any],
    chosen: set[NodeId],
    notes: set[int],
    before: Mapping[InPort, OutPort],
    inner: Mapping[InPort, OutPort],
) -> FrozenMap[str, Any]:
    at = {k: p for k, p in (part.get("at") or NOTHING).items() if k in chosen}
    frames = [f for f in part.get("frames") or () if isinstance(f, FrozenMap)]
    whole = tuple(f for f in frames if f.get("nodes") and set(f["nodes"]) <= chosen)
    made: dict[str, Any] = {"at": FrozenMap(at), "frames": whole}
    if notes:
        listed = part.get("notes") or ()
        made["notes"] = tuple(note for place, note in enumerate(listed) if place in notes)
    bends = part.get("bends")
    if isinstance(bends, FrozenMap):
        kept = {wire_text(end) for end in inner}
        followed = followed_bends(bends, before, inner)  # a list may have closed up
        inside = FrozenMap({wire: way for wire, way in followed.items() if wire in kept})
        if inside:
            made["bends"] = inside
    return FrozenMap(made)


def paste(
    project: Project, key: str, fragment: Fragment, ids: IdSource, offset: Point = (0, 0)
) -> Pasted:
    """Put a fragment into a graph under new ids, given in the sorted order of the old ones.

    Inner wires stay, addresses are rewritten; mentions of what is not there are dropped. A block or
    code of the same id is taken to be the same where its interface is, else it comes along anew.
    """
    target = block_at(project, key).graph
    taken = {*target.nodes, *fragment.graph.nodes}
    names: dict[NodeId, NodeId] = {}
    for old in sorted(fragment.graph.nodes):
        names[old] = NodeId(ids.again(old, taken))
    project, specs = _with_needs(project, fragment, ids)
    graph = _settled(fragment, target, specs)

    def mention(steps: Chain, many: bool) -> tuple[Address, ...] | None:
        del many
        return _mention(project, key, names, steps)

    graph = rewrite_within(graph, mention)
    nodes = {names[old]: _calling(node, names) for old, node in graph.nodes.items()}
    nodes = _numbered(nodes, target)
    wires = {_end(end, names): _start(start, names) for end, start in graph.wires.items()}
    ties = graph.ties

    def edit(into: Graph) -> Graph:
        return replace(
            into,
            nodes=into.nodes.merged(nodes),
            wires=into.wires.merged(wires),
            ties=into.ties.merged(ties) if ties else into.ties,
        )

    made = in_block(project, key, edit) if nodes else project
    return Pasted(_placed(made, key, fragment, names, offset), FrozenMap(names))


def duplicate(
    project: Project,
    key: str,
    chosen: Iterable[NodeId],
    ids: IdSource,
    offset: Point = (24, 24),
) -> Pasted:
    """Paste a copy of nodes beside them."""
    return paste(project, key, copy(project, key, chosen), ids, offset)


def _end(end: InPort, names: Mapping[NodeId, NodeId]) -> InPort:
    return InPort(names[end.node], end.port)


def _start(start: OutPort, names: Mapping[NodeId, NodeId]) -> OutPort:
    return OutPort(names[start.node], start.port)


def _numbered(nodes: Mapping[NodeId, Node], target: Graph) -> dict[NodeId, Node]:
    """Return nodes of which no input or output has the name of one that is there."""
    made = dict(nodes)
    for spec in ("io.input", "io.output"):
        taken = {n.name or key for key, n in target.nodes.items() if n.spec == spec}
        for key, node in nodes.items():
            if node.spec == spec and node.name:
                name = free_name(node.name, taken, "")
                made[key] = node if name == node.name else replace(node, name=name)
                taken.add(name)
    return made


def _calling(node: Node, names: Mapping[NodeId, NodeId]) -> Node:
    origin = node.weights.same_as if node.weights is not None else None
    if node.weights is None or origin is None or origin not in names:
        return node
    return replace(node, weights=replace(node.weights, same_as=names[origin]))


def _mention(
    project: Project, key: str, names: Mapping[NodeId, NodeId], steps: Chain
) -> tuple[Address, ...] | None:
    if not steps or steps[0].graph != THIS:
        return None
    first = steps[0]
    if first.node in names:
        return (joined((replace(first, node=names[first.node]), *steps[1:])),)
    return None if resolves(project, key, joined(steps)) else ()


def _settled(fragment: Fragment, target: Graph, specs: Mapping[str, str]) -> Graph:
    """Return the fragment's graph with specs as they are called here.

    Of calls whose module is not in the target graph, the first owns it now.
    """
    graph = fragment.graph
    nodes = {k: replace(n, spec=specs.get(n.spec, n.spec)) for k, n in graph.nodes.items()}
    for origin in sorted(fragment.origins):
        owner = fragment.origins[origin]
        here = target.nodes.get(origin)
        callers = sorted(
            k for k, n in nodes.items() if n.weights is not None and n.weights.same_as == origin
        )
        if (here is not None and here.spec == specs.get(owner.spec, owner.spec)) or not callers:
            continue
        heir = callers[0]
        nodes[heir] = replace(
            nodes[heir], args=owner.args, weights=owner.weights, freeze=owner.freeze
        )
        for other in callers[1:]:
            weights = nodes[other].weights
            if weights is not None:
                nodes[other] = replace(nodes[other], weights=replace(weights, same_as=heir))
    return replace(graph, nodes=FrozenMap(nodes))


def _with_needs(
    project: Project, fragment: Fragment, ids: IdSource
) -> tuple[Project, dict[str, str]]:
    """Return the project with the blocks and code of a fragment, and their specs as called here."""
    specs: dict[str, str] = {}
    for code_id in sorted(fragment.code):
        code, name = fragment.code[code_id], code_id
        if code_id in project.code and project.code[code_id] != code:
            name = ids.again(code_id, project.code)
            specs[f"code.{code_id}"] = f"code.{name}"
        if name not in project.code:
            project = replace(project, code=project.code.set(name, code))
    new: dict[BlockId, BlockId] = {}
    for block_id in sorted(fragment.blocks):
        here = project.blocks.get(block_id)
        if here is None:
            new[block_id] = block_id
        elif _interface(here) != _interface(fragment.blocks[block_id]):
            taken = {*project.blocks, *fragment.blocks, MAIN}
            new[block_id] = BlockId(ids.again(block_id, taken))
            specs[f"block.{block_id}"] = f"block.{new[block_id]}"
    for old, name in new.items():
        block = fragment.blocks[old]
        project = project.with_block(name, replace(block, graph=_respelled(block.graph, specs)))
    return project, specs


def held_otherwise(project: Project, fragment: Fragment) -> tuple[BlockId, ...]:
    """Return the blocks of a fragment of which a project has one by the same id with other parts.

    ``paste`` takes the project's.
    """
    pairs = ((key, project.blocks.get(key), block) for key, block in fragment.blocks.items())
    return tuple(
        sorted(
            key
            for key, here, block in pairs
            if here is not None and here != block and _interface(here) == _interface(block)
        )
    )


def _interface(block: Block) -> tuple[object, ...]:
    return block.inputs, block.outputs, tuple((p.name, p.type) for p in block.parameters)


def _respelled(graph: Graph, specs: Mapping[str, str]) -> Graph:
    changed = {
        k: replace(node, spec=specs[node.spec])
        for k, node in graph.nodes.items()
        if node.spec in specs
    }
    return replace(graph, nodes=graph.nodes.merged(changed)) if changed else graph


def _placed(
    project: Project, key: str, fragment: Fragment, names: Mapping[NodeId, NodeId], offset: Point
) -> Project:
    part = layout_of(project, key)
    at = fragment.layout.get("at") or NOTHING
    moved = {names[k]: (x + offset[0], y + offset[1]) for k, (x, y) in at.items()}
    frames = tuple(
        frame.set("nodes", tuple(names[member] for member in frame["nodes"]))
        for frame in fragment.layout.get("frames") or ()
    )
    notes = tuple(_shifted(note, offset) for note in fragment.layout.get("notes") or ())
    bends = fragment.layout.get("bends") or NOTHING
    led = {
        wire_text(_end(end, names)): tuple((x + offset[0], y + offset[1]) for x, y in way)
        for end in fragment.graph.wires
        if (way := bends.get(wire_text(end)))
    }
    if led:
        part = part.set("bends", FrozenMap({**(part.get("bends") or NOTHING), **led}))
    if moved:
        part = part.set("at", positions_of(project, key).merged(moved))
    if frames:
        part = part.set("frames", (*(part.get("frames") or ()), *frames))
    if notes:
        part = part.set("notes", (*(part.get("notes") or ()), *notes))
    return with_layout(project, key, part)


def _shifted(note: FrozenMap[str, Any], offset: Point) -> FrozenMap[str, Any]:
    x, y = note.get("at", (0.0, 0.0))
    return note.set("at", (x + offset[0], y + offset[1]))
