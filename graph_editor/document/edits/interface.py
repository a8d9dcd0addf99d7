"""Edits of what a block shows outside, as one asks for them: new, one further up, promoted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias, TypeVar

from graph_editor.document.addresses import MAIN
from graph_editor.document.edits.blocks import (
    add_parameter,
    add_port,
    reorder_parameters,
    reorder_ports,
)
from graph_editor.document.edits.checks import node_of
from graph_editor.document.edits.error import EditError
from graph_editor.document.edits.nodes import set_argument
from graph_editor.document.edits.projects import block_at, in_block
from graph_editor.document.edits.scopes import RESERVED, names_used
from graph_editor.document.ids import IdSource
from graph_editor.document.model import Block, Expr, Node, NodeId, Parameter, Project

Side: TypeAlias = Literal["inputs", "outputs"]
SPECS: dict[Side, tuple[str, str]] = {"inputs": ("io.input", "x"), "outputs": ("io.output", "y")}
"""The node of a port of each side, and what a new one is called."""
Item = TypeVar("Item")


def promote(
    project: Project, key: str, node_id: NodeId, argument: str, parameter: Parameter
) -> Project:
    """Make an argument of an inner node a parameter of its block, which is given where it is used.

    Every use has the parameter's default, so that nothing changes yet. The parameter gets a number
    where its name is taken. Raises EditError in the main graph, and where a formula stands already.
    """
    if key == MAIN:
        raise EditError("Only what is inside a block can become a parameter of it.")
    block = block_at(project, key)
    said = node_of(block.graph, node_id).args.get(argument)
    if isinstance(said, Expr):
        raise EditError(f"{argument} is a formula already: ={said.text}.")
    name = free_name(parameter.name, _names_in(block))
    project = add_parameter(project, key, replace(parameter, name=name))
    return in_block(project, key, lambda g: set_argument(g, node_id, argument, Expr(name)))


def new_parameter(project: Project, key: str) -> Project:
    """Add a parameter to a block, a whole number until it is told otherwise."""
    if key == MAIN:
        raise EditError("Only a block has parameters; this is the main graph.")
    name = free_name("size", _names_in(block_at(project, key)))
    return add_parameter(project, key, Parameter(name, "int", 1))


def new_port(project: Project, key: str, side: Side, ids: IdSource) -> Project:
    """Add an input or an output to a block."""
    if key == MAIN:
        raise EditError("Only a block has ports; place an Input or Output node in the main graph.")
    block = block_at(project, key)
    spec, stem = SPECS[side]
    taken = {node.name for node in block.graph.nodes.values() if node.spec == spec}
    node_id = NodeId(ids.fresh(stem, {*block.graph.nodes, *(p.name for p in block.parameters)}))
    return add_port(project, key, node_id, Node(spec, free_name(stem, taken, "")))


def move_parameter(project: Project, key: str, name: str, step: int) -> Project:
    """Put a parameter so many places further down, or up where the step is negative."""
    names = [parameter.name for parameter in block_at(project, key).parameters]
    if name not in names:
        raise EditError(f"There is no parameter {name}.")
    return reorder_parameters(project, key, moved(names, name, step))


def move_port(project: Project, key: str, side: Side, node_id: NodeId, step: int) -> Project:
    """Put an input or output so many places further down, or up where the step is negative."""
    listed: tuple[NodeId, ...] = getattr(block_at(project, key), side)
    if node_id not in listed:
        raise EditError(f"{node_id} is none of the {side} of this block.")
    order = moved(listed, node_id, step)
    if side == "inputs":
        return reorder_ports(project, key, inputs=order)
    return reorder_ports(project, key, outputs=order)


def moved(items: Sequence[Item], item: Item, step: int) -> list[Item]:
    """Return items with one of them so many places further on, as far as there are places."""
    rest = [each for each in items if each != item]
    at = min(max(items.index(item) + step, 0), len(rest))
    return [*rest[:at], item, *rest[at:]]


def _names_in(block: Block) -> set[str]:
    """Return the names that mean something inside a block, or may not mean anything."""
    used = {name for node in block.graph.nodes.values() for name in names_used(node)}
    return {p.name for p in block.parameters} | set(block.inputs) | used | RESERVED


def free_name(name: str, taken: Collection[str], between: str = "_") -> str:
    """Return a name, with a number where it is taken."""
    number, made = 1, name
    while made in taken:
        number += 1
        made = f"{name}{between}{number}"
    return made
