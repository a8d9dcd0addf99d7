"""Addresses: what they lead through, and rewriting every mention of a node in a project."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from graph_editor.document.arguments import parts
from graph_editor.document.model import (
    NOTHING,
    Address,
    Arg,
    At,
    Block,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Project,
    Slice,
    Weights,
)

HERE = Address(".")
MAIN = "main"
THIS = "."
"""What a graph is called where its own key is not known; no block can have this id."""
SPEAKING = frozenset({At, tuple, FrozenMap, Slice})
"""Types of arguments that can hold an address."""
_STEP = re.compile(r"([a-z][a-z0-9_]*)((?:\[\d+\])?)")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an address: a node, the graph it is in ("" where that is not known), its copy."""

    graph: str
    node: NodeId
    index: str = ""

    @property
    def text(self) -> str:
        """The step as an address writes it: ``blocks[2]``."""
        return f"{self.node}{self.index}"


Chain: TypeAlias = tuple[Step, ...]
Turn: TypeAlias = Callable[[Chain, bool], tuple[Address, ...] | None]
"""What becomes of a mention: None leaves it, () drops it, else it is replaced.

The flag says whether several addresses may stand there."""
Visit: TypeAlias = Callable[[str, Address, bool], tuple[Address, ...]]


def block_of(node: Node | None) -> str:
    """Return the id of the block that a node is an instance of, or ""."""
    return node.spec[6:] if node is not None and node.spec.startswith("block.") else ""


def joined(steps: tuple[Step, ...]) -> Address:
    """Return the address that takes these steps."""
    return Address("/".join(step.text for step in steps)) if steps else HERE


def chain(project: Project, key: str, address: str) -> Chain:
    """Return the steps of an address that is written in the graph called key."""
    if address == HERE:
        return ()
    steps: list[Step] = []
    for part in address.split("/"):
        match = _STEP.fullmatch(part)
        name = NodeId(match[1] if match else part)
        steps.append(Step(key, name, match[2] if match else ""))
        block = _block(project, key)
        key = block_of(block.graph.nodes.get(name)) if block is not None else ""
    return tuple(steps)


def _local_chain(key: str, address: str) -> Chain:
    """Return the steps of an address; what graph they are in is known of the first one only."""
    if address == HERE:
        return ()
    found = [_STEP.fullmatch(part) for part in address.split("/")]
    steps = [Step("", NodeId(match[1]), match[2]) for match in found if match is not None]
    return (replace(steps[0], graph=key), *steps[1:]) if steps else ()


def _block(project: Project, key: str) -> Block | None:
    if key == MAIN:
        return project.main
    return next((b for k, b in project.blocks.items() if k == key), None) if key else None


def resolves(project: Project, key: str, address: str) -> bool:
    """Whether an address that is written in the graph called key leads to a node that is there."""
    found = [(_block(project, step.graph), step) for step in chain(project, key, address)]
    return all(block is not None and step.node in block.graph.nodes for block, step in found)


def mentions(graph: Graph) -> Iterator[tuple[NodeId | None, Address]]:
    """Yield the addresses that are written in a graph, with the node that says them.

    Ties come with None. What a node freezes inside itself is not one of the graph's own addresses.
    """
    for node_id, node in graph.nodes.items():
        if node.weights is not None:
            if node.weights.same_as is not None:
                yield node_id, Address(node.weights.same_as)
            if node.weights.follows is not None:
                yield node_id, node.weights.follows
        for value in node.args.values():
            if type(value) in SPEAKING:
                yield from ((node_id, p.address) for p in parts(value) if isinstance(p, At))
    for left, right in graph.ties.items():
        yield None, split_tie(left)[0]
        yield None, split_tie(right)[0]


def split_tie(text: str) -> tuple[Address, str]:
    """Return the address and the parameter of one side of a tie: ``decoder/head``, ``weight``."""
    address, _, parameter = text.partition(".")
    return Address(address), parameter


def first_node(address: str) -> NodeId:
    """Return the node that an address, or one side of a tie, takes its first step to."""
    return NodeId(address.partition(".")[0].partition("/")[0].partition("[")[0])


def rewrite(project: Project, turn: Turn) -> Project:
    """Return the project with every mention turned; graphs without a change are the same objects.

    ``same_as`` is no address and stays: it never leaves its graph.
    """

    def visit(key: str, address: Address, many: bool) -> tuple[Address, ...]:
        turned = turn(chain(project, key, address), many)
        return (address,) if turned is None else turned

    main = _in_block(project.main, MAIN, visit)
    blocks = {key: _in_block(block, key, visit) for key, block in project.blocks.items()}
    changed = {key: block for key, block in blocks.items() if block is not project.blocks[key]}
    if main is project.main and not changed:
        return project
    merged = project.blocks.merged(changed) if changed else project.blocks
    return replace(project, main=main, blocks=merged)


