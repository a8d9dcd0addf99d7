"""Custom functions that the training calls outside of the model: losses mostly, out of model.py."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.model_custom import piece_called
from codegen.train_parts import Parts
from codegen.training_limits import MODULE_OUTSIDE
from codegen.written import CannotWrite
from graph_editor.document.model import NodeId


def functions_called(parts: Parts) -> dict[str, NodeId]:
    """Return the functions of custom code that the step calls, each with the first node of it.

    Raises CannotWrite for a module: what it owns would be neither moved to the device nor trained.
    """
    found: dict[str, NodeId] = {}
    for node in parts.plan.nodes:
        spec = parts.spec(node)
        if piece_called(spec) and spec.kind == "nn":
            raise CannotWrite(node, *MODULE_OUTSIDE)
        if piece_called(spec):
            found.setdefault(spec.callee, node)
    return found


def check_functions(text: str, functions: Mapping[str, NodeId]) -> None:
    """Raise CannotWrite where a file has another meaning for the name of a function."""
    if not functions:
        return
    tree = ast.parse(text)
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    bound = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    for name in sorted(functions.keys() & (defined | bound)):
        feature = f"a function called {name}, which means something else in train.py"
        raise CannotWrite(functions[name], feature, "Give the code another name.")
