"""What the inspector does to the selected nodes, each as one edit of the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from graph_editor.canvas.inspector.state import Said
from graph_editor.canvas.inspector.values import Unset
from graph_editor.document.edits import (
    EditError,
    in_block,
    promote,
    rename_node,
    set_argument,
    set_copies,
    set_freeze,
    set_repeat,
    set_silence,
    set_when,
    unset_argument,
)
from graph_editor.document.model import (
    Address,
    Expr,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
    RuleId,
)

Edit = Callable[[Project], Project]
ALL = Address(".")


def on_each(key: str, ids: Iterable[NodeId], change: Callable[[Graph, NodeId], Graph]) -> Edit:
    """Return the edit that changes each of some nodes of a graph in turn."""
    nodes = tuple(ids)

    def edit(graph: Graph) -> Graph:
        for node in nodes:
            graph = change(graph, node)
        return graph

    return lambda project: in_block(project, key, edit)


def argument_edit(key: str, ids: Iterable[NodeId], name: str, value: Said) -> Edit:
    """Return the edit that gives a parameter of some nodes a value, or takes it away."""

    def change(graph: Graph, node: NodeId) -> Graph:
        if not isinstance(value, Unset):
            return set_argument(graph, node, name, value)
        said = node in graph.nodes and name in graph.nodes[node].args
        return unset_argument(graph, node, name) if said else graph

    return on_each(key, ids, change)


def former_argument_edit(key: str, former: Mapping[NodeId, Node], name: str) -> Edit:
    """Return the edit that gives each of some nodes back what it said of a parameter."""

    def change(graph: Graph, node: NodeId) -> Graph:
        before = former[node].args
        if name in before:
            return set_argument(graph, node, name, before[name])
        return unset_argument(graph, node, name) if name in graph.nodes[node].args else graph

    return on_each(key, former, change)


def former_use_edit(key: str, former: Mapping[NodeId, Node], name: str) -> Edit:
    """Return the edit that gives each of some nodes back its copies or its condition."""

    def change(graph: Graph, node: NodeId) -> Graph:
        before = former[node]
        if name == "when":
            return set_when(graph, node, before.when)
        return set_repeat(graph, node, before.repeat)

    return on_each(key, former, change)


def name_edit(key: str, node: NodeId, name: str) -> Edit:
    """Return the edit that renames a node."""
    return on_each(key, (node,), lambda graph, each: rename_node(graph, each, name))


def promote_edit(key: str, node: NodeId, name: str, parameter: Parameter) -> Edit:
    """Return the edit that makes an argument a parameter of the block around."""
    return lambda project: promote(project, key, node, name, parameter)


def freeze_edit(key: str, ids: Iterable[NodeId], frozen: bool) -> Edit:
    """Return the edit that keeps all weights of some nodes from learning, or lets them."""
    addresses = (ALL,) if frozen else ()
    return on_each(key, ids, lambda graph, node: set_freeze(graph, node, addresses))


def silence_edit(key: str, node: NodeId, rule: str, silent: bool) -> Edit:
    """Return the edit that has a rule not reported on a node, or reported again."""

    def change(graph: Graph, each: NodeId) -> Graph:
        if each not in graph.nodes:
            raise EditError(f"There is no node {each} in this graph.")
        others = tuple(r for r in graph.nodes[each].silence if r != rule)
        return set_silence(graph, each, (*others, RuleId(rule)) if silent else others)

    return on_each(key, (node,), change)


def repeat_edit(key: str, ids: Iterable[NodeId], count: Said, shared: bool | None = None) -> Edit:
    """Return the edit that chains copies of nodes; one copy is no repeat."""
    number = count if isinstance(count, int | Expr) else 1
    return on_each(key, ids, lambda graph, node: set_copies(graph, node, number, shared))


def when_edit(key: str, ids: Iterable[NodeId], when: Said) -> Edit:
    """Return the edit that says when nodes work; where nothing is said, always."""
    condition = when if isinstance(when, Expr) else None
    return on_each(key, ids, lambda graph, node: set_when(graph, node, condition))
