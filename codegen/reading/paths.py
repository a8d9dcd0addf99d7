"""Attribute paths of the code (``self.blocks[2].conv.weight``) as addresses of the drawing."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from codegen.reading.members import Member, ReadClass
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import whole_number
from graph_editor.document.model import NodeId

CHAIN = ""
"""What the one chain of a class that is a Sequential is called: its layers are ``self[0]`` ..."""
WEIGHTS = ("param.tensor", "buffer.tensor")


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a path leads: the nodes on the way, the spec at its end, and what is left of it."""

    steps: tuple[str, ...]
    spec: str
    left: tuple[str, ...]

    @property
    def address(self) -> str:
        """The nodes as an address writes them."""
        return "/".join(self.steps)


def steps_of(node: ast.expr, loops: Mapping[str, ast.expr]) -> list[str]:
    """Return the attributes and numbers of a path from self. Raises NotRead.

    The variable of a loop over copies stands for the copies, with no number.
    """
    steps: list[str] = []
    at: ast.expr = node
    for _ in range(1000):
        if isinstance(at, ast.Attribute):
            steps.append(at.attr)
            at = at.value
        elif isinstance(at, ast.Subscript):
            index = whole_number(at.slice)
            if index is None or index < 0:
                break
            steps.append(str(index))
            at = at.value
        elif isinstance(at, ast.Name) and at.id in loops:
            at = loops[at.id]
        elif isinstance(at, ast.Name) and at.id == "self":
            return steps[::-1]
        else:
            break
    raise NotRead(node, f"{shown(node)} is no layer and no weight of self")


def reach(
    code: ast.AST, steps: list[str], made: ReadClass, classes: Mapping[str, ReadClass]
) -> Reached:
    """Follow a path from a class downwards. Raises NotRead where it leads nowhere."""
    found: list[str] = []
    spec, left = "", list(steps)
    while left:
        member = made.members.get(CHAIN if left[0].isdecimal() else left[0])
        if member is None:
            break
        if not left[0].isdecimal():
            left.pop(0)
        node, layer_spec = _node(code, member, left)
        spec = layer_spec
        copies = next((la.count for la in member.layers if la.count is not None), None)
        if copies is not None and not member.is_chain and left and left[0].isdecimal():
            node += f"[{left.pop(0)}]"
        found.append(node)
        if not spec.startswith("block."):
            break
        made = classes[spec[6:]]
    if not found:
        raise NotRead(code, f"self.{'.'.join(steps)} leads to nothing that was made before")
    return Reached(tuple(found), spec, tuple(left))


def _node(code: ast.AST, member: Member, left: list[str]) -> tuple[str, str]:
    """Return the node that an attribute, or a place in a chain, stands for, and its spec."""
    place = 0
    if member.is_chain:
        if not _is_even(member):
            words = f"self.{member.name} has chains or copies inside: their places count otherwise"
            raise NotRead(code, words)
        if not left or not left[0].isdecimal() or int(left[0]) >= len(member.layers):
            raise NotRead(code, f"self.{member.name} is a chain: say which of its layers")
        place = int(left.pop(0))
    if not member.calls:
        raise NotRead(code, f"self.{member.name} is never used")
    node: NodeId = member.calls[0][place]
    return node, member.layers[place].spec


def _is_even(member: Member) -> bool:
    """Whether the layers of a chain are what its call is given, one by one."""
    call = member.code
    is_plain = isinstance(call, ast.Call) and len(call.args) == len(member.layers)
    return is_plain and all(layer.count is None for layer in member.layers)
