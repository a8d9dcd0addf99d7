"""``x += y`` as ``x = x + y``, where nobody can tell the two apart.

Torch changes the memory of x then, and so all that lies in it: what x is called elsewhere, what it
was made from without a copy, what was made so from it, and what the backward pass still needs. It
is read only where x is new memory that none of these share; else the longer form says it plainly.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.reading.drawing import Sketch
from codegen.reading.memory import FRESH
from codegen.reading.problems import NotRead, shown
from codegen.reading.values import Clone, Value
from graph_editor.document.model import NodeId, OutPort


def spelled_out(statement: ast.AugAssign, known: Mapping[str, Value], sketch: Sketch) -> ast.Assign:
    """Return the statement that sets the name anew. Raises NotRead."""
    target = statement.target
    name = target.id if isinstance(target, ast.Name) else ""
    value = known.get(name)
    if not isinstance(value, OutPort) or not _is_alone(name, value, known, sketch):
        words = f"{shown(statement)} changes a value in place, which others may share; "
        raise NotRead(statement, words + f"write {_longer(statement)}")
    before = ast.copy_location(ast.Name(name, ast.Load()), target)
    whole = ast.copy_location(ast.BinOp(before, statement.op, statement.value), statement)
    return ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], whole), statement)


def _longer(statement: ast.AugAssign) -> str:
    whole = ast.BinOp(statement.target, statement.op, statement.value)
    return shown(ast.Assign([statement.target], whole, lineno=1))


def _is_alone(name: str, value: OutPort, known: Mapping[str, Value], sketch: Sketch) -> bool:
    """Whether a value is in memory of its own, and nothing else is."""
    others = {key: each for key, each in known.items() if key != name}
    if any(_source(each) == value for each in others.values()):
        return False
    readers = [n for n, wires in sketch.wires.items() if value in wires.values()]
    return all(_is_fresh(node, sketch) for node in (value.node, *readers)) and not any(
        sketch.nodes[reader].spec.startswith(SAVING) for reader in readers
    )


SAVING = (
    "nn.", "op.mul", "op.truediv", "op.matmul", "torch.bmm", "F.linear",
)  # fmt: skip
"""How the specs begin that keep what they read for the backward pass."""


def _is_fresh(node: NodeId, sketch: Sketch) -> bool:
    found = sketch.nodes[node]
    return found.spec.startswith(FRESH) and found.when is None and found.repeat is None


def _source(value: Value) -> OutPort | None:
    if isinstance(value, Clone):
        return value.source
    return value if isinstance(value, OutPort) else None