def rewrite_within(graph: Graph, turn: Turn) -> Graph:
    """Return the graph with every mention of its own nodes turned; it is called THIS."""

    def visit(key: str, address: Address, many: bool) -> tuple[Address, ...]:
        turned = turn(_local_chain(key, address), many)
        return (address,) if turned is None else turned

    return rewrite_graph(graph, THIS, visit)


def leaving(key: str, stand_ins: Mapping[NodeId, NodeId | None]) -> Turn:
    """Return the turn for nodes that leave the graph called key: to stand-ins, else dropped."""

    def turn(steps: Chain, many: bool) -> tuple[Address, ...] | None:
        del many
        made: list[Step] = []
        for step in steps:
            stand_in: NodeId | None = step.node
            if step.graph == key:
                stand_in = stand_ins.get(step.node, step.node)
            if stand_in is None:
                return ()
            made.append(step if stand_in == step.node else replace(step, node=stand_in))
        return None if tuple(made) == steps else (joined(tuple(made)),)

    return turn


def _in_block(block: Block, key: str, visit: Visit) -> Block:
    graph = rewrite_graph(block.graph, key, visit)
    return block if graph is block.graph else replace(block, graph=graph)


def rewrite_graph(graph: Graph, key: str, visit: Visit) -> Graph:
    """Return the graph with every address in it visited; key is what the graph is called."""
    changed: dict[NodeId, Node] = {}
    for node_id, node in graph.nodes.items():
        if _may_mention(node):
            made = _rewritten(node, key, visit)
            if made is not node:
                changed[node_id] = made
    ties = _ties(graph.ties, key, visit) if graph.ties else graph.ties
    if not changed and ties is graph.ties:
        return graph
    return replace(graph, nodes=graph.nodes.merged(changed), ties=ties)


def _may_mention(node: Node) -> bool:
    if node.freeze or node.weights is not None:
        return True
    if node.args:
        for value in node.args.values():  # a loop, because this is asked of every node
            if type(value) in SPEAKING:
                return True
    return False


def _rewritten(node: Node, key: str, visit: Visit) -> Node:
    args = {name: _turned(value, key, visit) for name, value in node.args.items()}
    if any(args[name] is not value for name, value in node.args.items()):
        kept = {name: value for name, value in args.items() if not isinstance(value, _Dropped)}
        node = replace(node, args=FrozenMap(kept))
    if node.freeze:
        inside = block_of(node)
        turned = [visit(inside, a, True) if a != HERE else (a,) for a in node.freeze]
        freeze = tuple(dict.fromkeys(a for found in turned for a in found))
        node = node if freeze == node.freeze else replace(node, freeze=freeze)
    follows = None if node.weights is None else node.weights.follows
    if node.weights is not None and follows is not None:
        found = visit(key, follows, False)
        if found != (follows,):
            node = replace(node, weights=_led_by(node.weights, found[0] if found else None))
    return node


def _led_by(weights: Weights, leader: Address | None) -> Weights | None:
    if leader is not None:
        return replace(weights, follows=leader)
    alone = replace(weights, follows=None, decay=0.0, every=1)
    return None if alone == Weights() else alone


class _Dropped:
    """Stands for an argument that only mentioned what is gone."""


DROPPED = _Dropped()


def _turned(value: Arg, key: str, visit: Visit, many: bool = False) -> Arg | _Dropped:
    """Return the argument with its mentions turned; a list may grow or shrink."""
    if isinstance(value, At):
        found = visit(key, value.address, many)
        if found == (value.address,):
            return value
        return At(found[0]) if found else DROPPED
    if isinstance(value, tuple):
        items = tuple(item for one in value for item in _spread(one, key, visit))
        unchanged = len(items) == len(value) and all(
            new is old for new, old in zip(items, value, strict=True)
        )
        return value if unchanged else items
    if isinstance(value, FrozenMap):
        entries = {name: _turned(item, key, visit) for name, item in value.items()}
        if all(entries[name] is item for name, item in value.items()):
            return value
        return FrozenMap({n: v for n, v in entries.items() if not isinstance(v, _Dropped)})
    return value


def _spread(value: Arg, key: str, visit: Visit) -> tuple[Arg, ...]:
    if isinstance(value, At):
        found = visit(key, value.address, True)
        return (value,) if found == (value.address,) else tuple(map(At, found))
    made = _turned(value, key, visit)
    return () if isinstance(made, _Dropped) else (made,)


def _ties(ties: FrozenMap[str, str], key: str, visit: Visit) -> FrozenMap[str, str]:
    made: dict[str, str] = {}
    for left, right in ties.items():
        sides = [_tied(text, key, visit) for text in (left, right)]
        if sides[0] is not None and sides[1] is not None:
            made[sides[0]] = sides[1]
    result: FrozenMap[str, str] = FrozenMap(made) if made else NOTHING
    return ties if result == ties else result


def _tied(text: str, key: str, visit: Visit) -> str | None:
    address, parameter = split_tie(text)
    found = visit(key, address, False)
    return f"{found[0]}.{parameter}" if found else None
