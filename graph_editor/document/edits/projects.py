"""Edits of a whole project: within one block and with all that follows from it; run settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from graph_editor.document.addresses import MAIN, block_of, leaving, rewrite
from graph_editor.document.edits.checks import (
    check_argument,
    check_id,
    check_identifier,
    check_text,
)
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.nodes import remove_nodes, stand_ins_of
from graph_editor.document.edits.placing import follow_graph
from graph_editor.document.edits.wires import disconnect_all, dissolve
from graph_editor.document.model import (
    Arg,
    Block,
    BlockId,
    Code,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Project,
)


def block_at(project: Project, key: str) -> Block:
    """Return the block called key; ``main`` is the main graph. Raises EditError."""
    if key != MAIN and BlockId(key) not in project.blocks:
        raise EditError(f"There is no block {key} in this project.")
    return project.block(key)


def keys_of(project: Project) -> tuple[str, ...]:
    """Return the keys of all graphs, the main one first."""
    return (MAIN, *project.blocks)


def instances_of(project: Project, block: str) -> dict[str, list[NodeId]]:
    """Return the instances of a block, by the graph they are in."""
    found = {}
    for key in keys_of(project):
        nodes = project.block(key).graph.nodes
        if here := [node_id for node_id, node in nodes.items() if block_of(node) == block]:
            found[key] = sorted(here)
    return found


def in_block(project: Project, key: str, edit: Callable[[Graph], Graph]) -> Project:
    """Apply an edit to one graph of the project, and do everywhere else what follows from it.

    New ``io`` nodes join the block's interface, those that went leave it and its instances lose
    their wires there; mentions of removed nodes are dropped; the layout follows.
    """
    block = block_at(project, key)
    before, graph = block.graph, edit(block.graph)
    if graph is before:
        return project
    if graph.nodes is before.nodes:
        made = project.with_block(key, replace(block, graph=graph))
        return follow_graph(made, key, before, graph)
    changed = graph.nodes.changed_from(before.nodes)
    _check_containment(project, key, graph, changed)
    inputs = _interface(block.inputs, "io.input", before, graph, changed)
    outputs = _interface(block.outputs, "io.output", before, graph, changed)
    made = project.with_block(key, replace(block, graph=graph, inputs=inputs, outputs=outputs))
    ports = (set(block.inputs) - set(inputs)) | (set(block.outputs) - set(outputs))
    if ports and key != MAIN:
        made = _without_ports(made, key, ports)
    gone = set(before.nodes) - set(graph.nodes)
    if gone:
        made = rewrite(made, leaving(key, stand_ins_of(before, gone)))
    return follow_graph(made, key, before, graph)


def _interface(
    listed: tuple[NodeId, ...], spec: str, before: Graph, after: Graph, changed: list[NodeId]
) -> tuple[NodeId, ...]:
    """Return one side of a block after an edit: what left is out, what is new comes last."""
    nodes = after.nodes
    had = {key for key in listed if before.nodes.get(key) is nodes.get(key)}
    kept = tuple(k for k in listed if k in had or (k in nodes and nodes[k].spec == spec))
    added = [
        key
        for key in changed
        if nodes[key].spec == spec
        and key not in kept
        and (key not in before.nodes or before.nodes[key].spec != spec)
    ]
    return (*kept, *added) if added or len(kept) != len(listed) else listed


def _without_ports(project: Project, block: str, ports: set[NodeId]) -> Project:
    for key, nodes in instances_of(project, block).items():
        project = in_block(project, key, lambda graph, n=nodes: _unplugged(graph, set(n), ports))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    return project


def _unplugged(graph: Graph, instances: set[NodeId], ports: set[NodeId]) -> Graph:
    """Return the graph without the wires of instances at ports that are no more."""
    names: set[str] = set(ports)
    lost = [
        end
        for end, start in graph.wires.items()
        if (end.node in instances and end.port in names)
        or (start.node in instances and start.port in names)
    ]
    if lost:
        graph = disconnect_all(graph, lost)
    nodes = {key: _without_axes(graph.nodes[key], names) for key in instances}
    changed = {key: node for key, node in nodes.items() if node is not graph.nodes[key]}
    return replace(graph, nodes=graph.nodes.merged(changed)) if changed else graph


def _without_axes(node: Node, ports: set[str]) -> Node:
    repeat = node.repeat
    if repeat is None or not ports & {*repeat.over, *repeat.stack}:
        return node
    over, stack = repeat.over.without(*ports), repeat.stack.without(*ports)
    return replace(node, repeat=replace(repeat, over=over, stack=stack))


def _check_containment(project: Project, key: str, graph: Graph, changed: list[NodeId]) -> None:
    """Raise EditError where the block called key would come to contain itself."""
    if key == MAIN:
        return
    for node_id in changed:
        used = block_of(graph.nodes[node_id])
        if used == key:
            raise EditError(f"The block {_called(project, key)} would contain itself.")
        if used and key in blocks_below(project, used):
            name, other = _called(project, key), _called(project, used)
            raise EditError(f"The block {name} would contain itself: {other} uses it.")


def _called(project: Project, key: str) -> str:
    """Return what people call a block, in quotation marks."""
    block = project.blocks.get(BlockId(key))
    return f"“{block.name or key}”" if block is not None else f"“{key}”"


def blocks_below(project: Project, block: str) -> set[str]:
    """Return the ids of the blocks that a block uses, at any depth."""
    found: set[str] = set()
    waiting = [block]
    while waiting:
        key = BlockId(waiting.pop())
        if key in project.blocks:
            used = {block_of(node) for node in project.blocks[key].graph.nodes.values()} - {""}
            waiting += used - found
            found |= used
    return found


def delete(project: Project, key: str, ids: Iterable[NodeId]) -> Project:
    """Remove nodes from one graph, with every mention of them in the project."""
    return in_block(project, key, lambda graph: remove_nodes(graph, ids))


def dissolve_nodes(project: Project, key: str, ids: Iterable[NodeId]) -> Project:
    """Delete nodes of one graph and heal the wires that they stood in."""

    def edit(graph: Graph) -> Graph:
        for node_id in sorted(set(ids)):
            graph = dissolve(graph, node_id)
        return graph

    return in_block(project, key, edit)


def set_run(project: Project, name: str, value: Arg) -> Project:
    """Set a run setting: epochs, seed, precision ..."""
    check_text(name, "A run setting's name")
    check_argument(value)
    return replace(project, run=project.run.set(name, value))


def unset_run(project: Project, name: str) -> Project:
    """Let a run setting have its default again."""
    if name not in project.run:
        raise EditError(f"There is no run setting {name}.")
    return replace(project, run=project.run.without(name))


def set_code(project: Project, code_id: str, code: Code) -> Project:
    """Add or change a piece of custom code; nothing of it is run."""
    check_id(code_id)
    check_text(code.text, "Custom code")
    for name in (*code.inputs, *code.outputs, *(p.name for p in code.parameters)):
        check_identifier(name, "a name of custom code")
    return replace(project, code=project.code.set(code_id, code))


def delete_code(project: Project, code_id: str) -> Project:
    """Delete a piece of custom code. Raises EditError where a node uses it."""
    if code_id not in project.code:
        raise EditError(f"There is no custom code {code_id} in this project.")
    for key in keys_of(project):
        for node_id, node in project.block(key).graph.nodes.items():
            if node.spec == f"code.{code_id}":
                raise EditError(f"{node_id} uses the code {code_id}; delete that node first.")
    return replace(project, code=project.code.without(code_id))


def set_extra_field(project: Project, name: str, value: object) -> Project:
    """Set a field of the project that this version does not know."""
    check_text(name, "A field's name")
    return replace(project, extra=project.extra.set(name, value))


def set_graph_extra(project: Project, key: str, extra: FrozenMap[str, object]) -> Project:
    """Replace the fields of a graph that this version does not know."""
    block = block_at(project, key)
    return project.with_block(key, replace(block, graph=replace(block.graph, extra=extra)))
