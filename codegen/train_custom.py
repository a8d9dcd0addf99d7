"""Custom code that the training uses outside of the model: losses, critics, out of model.py."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.model_custom import piece_called
from codegen.train_parts import Parts
from codegen.written import CannotWrite
from graph_editor.document.model import NodeId


def pieces_used(parts: Parts) -> dict[str, NodeId]:
    """Return the functions and classes of custom code that the step uses, each with a node."""
    found: dict[str, NodeId] = {}
    for node in parts.plan.nodes:
        spec = parts.spec(node)
        if piece_called(spec) and not parts.outside.follows(node):
            found.setdefault(spec.callee, node)
    return found


def check_pieces(text: str, pieces: Mapping[str, NodeId]) -> None:
    """Raise CannotWrite where a file has another meaning for the name of a piece."""
    if not pieces:
        return
    tree = ast.parse(text)
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    bound = {n.id for n in names if not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    imported = (n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module != "model")
    bound |= {alias.asname or alias.name for n in imported for alias in n.names}
    for name in sorted(pieces.keys() & (defined | bound)):
        what = "class" if name[:1].isupper() else "function"
        feature = f"a {what} called {name}, which means something else in train.py"
        raise CannotWrite(pieces[name], feature, "Give the code another name.")
