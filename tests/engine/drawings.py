"""Small projects for the engine's tests, written as short as they can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph_editor.document.files import loads
from graph_editor.document.model import FrozenMap, Project


def node(spec: str, wires: str | Mapping[str, str] = "", **args: Any) -> dict[str, Any]:
    """Return a node in file form; a wire alone feeds ``input``, and ``x`` means ``x.output``."""
    fed = {"input": wires} if isinstance(wires, str) and wires else wires or {}
    entry: dict[str, Any] = {"spec": spec}
    for field in ("repeat", "when", "freeze", "weights", "silence"):
        if field in args:
            entry[field] = args.pop(field)
    if args:
        entry["args"] = args
    if fed:
        entry["in"] = {k: v if "." in v else f"{v}.output" for k, v in dict(fed).items()}
    return entry


def chain(*steps: dict[str, Any], shape: tuple[Any, ...] = ("=B", 8)) -> dict[str, Any]:
    """Return nodes ``x``, ``n0``, ``n1`` ..., ``y``, each fed by the one before."""
    nodes = {"x": node("io.input", shape=list(shape))}
    last = "x"
    for index, step in enumerate(steps):
        step.setdefault("in", {"input": f"{last}.output"})
        nodes[last := f"n{index}"] = step
    nodes["y"] = node("io.output", last)
    return nodes


def project(
    nodes: Mapping[str, Any],
    blocks: Mapping[str, Any] | None = None,
    run: Mapping[str, Any] | None = None,
    **main: Any,
) -> Project:
    """Return a project from nodes in file form; inputs and outputs in order of id."""
    import json

    def block(entry: Mapping[str, Any]) -> dict[str, Any]:
        found = {"nodes": dict(entry["nodes"]), **entry}
        for field, spec in (("inputs", "io.input"), ("outputs", "io.output")):
            ids = [n for n, v in entry["nodes"].items() if v["spec"] == spec]
            found.setdefault(field, ids)
        return found

    text = {
        "format": "netwright",
        "format_version": 1,
        "min_reader": 1,
        "main": block({"name": "Main", "nodes": nodes, **main}),
        "blocks": {k: {"name": k.title(), **block(v)} for k, v in (blocks or {}).items()},
        "run": dict(run or {}),
    }
    return loads(json.dumps(text)).project


def training(nodes: Mapping[str, Any], logits: str = "y", source: str = "data.digits") -> dict:
    """Return nodes with a loss and an optimizer laid on an output, and labels from a source."""
    return {
        **nodes,
        "data": node(source),
        "loss": node("nn.CrossEntropyLoss", {"input": logits, "target": "data.label"}),
        "adam": node("optim.AdamW", {"losses[0]": "loss"}),
    }


def with_argument(before: Project, node_id: str, name: str, value: Any) -> Project:
    """Return the project with one argument of one node of the main graph changed."""
    from dataclasses import replace

    graph = before.main.graph
    changed = replace(
        graph.nodes[node_id], args=FrozenMap({**graph.nodes[node_id].args, name: value})
    )
    graph = replace(graph, nodes=graph.nodes.set(node_id, changed))
    return before.with_block("main", replace(before.main, graph=graph))
