"""What training code is not written for yet, each with its reason and the way out."""

from __future__ import annotations

from codegen.limits import CALLS, check_fields, check_shared, check_wires
from codegen.written import CannotWrite
from graph_editor.catalogue.order import Lookup, incoming, regions
from graph_editor.catalogue.run_settings import COUNTS, LOOKS, SWITCHES
from graph_editor.document import expressions
from graph_editor.document.model import Address, Arg, FrozenMap, Node, NodeId, Project

KINDS = {
    "call": ("a call of an unknown library is not supported", "Use a node of the catalogue"),
}


def check_run(run: FrozenMap[str, Arg]) -> None:
    """Raise CannotWrite for a run setting that train.py cannot follow."""
    for name, value in run.items():
        known = COUNTS.get(name) or SWITCHES.get(name) or LOOKS.get(name)
        if known is None:
            raise CannotWrite("run", f"the setting {name} is unknown here", "Remove it")
        if not known.allows(value):
            raise CannotWrite(
                "run", f"the setting {name} = {value!r} cannot be", f"Say {known.text()}"
            )


def check_node(project: Project, node_id: NodeId, lookup: Lookup) -> None:
    """Raise CannotWrite for a node of the step or the data part that train.py cannot follow."""
    node, spec = project.main.graph.nodes[node_id], lookup(project.main.graph.nodes[node_id].spec)
    if spec is None:
        raise CannotWrite(node_id, f"{node.spec} is unknown here", "Replace the node")
    if node.kind in KINDS:
        raise CannotWrite(node_id, *KINDS[node.kind])
    if node.weights is not None and node.weights.start and node.kind not in ("nn", "block"):
        raise CannotWrite(node_id, "start weights on what is no module", "Remove them")
    if node.weights is not None and node.weights.follows and node.kind not in ("nn", "block"):
        raise CannotWrite(
            node_id, "a copy that follows other weights and is no module", "Remove it"
        )
    if node.repeat is not None:
        raise CannotWrite(
            node_id, "repeat on a node outside the model is not supported yet", "Remove its repeat"
        )
    if node.when is not None:
        _check_when(node_id, node)
    check_fields(Address(node_id), node, spec)
    check_wires(Address(node_id), node, spec, incoming(project.main.graph)[node_id])
    _check_shared(project, node_id, lookup)


def _check_when(node_id: NodeId, node: Node) -> None:
    """Refuse a condition that is not of the mode alone, or on what is no step."""
    assert node.when is not None
    try:
        asked = expressions.names(expressions.parse(node.when.text))
    except expressions.ExpressionError as problem:
        raise CannotWrite(node_id, f"when: {problem}", "Write =training") from None
    if set(asked) - {"training"} or node.kind not in CALLS:
        raise CannotWrite(
            node_id,
            "when on a node outside the model, but for the mode of a computation",
            "Write =training, or remove it",
        )


def _check_shared(project: Project, node_id: NodeId, lookup: Lookup) -> None:
    """Refuse a second call of a module that train.py does not make."""
    graph = project.main.graph
    weights = graph.nodes[node_id].weights
    owner = weights.same_as if weights is not None else None
    if owner is None or owner == node_id:
        return
    if owner not in graph.nodes:
        raise CannotWrite(node_id, f"{owner} is gone, whose module it shares", "Choose it anew")
    check_shared(Address(node_id), graph, graph.nodes[node_id], owner, lookup)
    if owner not in regions(project.main, lookup).step:
        raise CannotWrite(
            node_id,
            f"it shares the module of {owner}, which is not used outside the model",
            "Lead its result through an output node, so that it becomes part of the model",
        )
