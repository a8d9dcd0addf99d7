"""Edits of custom code that take along the nodes which use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph_editor.document.edits.projects import set_code
from graph_editor.document.model import Code, FrozenMap, Graph, InPort, OutPort, PortPath, Project


def change_code(project: Project, code_id: str, code: Code) -> Project:
    """Add or change a piece; wires follow ports that were renamed, and go with those that are gone.

    A port counts as renamed where another name stands in its place and there are as many as before.
    """
    before = project.code.get(code_id)
    changed = set_code(project, code_id, code)
    if before is None or (before.inputs, before.outputs, before.parameters) == (
        code.inputs,
        code.outputs,
        code.parameters,
    ):
        return changed
    inputs, outputs = _heirs(before.inputs, code.inputs), _heirs(before.outputs, code.outputs)
    known = {p.name for p in code.parameters}
    gone = {p.name for p in before.parameters} - known
    spec = f"code.{code_id}"
    for key in ("main", *changed.blocks):
        block = changed.block(key)
        if any(node.spec == spec for node in block.graph.nodes.values()):
            graph = _followed(block.graph, spec, inputs, outputs, gone)
            changed = changed.with_block(key, replace(block, graph=graph))
    return changed


def _heirs(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """Return what ports are called now, by what they were called; gone ones are left out."""
    kept = {name: name for name in before if name in after}
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        kept |= {old: new for old, new in pairs if old not in kept and new not in kept}
    return kept


def _followed(
    graph: Graph,
    spec: str,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    gone: set[str],
) -> Graph:
    users = {key for key, node in graph.nodes.items() if node.spec == spec}
    wires: dict[InPort, OutPort] = {}
    for end, start in graph.wires.items():
        into = inputs.get(end.port) if end.node in users else end.port
        out = outputs.get(start.port) if start.node in users else start.port
        if into is not None and out is not None:
            wires[InPort(end.node, PortPath(into))] = OutPort(start.node, out)
    nodes = graph.nodes
    for key in users:
        dropped = gone & nodes[key].args.keys()
        if dropped:
            nodes = nodes.set(key, replace(nodes[key], args=nodes[key].args.without(*dropped)))
    return replace(graph, nodes=nodes, wires=FrozenMap(wires))
