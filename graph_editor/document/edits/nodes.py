"""Edits of nodes: add, remove, replace, name, and set what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graph_editor.document.addresses import THIS, first_node, leaving, rewrite_within
from graph_editor.document.edits.checks import (
    check_address,
    check_argument,
    check_id,
    check_identifier,
    check_node,
    check_rules,
    check_text,
    check_tied,
    node_of,
)
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.places import free, opened, port
from graph_editor.document.model import (
    Address,
    Arg,
    Expr,
    FrozenMap,
    Graph,
    InPort,
    Node,
    NodeId,
    OutPort,
    Repeat,
    RuleId,
    Weights,
    same,
)

ENDS = {"io.input": "an input", "io.output": "an output"}


def add_node(graph: Graph, node_id: NodeId, node: Node) -> Graph:
    """Add a node under an id of its own."""
    check_id(node_id)
    check_node(node)
    if node_id in graph.nodes:
        raise EditError(f"There is already a node {node_id} in this graph.")
    check_weights(graph, node_id, node.weights)
    return replace(graph, nodes=graph.nodes.set(node_id, node))


def remove_nodes(graph: Graph, ids: Iterable[NodeId]) -> Graph:
    """Remove nodes with their wires, ties and every mention of them in this graph.

    Lists of inputs close up. Where others are calls of a removed node's module, the first of them
    takes its place. Mentions in other graphs follow in ``in_block``.
    """
    gone = set(ids)
    for node_id in sorted(gone):
        node_of(graph, node_id)
    if not gone:
        return graph
    stand_ins = stand_ins_of(graph, gone)
    nodes, wires = graph.nodes.thawed(), graph.wires.thawed()
    for node_id in gone:
        del nodes[node_id]
    for old, new in sorted(stand_ins.items()):
        if new is not None:
            _take_over(nodes, graph, old, new)
    for end in [end for end in wires if end.node in gone]:
        del wires[end]
    free(nodes, wires, [end for end, start in wires.items() if start.node in gone])
    left = replace(graph, nodes=FrozenMap(nodes), wires=FrozenMap(wires))
    return rewrite_within(left, leaving(THIS, stand_ins))


def module_of(graph: Graph, node_id: NodeId) -> NodeId:
    """Return the node that owns the module which node_id calls; itself, if not ``same_as``."""
    return _owners(graph, node_id)[-1]


def stand_ins_of(graph: Graph, gone: Iterable[NodeId]) -> dict[NodeId, NodeId | None]:
    """Return, for each removed node, the one that stays and has its module, or None."""
    lost = set(gone)
    callers: dict[NodeId, list[NodeId]] = {}
    for key, node in graph.nodes.items():
        if node.weights is not None and node.weights.same_as is not None:
            callers.setdefault(module_of(graph, key), []).append(key)
    found: dict[NodeId, NodeId | None] = {}
    for key in lost:
        owner = module_of(graph, key)
        staying = (one for one in callers.get(owner, ()) if one not in lost)
        found[key] = min(staying, default=None) if owner in lost else owner
    return found


def _take_over(nodes: dict[NodeId, Node], graph: Graph, old: NodeId, new: NodeId) -> None:
    """Make calls of old's module calls of new's, which owns it now if nobody else does."""
    owner = graph.nodes[module_of(graph, old)]
    if module_of(graph, old) == old:
        weights, freeze = owner.weights, owner.freeze
        nodes[new] = replace(nodes[new], args=owner.args, weights=weights, freeze=freeze)
    for key, node in nodes.items():
        if node.weights is not None and node.weights.same_as == old and key != new:
            nodes[key] = replace(node, weights=replace(node.weights, same_as=new))


def check_weights(graph: Graph, node_id: NodeId, weights: Weights | None) -> None:
    """Raise EditError unless a node of the graph may say this of its weights."""
    if weights is None:
        return
    if weights.follows is not None:
        check_address(weights.follows)
    if weights.same_as is None:
        return
    node_of(graph, weights.same_as)
    if node_id in _owners(graph, weights.same_as):
        raise EditError(f"{node_id} cannot be another call of itself.")


def _owners(graph: Graph, node_id: NodeId) -> list[NodeId]:
    """Return a node, the one whose module it calls, the one whose module that calls, and so on."""
    found = [node_id]
    while True:
        node = graph.nodes.get(found[-1])
        origin = node.weights.same_as if node is not None and node.weights is not None else None
        if origin is None or origin in found or origin not in graph.nodes:
            return found
        found.append(origin)


def _changed(graph: Graph, node_id: NodeId, node: Node) -> Graph:
    return replace(graph, nodes=graph.nodes.set(node_id, node))


def set_argument(graph: Graph, node_id: NodeId, name: str, value: Arg) -> Graph:
    """Give an argument a value. A wire that no longer has a place in it is taken away."""
    node = node_of(graph, node_id)
    check_identifier(name, "an argument's name")
    check_argument(value)
    if name in node.args and same(node.args[name], value):
        return graph
    made = replace(node, args=node.args.set(name, value))
    inside = [end for end in graph.wires if end.node == node_id and _is_inside(end.port, name)]
    lost = [end for end in inside if opened_or_none(made, end.port) is not made]
    if lost:
        graph = replace(graph, wires=graph.wires.without(*lost))
    return _changed(graph, node_id, made)


def _is_inside(path: str, name: str) -> bool:
    return path.startswith((f"{name}[", f"{name}."))


def opened_or_none(node: Node, path: str) -> Node | None:
    """Return the node with a hole at path, or None where its arguments have no such place."""
    try:
        return opened(node, path)
    except EditError:
        return None


def unset_argument(graph: Graph, node_id: NodeId, name: str) -> Graph:
    """Let an argument have its default, or be inferred, again; wires into its inside go too."""
    node = node_of(graph, node_id)
    if name not in node.args:
        raise EditError(f"{node_id} has no value for {name}.")
    inside = [end for end in graph.wires if end.node == node_id and _is_inside(end.port, name)]
    made = _changed(graph, node_id, replace(node, args=node.args.without(name)))
    return replace(made, wires=made.wires.without(*inside)) if inside else made


def rename_node(graph: Graph, node_id: NodeId, name: str) -> Graph:
    """Change what the user calls a node; its id, wires and addresses stay.

    Raises EditError where another input or output of the graph has the name of this one.
    """
    check_text(name, "A node's name")
    node = node_of(graph, node_id)
    if name and node.name != name and (what := ENDS.get(node.spec)):
        others = {key: n for key, n in graph.nodes.items() if n.spec == node.spec and n is not node}
        if name in {n.name or key for key, n in others.items()}:
            raise EditError(f"There is {what} {name} already; take another name.")
    return graph if node.name == name else _changed(graph, node_id, replace(node, name=name))


def set_when(graph: Graph, node_id: NodeId, when: Expr | None) -> Graph:
    """Say when a node works; where it does not, its first input passes through."""
    check_argument(when)
    return _changed(graph, node_id, replace(node_of(graph, node_id), when=when))


def set_repeat(graph: Graph, node_id: NodeId, repeat: Repeat | None) -> Graph:
    """Chain copies of a node, or stop doing so."""
    if repeat is not None:
        check_argument(repeat.count)
        for path in (*repeat.over, *repeat.stack):
            port(path)
    return _changed(graph, node_id, replace(node_of(graph, node_id), repeat=repeat))


def set_copies(
    graph: Graph, node_id: NodeId, count: int | Expr, shared: bool | None = None
) -> Graph:
    """Chain so many copies of a node; one is no repeat. None leaves the sharing of weights."""
    before = node_of(graph, node_id).repeat
    if count == 1:
        return graph if before is None else set_repeat(graph, node_id, None)
    made = replace(before or Repeat(count), count=count)
    made = made if shared is None else replace(made, shared=shared)
    return graph if made == before else set_repeat(graph, node_id, made)


def set_weights(graph: Graph, node_id: NodeId, weights: Weights | None) -> Graph:
    """Say where a node's weights come from, and whether another node owns or leads them."""
    check_weights(graph, node_id, weights)
    return _changed(graph, node_id, replace(node_of(graph, node_id), weights=weights))


