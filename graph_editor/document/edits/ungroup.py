"""Ungroup an instance of a block: its nodes take its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph_editor.document.addresses import (
    HERE,
    THIS,
    Chain,
    Step,
    Turn,
    block_of,
    joined,
    rewrite,
    rewrite_within,
)
from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.frames import Parted, joined_frames
from graph_editor.document.edits.groups import centre
from graph_editor.document.edits.muting import is_off
from graph_editor.document.edits.places import free
from graph_editor.document.edits.placing import (
    BY_NODE,
    Point,
    follow_graph,
    layout_of,
    positions_of,
    with_layout,
)
from graph_editor.document.edits.projects import block_at, instances_of
from graph_editor.document.edits.scopes import (
    asks_shapes,
    change_expressions,
    names_used,
    sizes_named,
    substituted,
)
from graph_editor.document.ids import IdSource
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
    PortPath,
    Project,
)

LEARN = frozenset({"nn", "param", "block", "code"})
"""Kinds of nodes that can have weights to freeze or train."""


@dataclass(frozen=True, slots=True)
class Ungrouped:
    """A project after ungrouping, and what became of the ids inside the block."""

    project: Project
    ids: FrozenMap[NodeId, NodeId]


def ungroup(
    project: Project, key: str, node_id: NodeId, source: IdSource, keep_block: bool = False
) -> Ungrouped:
    """Put what is inside an instance of a block in its place.

    Its settings replace the block's parameters. Inner ids stay where they are free. The block goes
    when nothing uses it any longer, unless it is to be kept. Raises EditError where the instance
    does what its parts alone cannot.
    """
    outer = block_at(project, key)
    node = node_of(outer.graph, node_id)
    block_id = BlockId(block_of(node))
    if block_id not in project.blocks:
        raise EditError(f"{node_id} is no instance of a block of this project.")
    block = project.blocks[block_id]
    _check_plain(outer.graph, node_id)
    values = _values(outer, block, node_id)
    inner = [k for k in sorted(block.graph.nodes) if not _is_end(block, k)]
    taken = set(outer.graph.nodes)
    names = {}
    for old in inner:
        names[old] = old if old not in taken else NodeId(source.again(old, {*taken, *inner}))
        taken.add(names[old])
    graph = _merged(outer.graph, block, node_id, names, values)
    made = project.with_block(key, replace(outer, graph=graph))
    made = rewrite(made, _out_of(key, node_id, block, names))
    made = _laid_out(project, made, key, node_id, block_id, names)
    if not keep_block and not instances_of(made, block_id):
        left, layout = made.blocks.without(block_id), made.layout.without(block_id)
        made = replace(made, blocks=left, layout=layout)
    return Ungrouped(made, FrozenMap(names))


def _is_end(block: Block, node_id: NodeId) -> bool:
    return block.graph.nodes[node_id].kind == "io"


def _check_plain(graph: Graph, node_id: NodeId) -> None:
    node = graph.nodes[node_id]
    if node.repeat is not None:
        raise EditError(f"{node_id} is repeated, which its parts alone cannot be.")
    if is_off(node):
        raise EditError(f"{node_id} is bypassed; switch it on again to take it apart.")
    if node.when is not None:
        raise EditError(f"{node_id} works only when {node.when.text}; its parts alone cannot.")
    if node.weights is not None:
        raise EditError(f"{node_id} says where its weights come from; take that off first.")
    for other, one in sorted(graph.nodes.items()):
        if one.weights is not None and one.weights.same_as == node_id:
            raise EditError(f"{other} calls {node_id}'s module: make it a layer of its own first.")


def _values(outer: Block, block: Block, node_id: NodeId) -> dict[str, Arg]:
    """Return what stands for the names inside the block when its nodes lie outside."""
    node = outer.graph.nodes[node_id]
    inner = [block.graph.nodes[k] for k in block.graph.nodes if not _is_end(block, k)]
    used = {name for one in inner for name in names_used(one)}
    values: dict[str, Arg] = {}
    for parameter in block.parameters:
        value = node.args.get(parameter.name, parameter.default)
        if value is None and parameter.name in used and parameter.name not in node.args:
            raise EditError(f"{parameter.name} of {node_id} is inferred: give it a value first.")
        if parameter.name in used and asks_shapes(value):
            raise EditError(f"{parameter.name} of {node_id} depends on the shape of its inputs.")
        values[parameter.name] = value
    if lost := sorted(used - values.keys() - _sizes_kept(outer, block, node_id)):
        raise EditError(f"The size {lost[0]} of {node_id}'s inputs has no name outside.")
    return values


def _sizes_kept(outer: Block, block: Block, node_id: NodeId) -> set[str]:
    """Return the size names of the block's inputs that mean the same outside."""
    kept: set[str] = set()
    for port in block.inputs:
        start = outer.graph.wires.get(InPort(node_id, PortPath(port)))
        source = outer.graph.nodes.get(start.node) if start is not None else None
        inside, outside = sizes_named(block.graph.nodes[port]), {}
        if source is not None and source.spec == "io.input":
            outside = sizes_named(source)
        kept |= {name for name, axis in inside.items() if outside.get(name) == axis}
    return kept


