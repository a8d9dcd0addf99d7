"""Edits that send targets through a layer with weights, where they go into a loss.

Such a layer learns what the model is to learn: one behind the labels hands the loss whatever makes
it small, and one behind what targets and predictions differ by makes it as small as you like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph_editor.checking.doubtful import LAYERS
from graph_editor.checking.walk import ELEMENTWISE, POOLS, RESHAPES
from graph_editor.document.model import (
    Graph,
    InPort,
    Name,
    Node,
    NodeId,
    OutPort,
    PortPath,
    Project,
)

_WEIGHTLESS = ELEMENTWISE | POOLS | RESHAPES
LABELS = ("int64", "int32", "uint8")


def learns_targets(before: Project, after: Project) -> bool:
    """Whether a layer that an edit puts in stands on the way of targets into a loss.

    Targets are data that no input of the model brings, and labels of a loss that one brings.
    """
    old, new = before.main.graph, after.main.graph
    return any(
        _comes_of(new, key, lambda id_: _are_targets(new, id_))
        and _leads_to(new, key, lambda id_: new.nodes[id_].kind == "optim")
        for key, node in new.nodes.items()
        if key not in old.nodes and node.spec in LAYERS
    )


def _are_targets(graph: Graph, id_: NodeId) -> bool:
    node = graph.nodes[id_]
    if node.spec != "io.input":
        return node.kind == "data"
    said, source = node.args.get("dtype"), graph.wires.get(InPort(id_, PortPath("input")))
    return isinstance(said, Name) and said.text in LABELS and _is_target(graph, source)


def _is_target(graph: Graph, source: OutPort | None) -> bool:
    """Whether a loss takes an output for its target."""
    ends = (target for target, start in graph.wires.items() if start == source)
    return any(str(e.port) == "target" and graph.nodes[e.node].kind == "nn" for e in ends)


def _comes_of(graph: Graph, start: NodeId, is_meant: Callable[[NodeId], bool]) -> bool:
    def before(id_: NodeId) -> Iterator[NodeId]:
        return (source.node for target, source in graph.wires.items() if target.node == id_)

    return _reaches(graph, start, before, is_meant)


def _leads_to(graph: Graph, start: NodeId, is_meant: Callable[[NodeId], bool]) -> bool:
    def behind(id_: NodeId) -> Iterator[NodeId]:
        return (target.node for target, source in graph.wires.items() if source.node == id_)

    return _reaches(graph, start, behind, is_meant)


def _reaches(
    graph: Graph,
    start: NodeId,
    step: Callable[[NodeId], Iterator[NodeId]],
    is_meant: Callable[[NodeId], bool],
) -> bool:
    """Whether steps from a node come to one that is meant, past no layer and no input."""
    seen, left = {start}, [start]
    while left:
        fresh = set(step(left.pop())) - seen
        if any(map(is_meant, fresh)):
            return True
        seen |= fresh
        left += (id_ for id_ in fresh if not _may_learn(graph.nodes[id_]))
    return False


def _may_learn(node: Node) -> bool:
    """Whether a node may have weights, or is an input of the model."""
    if node.kind == "nn":
        return not node.spec.endswith("Loss") and node.spec not in _WEIGHTLESS
    return node.kind in ("block", "code", "data") or node.spec == "io.input"