def set_freeze(graph: Graph, node_id: NodeId, freeze: Iterable[Address]) -> Graph:
    """Say which weights of a node never change: ``.`` for all, or addresses inside it."""
    addresses = tuple(dict.fromkeys(freeze))
    for address in addresses:
        check_address(address)
    return _changed(graph, node_id, replace(node_of(graph, node_id), freeze=addresses))


def set_silence(graph: Graph, node_id: NodeId, rules: Iterable[RuleId]) -> Graph:
    """Say which rules are not to be reported on a node."""
    silence = tuple(dict.fromkeys(rules))
    check_rules(silence)
    return _changed(graph, node_id, replace(node_of(graph, node_id), silence=silence))


def set_extra(graph: Graph, node_id: NodeId, extra: FrozenMap[str, object]) -> Graph:
    """Replace the fields that this version does not know."""
    return _changed(graph, node_id, replace(node_of(graph, node_id), extra=extra))


def replace_node(
    graph: Graph,
    node_id: NodeId,
    node: Node,
    inputs: Mapping[str, str | None] | None = None,
    outputs: Mapping[str, str | None] | None = None,
) -> Graph:
    """Put another node in a node's place; the wires stay.

    Ports that are called otherwise on the new node are translated by inputs and outputs; where
    these say None, the wire goes.
    """
    node_of(graph, node_id)
    check_node(node)
    check_weights(graph, node_id, node.weights)
    enters, leaves = inputs or {}, outputs or {}
    wires: dict[InPort, OutPort] = {}
    gone: list[InPort] = []
    for end, start in graph.wires.items():
        enter = enters.get(end.port, end.port) if end.node == node_id else end.port
        leave = leaves.get(start.port, start.port) if start.node == node_id else start.port
        if enter is None or leave is None:
            gone.append(end)
            continue
        target = InPort(end.node, port(enter))
        if target in wires:
            raise EditError(f"Two wires would end in {node_id}.{enter}.")
        wires[target] = OutPort(start.node, port(leave))
    nodes = graph.nodes.thawed()
    nodes[node_id] = node
    free(nodes, wires, gone)
    return replace(graph, nodes=FrozenMap(nodes), wires=FrozenMap(wires))


def tie(graph: Graph, parameter: str, to: str) -> Graph:
    """Let two modules share one parameter: ``decoder/head.weight`` is ``embed.weight``."""
    check_tied(parameter)
    check_tied(to)
    if parameter == to:
        raise EditError(f"{parameter} cannot be tied to itself.")
    if graph.ties.get(to) is not None:
        raise EditError(f"{to} is itself tied to {graph.ties[to]}: tie {parameter} to that.")
    if parameter in graph.ties.values():
        raise EditError(f"Others are tied to {parameter}: tie it the other way round.")
    for text in (parameter, to):
        node_of(graph, first_node(text))
    return replace(graph, ties=graph.ties.set(parameter, to))


def untie(graph: Graph, parameter: str) -> Graph:
    """Let a parameter be its own again."""
    if parameter not in graph.ties:
        raise EditError(f"{parameter} is not tied.")
    return replace(graph, ties=graph.ties.without(parameter))
