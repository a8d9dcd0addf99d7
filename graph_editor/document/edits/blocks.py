"""Edits of blocks: their parameters, their interface, and blocks as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from graph_editor.document.addresses import MAIN, block_of
from graph_editor.document.edits.checks import (
    check_argument,
    check_id,
    check_identifier,
    check_text,
    node_of,
)
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.nodes import add_node, remove_nodes
from graph_editor.document.edits.projects import block_at, blocks_below, in_block, instances_of
from graph_editor.document.edits.scopes import RESERVED, names_used, renamed_in
from graph_editor.document.edits.shelf import MARK
from graph_editor.document.file_read import PARAMETER_TYPES
from graph_editor.document.ids import IdSource
from graph_editor.document.model import (
    Block,
    BlockId,
    FrozenMap,
    Graph,
    Node,
    NodeId,
    Parameter,
    Project,
)


def add_block(project: Project, block_id: BlockId, block: Block | None = None) -> Project:
    """Add a block, an empty one unless it is given."""
    check_id(block_id)
    if block_id == MAIN or block_id in project.blocks:
        raise EditError(f"There is already a block {block_id} in this project.")
    made = Block(name=block_id) if block is None else block
    grown = project.with_block(block_id, made)
    if block_id in blocks_below(grown, block_id):
        raise EditError(f"The block {block_id} would contain itself.")
    return grown


def rename_block(project: Project, key: str, name: str) -> Project:
    """Change what the user calls a block; ``main`` is the main graph."""
    check_text(name, "A block's name")
    return project.with_block(key, replace(block_at(project, key), name=name))


def describe_block(project: Project, key: str, doc: str) -> Project:
    """Change the text that says what a block is for."""
    check_text(doc, "A block's text")
    return project.with_block(key, replace(block_at(project, key), doc=doc))


def set_block_extra(project: Project, key: str, extra: FrozenMap[str, object]) -> Project:
    """Replace the fields of a block that this version does not know."""
    return project.with_block(key, replace(block_at(project, key), extra=extra))


def delete_block(project: Project, block_id: BlockId, with_instances: bool = False) -> Project:
    """Delete a block. Raises EditError where it is used, unless its instances are to go too."""
    block_at(project, block_id)
    if block_id == MAIN:
        raise EditError("The main graph cannot be deleted.")
    used = instances_of(project, block_id)
    if used and not with_instances:
        key, nodes = next(iter(used.items()))
        raise EditError(f"The block {block_id} is used by {nodes[0]} in {key}.")
    for key, nodes in used.items():
        project = in_block(project, key, lambda graph, n=nodes: remove_nodes(graph, n))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    left, layout = project.blocks.without(block_id), project.layout.without(block_id)
    return replace(project, blocks=left, layout=layout)


def make_unique(
    project: Project, key: str, node_id: NodeId, ids: IdSource
) -> tuple[Project, BlockId]:
    """Give one instance a copy of its block, to be changed without the others."""
    node = node_of(block_at(project, key).graph, node_id)
    old = BlockId(block_of(node))
    if old not in project.blocks:
        raise EditError(f"{node_id} is no instance of a block of this project.")
    new = BlockId(ids.again(old, {*project.blocks, MAIN}))
    copied = project.blocks[old]  # it is a block of its own: no version of the library's
    project = project.with_block(new, replace(copied, extra=copied.extra.without(MARK)))
    if old in project.layout:
        project = replace(project, layout=project.layout.set(new, project.layout[old]))
    own = replace(node, spec=f"block.{new}")
    made = in_block(project, key, lambda g: replace(g, nodes=g.nodes.set(node_id, own)))
    return made, new


def _index_of(block: Block, name: str) -> int:
    for index, parameter in enumerate(block.parameters):
        if parameter.name == name:
            return index
    raise EditError(f"{block.name or 'The block'} has no parameter {name}.")


def _check_parameter(parameter: Parameter) -> None:
    check_identifier(parameter.name, "a parameter's name")
    if parameter.name in RESERVED:
        raise EditError(f"{parameter.name} has a meaning of its own and cannot be a parameter.")
    if parameter.type not in PARAMETER_TYPES:
        raise EditError(f"A parameter's type is one of {', '.join(PARAMETER_TYPES)}.")
    check_argument(parameter.default)
    check_text(parameter.doc, "A parameter's text")


def _check_free(block: Block, name: str) -> None:
    if any(parameter.name == name for parameter in block.parameters):
        raise EditError(f"There is already a parameter {name}.")
    if name in block.inputs:
        raise EditError(f"{name} is already an input of the block.")


def add_parameter(
    project: Project, key: str, parameter: Parameter, index: int | None = None
) -> Project:
    """Add a parameter to a block, last unless an index is given."""
    block = block_at(project, key)
    _check_parameter(parameter)
    _check_free(block, parameter.name)
    at = len(block.parameters) if index is None else index
    made = (*block.parameters[:at], parameter, *block.parameters[at:])
    return project.with_block(key, replace(block, parameters=made))


def change_parameter(project: Project, key: str, parameter: Parameter) -> Project:
    """Change the type, default or text of the parameter with that name."""
    block = block_at(project, key)
    _check_parameter(parameter)
    index = _index_of(block, parameter.name)
    made = (*block.parameters[:index], parameter, *block.parameters[index + 1 :])
    return project.with_block(key, replace(block, parameters=made))


def rename_parameter(project: Project, key: str, old: str, new: str) -> Project:
    """Rename a parameter: in the block, in its expressions and on every instance."""
    block = block_at(project, key)
    index = _index_of(block, old)
    if old == new:
        return project
    renamed = replace(block.parameters[index], name=new)
    _check_parameter(renamed)
    _check_free(block, new)
    for node_id, node in block.graph.nodes.items():
        if new in names_used(node):
            raise EditError(f"{new} already means something in {node_id}.")
    parameters = (*block.parameters[:index], renamed, *block.parameters[index + 1 :])
    graph = renamed_in(block.graph, old, new)
    project = project.with_block(key, replace(block, graph=graph, parameters=parameters))

    def argument(node: Node) -> Node:
        if old not in node.args:
            return node
        return replace(node, args=node.args.without(old).set(new, node.args[old]))

    return _on_instances(project, key, argument)


def remove_parameter(project: Project, key: str, name: str) -> Project:
    """Remove a parameter and what instances set it to. Raises EditError where it is in use."""
    block = block_at(project, key)
    index = _index_of(block, name)
    users = sorted(k for k, node in block.graph.nodes.items() if name in names_used(node))
    if users:
        raise EditError(f"{name} is used by {', '.join(users[:3])}.")
    left = (*block.parameters[:index], *block.parameters[index + 1 :])
    project = project.with_block(key, replace(block, parameters=left))

    def argument(node: Node) -> Node:
        return replace(node, args=node.args.without(name)) if name in node.args else node

    return _on_instances(project, key, argument)


def reorder_parameters(project: Project, key: str, names: Iterable[str]) -> Project:
    """Put the parameters of a block in another order."""
    block = block_at(project, key)
    by_name = {parameter.name: parameter for parameter in block.parameters}
    order = tuple(names)
    if sorted(order) != sorted(by_name):
        raise EditError("The new order must name every parameter once.")
    made = tuple(by_name[name] for name in order)
    return project.with_block(key, replace(block, parameters=made))


def _on_instances(project: Project, key: str, change: Callable[[Node], Node]) -> Project:
    for where, nodes in instances_of(project, key).items() if key != MAIN else ():
        graph = project.block(where).graph
        made = {k: change(graph.nodes[k]) for k in nodes}
        changed = {k: node for k, node in made.items() if node is not graph.nodes[k]}
        if changed:
            project = in_block(project, where, lambda g, c=changed: _merged(g, c))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    return project


def _merged(graph: Graph, nodes: dict[NodeId, Node]) -> Graph:
    return replace(graph, nodes=graph.nodes.merged(nodes))


def add_port(
    project: Project, key: str, node_id: NodeId, node: Node, index: int | None = None
) -> Project:
    """Add an input or output to a block: an ``io`` node, last unless an index is given."""
    if node.spec not in ("io.input", "io.output"):
        raise EditError(f"{node.spec} is no input and no output.")
    block = block_at(project, key)
    if any(parameter.name == node_id for parameter in block.parameters):
        raise EditError(f"{node_id} is already a parameter of the block.")
    project = in_block(project, key, lambda graph: add_node(graph, node_id, node))
    if index is None:
        return project
    side = "inputs" if node.spec == "io.input" else "outputs"
    order = [port for port in getattr(project.block(key), side) if port != node_id]
    order.insert(index, node_id)
    return reorder_ports(project, key, **{side: order})


def remove_port(project: Project, key: str, node_id: NodeId) -> Project:
    """Remove an input or output of a block; all its instances lose their wires there."""
    if not node_of(block_at(project, key).graph, node_id).spec.startswith("io."):
        raise EditError(f"{node_id} is no input and no output.")
    return in_block(project, key, lambda graph: remove_nodes(graph, [node_id]))


def reorder_ports(
    project: Project,
    key: str,
    inputs: Iterable[NodeId] | None = None,
    outputs: Iterable[NodeId] | None = None,
) -> Project:
    """Put the inputs or outputs of a block in another order; no wire changes."""
    block = block_at(project, key)
    enters = block.inputs if inputs is None else tuple(inputs)
    leaves = block.outputs if outputs is None else tuple(outputs)
    if sorted(enters) != sorted(block.inputs) or sorted(leaves) != sorted(block.outputs):
        raise EditError("The new order must name every port of that side once.")
    return project.with_block(key, replace(block, inputs=enters, outputs=leaves))