def _merged(
    outer: Graph,
    block: Block,
    node_id: NodeId,
    names: Mapping[NodeId, NodeId],
    values: Mapping[str, Arg],
) -> Graph:
    """Return the outer graph with the block's nodes in the place of its instance."""

    def turn(steps: Chain, many: bool) -> tuple[Address, ...] | None:
        del many
        if not steps or steps[0].graph != THIS or steps[0].node not in names:
            return None
        return (joined((replace(steps[0], node=names[steps[0].node]), *steps[1:])),)

    def value(expression: Expr, own: frozenset[str]) -> Arg:
        return substituted(expression, values, own)

    inner = rewrite_within(block.graph, turn)
    frozen = _frozen_below(outer.nodes[node_id], block)
    nodes = {k: n for k, n in outer.nodes.items() if k != node_id}
    for old, new in names.items():
        node = change_expressions(inner.nodes[old], value)
        if node.weights is not None and node.weights.same_as is not None:
            origin = names.get(node.weights.same_as)
            if origin is None:
                called = node.weights.same_as
                raise EditError(f"{old} calls {called}'s module, which has none: take that off.")
            node = replace(node, weights=replace(node.weights, same_as=origin))
        freeze = tuple(dict.fromkeys((*node.freeze, *frozen.get(old, ()))))
        nodes[new] = node if freeze == node.freeze else replace(node, freeze=freeze)
    wires, lost = _wires(outer, block, node_id, names)
    free(nodes, wires, lost)
    ties = outer.ties.merged(inner.ties) if inner.ties else outer.ties
    return replace(outer, nodes=FrozenMap(nodes), wires=FrozenMap(wires), ties=ties)


def _frozen_below(node: Node, block: Block) -> dict[str, list[Address]]:
    """Return what the inner nodes freeze when the instance no longer does it for them."""
    found: dict[str, list[Address]] = {}
    for address in node.freeze:
        if address == HERE:
            for key, inner in block.graph.nodes.items():
                if inner.kind in LEARN:
                    found.setdefault(key, []).append(HERE)
        else:
            first, _, rest = address.partition("/")
            found.setdefault(first, []).append(Address(rest) if rest else HERE)
    return found


