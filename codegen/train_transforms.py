"""Transforms of data: statements of data.py that are fitted on the training part alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from codegen.data import source_code
from codegen.data_source import SourceCode
from codegen.names import fresh, slug
from codegen.training_plan import Plan
from codegen.written import CannotWrite
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Address, Arg, FrozenMap, Graph, Node, NodeId, Project

Fitted = Callable[[NodeId, Node, str, str, int], tuple[str, ...]]
"""Makes a transform's statements from what it reads, what it makes, and the number of axes."""


def with_transforms(
    project: Project, plan: Plan, verdict: Verdict, source_id: NodeId
) -> SourceCode:
    """Return a source whose tensors are transformed as the drawing says. Raises CannotWrite."""
    graph = project.main.graph
    source = source_code(Address(source_id), graph.nodes[source_id])
    transforms = [n for n in plan.transforms if plan.transformed[n].node == source_id]
    if not transforms:
        return source
    tensors, returns = dict(source.tensors), source.returns
    lines: list[tuple[str, NodeId]] = []
    scaled = list(source.scaled)
    for node_id in transforms:
        node, port = graph.nodes[node_id], plan.transformed[node_id]
        rule = RULES.get(node.spec)
        if rule is None:
            raise CannotWrite(
                node_id, f"{node.spec} has no code yet", f"Use {' or '.join(sorted(RULES))}"
            )
        if port.port not in tensors:
            ports = ", ".join(source.tensors)
            feature = f"{port.port} is read, which this source does not give"
            raise CannotWrite(source_id, feature, f"Wire one of {ports}")
        given, alone = tensors[port.port], _readers(graph, node_id) == {node_id}
        made = given if alone else fresh(slug(node.name) or WORDS[node.spec], tensors.values())
        known = verdict.types.get(f"{node_id}.output")
        axes = len(known.shape) if known is not None else 2
        texts = [*rule(node_id, node, given, made, axes), *_scale(given, made, given in scaled)]
        lines += [(line, node_id) for line in texts]
        scaled.append(made)
        returns += "" if alone else f", {made} as {given}, but {WORDS[node.spec]}"
        tensors = _with(tensors, port.port, node_id, made, alone)
    return replace(
        source,
        tensors=FrozenMap(tensors),
        transformed=tuple(lines),
        rescaled=tuple(scaled),
        returns=returns,
    )


def _scale(given: str, made: str, was_scaled: bool) -> list[str]:
    """Return the statements that note how a tensor was scaled, from what it was as it was read."""
    if not was_scaled:
        return [f'scales["{made}"] = mean, deviation']
    before = f'first, spread = scales["{given}"]'
    return [before, f'scales["{made}"] = first + mean * spread, deviation * spread']


def _readers(graph: Graph, node_id: NodeId) -> set[NodeId]:
    """Return the nodes that read what a transform reads."""
    read = next(s for t, s in graph.wires.items() if t.node == node_id)
    return {target.node for target, source in graph.wires.items() if source == read}


def _with(
    tensors: Mapping[str, str], port: str, node_id: NodeId, made: str, alone: bool
) -> dict[str, str]:
    """Return tensors with a new one, in the place of the old one if nothing else reads that."""
    found: dict[str, str] = {}
    for key, name in tensors.items():
        if key == port:
            found[node_id] = made  # before what it is made of: sources count the last tensor's rows
        if key != port or not alone:
            found[key] = name
    return found


def _standardize(_id: NodeId, _node: Node, given: str, made: str, _axes: int) -> tuple[str, ...]:
    return (
        f"mean = {given}[train].mean(dim=0)",
        f"deviation = {given}[train].std(dim=0, correction=0).clamp(min=1e-12)",
        f"{made} = ({given} - mean) / deviation",
    )


def _normalize(node_id: NodeId, node: Node, given: str, made: str, axes: int) -> tuple[str, ...]:
    mean, deviation = node.args.get("mean", 0.0), node.args.get("std", 1.0)
    if not isinstance(mean, tuple) and not isinstance(deviation, tuple):
        numbers = [_number(node_id, value) for value in (mean, deviation)]
        return (
            f"mean, deviation = torch.tensor({numbers[0]}), torch.tensor({numbers[1]})",
            f"{made} = ({given} - mean) / deviation",
        )
    shape = ", ".join(["-1", *["1"] * (axes - 2)])
    lines = [
        f"{word} = torch.tensor({_list(node_id, value)}).view({shape})"
        for word, value in (("mean", mean), ("deviation", deviation))
    ]
    return (*lines, f"{made} = ({given} - mean) / deviation")


def _list(node_id: NodeId, value: Arg) -> str:
    items: Iterable[Arg] = value if isinstance(value, tuple) else (value,)
    return f"[{', '.join(_number(node_id, item) for item in items)}]"


def _number(node_id: NodeId, value: Arg) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotWrite(node_id, "mean or std is not a number", "Give numbers")
    text = repr(float(value))
    if "n" in text:
        raise CannotWrite(node_id, "mean or std is not finite", "Give other numbers")
    return f"({text})" if value < 0 else text


RULES: dict[str, Fitted] = {
    "transform.normalize": _normalize,
    "transform.standardize": _standardize,
}
WORDS = {"transform.normalize": "normalized", "transform.standardize": "standardized"}