def _wires(
    outer: Graph, block: Block, node_id: NodeId, names: Mapping[NodeId, NodeId]
) -> tuple[dict[InPort, OutPort], list[InPort]]:
    """Return the wires after ungrouping, and those ends of them that nothing feeds any more."""
    inside = block.graph.wires

    def traced(start: OutPort | None) -> OutPort | None:
        """Return where a wire inside the block starts when the block is gone."""
        for _ in range(len(block.graph.nodes) + 1):
            if start is None or start.node in names:
                break
            if start.node in block.inputs:
                found = outer.wires.get(InPort(node_id, PortPath(start.node)))
                return found if found is not None and found.node != node_id else None
            start = inside.get(InPort(start.node, PortPath("input")))
        return None if start is None else OutPort(names[start.node], start.port)

    ends: dict[InPort, OutPort | None] = {}
    for end, start in outer.wires.items():
        if start.node == node_id:
            output = InPort(NodeId(start.port), PortPath("input"))
            ends[end] = traced(inside.get(output))
        elif end.node != node_id:
            ends[end] = start
    for end, start in inside.items():
        if end.node in names:
            ends[InPort(names[end.node], end.port)] = traced(start)
    lost = [end for end, start in ends.items() if start is None and end.node != node_id]
    return {end: start for end, start in ends.items() if start is not None}, lost


def _out_of(key: str, node_id: NodeId, block: Block, names: Mapping[NodeId, NodeId]) -> Turn:
    """Return the turn that leads addresses past the instance that is gone."""
    learners = [k for k in sorted(names) if block.graph.nodes[k].kind in LEARN]

    def turn(steps: Chain, many: bool) -> tuple[Address, ...] | None:
        found = [n for n, s in enumerate(steps) if s.graph == key and s.node == node_id]
        if not found:
            return None
        at = found[0]
        before, after = steps[:at], steps[at + 1 :]
        if not after and not many:
            raise EditError(f"{node_id} is mentioned as a whole, so it cannot be taken apart.")
        if after and after[0].node not in names:
            return ()
        heads = [after[0]] if after else [Step(key, k) for k in learners]
        moved = [replace(head, graph=key, node=names[head.node]) for head in heads]
        return tuple(joined((*before, head, *after[1:])) for head in moved)

    return turn


def _laid_out(
    before: Project,
    project: Project,
    key: str,
    node_id: NodeId,
    block_id: BlockId,
    names: Mapping[NodeId, NodeId],
) -> Project:
    """Put the block's nodes where its instance was, as they lay inside."""
    here, inside = positions_of(before, key).get(node_id), layout_of(before, block_id)
    old, new = before.block(key).graph, project.block(key).graph
    same_ends = {
        e: new.wires[e] for e, s in old.wires.items() if s.node == node_id and e in new.wires
    }
    kept = layout_of(project, key).get("frames") or ()
    project = follow_graph(project, key, replace(old, wires=old.wires.merged(same_ends)), new)
    part = layout_of(project, key).thawed()
    left = Parted(kept, inside.get("frames") or (), inside.get("grouped_frames") or ())
    beside = old.nodes.keys() - {node_id}
    part["frames"] = joined_frames(left, names, node_id, beside)
    for name in BY_NODE:
        if isinstance(value := inside.get(name), FrozenMap):
            moved = {names[k]: value[k] for k in value if k in names}
            part[name] = (part.get(name) or NOTHING).merged(moved)
    shift = _shift(here, inside, names)
    wires = before.blocks[block_id].graph.wires
    bends = {
        f"{names[end.node]}.{end.port}": tuple(shift(point) for point in points)
        for end in wires
        if end.node in names
        and InPort(names[end.node], end.port) in new.wires  # else nothing fed it any longer
        and (points := (inside.get("bends") or {}).get(f"{end.node}.{end.port}"))
    }
    part["bends"] = (part.get("bends") or NOTHING).merged(bends)
    at = inside.get("at") or NOTHING
    placed = {names[k]: shift(at[k]) for k in at if k in names}
    part["at"] = (part.get("at") or NOTHING).merged(placed)
    return with_layout(project, key, part)


def _shift(
    here: Point | None, inside: FrozenMap[str, Any], names: Mapping[NodeId, NodeId]
) -> Callable[[Point], Point]:
    """Return what brings a point of the block to where its instance stood."""
    at = inside.get("at") or NOTHING
    x, y = centre(at[k] for k in sorted(at) if k in names)
    if here is None or here == (x, y):
        return lambda point: point
    dx, dy = here[0] - x, here[1] - y
    return lambda point: (point[0] + dx, point[1] + dy)
