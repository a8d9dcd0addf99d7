"""The text of a file as a syntax tree, within bounds; nothing of it is ever executed."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from codegen.reading.problems import NotRead, Problem

MAX_LENGTH = 4_000_000
"""Characters that a file may have: many times those of the largest drawing."""
MAX_DEPTH = 90
"""How deep a tree may be nested; what a person writes is a fraction of that."""
KNOWN_MODULES = ("torch", "math", "typing", "collections", "dataclasses", "__future__")


@dataclass(slots=True)
class Source:
    """The classes of a file in their order, and what its names stand for."""

    classes: list[ast.ClassDef] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Imported names -> what they are: ``F`` -> ``torch.nn.functional``."""
    problems: list[Problem] = field(default_factory=list)


def tree_of(text: str, file: str = "model.py") -> ast.Module | Problem:
    """Return the tree of a text, or why it has none."""
    if len(text) > MAX_LENGTH:
        return Problem(1, 1, f"the file is longer than {MAX_LENGTH:,} characters", file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd escapes in strings are the writer's own affair
            tree = ast.parse(text)
    except SyntaxError as error:
        return Problem(error.lineno or 1, error.offset or 1, f"no Python: {error.msg}", file)
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return Problem(1, 1, "no Python that can be read: it is nested too deeply or broken", file)
    deep = _too_deep(tree)
    if deep is not None:
        line = getattr(deep, "lineno", 1)
        return Problem(line, getattr(deep, "col_offset", 0) + 1, "nested too deeply", file)
    return tree


def _too_deep(tree: ast.AST) -> ast.AST | None:
    """Return a node below the deepest level, with a list of our own: recursion might not end."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return next((node for node in level if hasattr(node, "lineno")), None)


Without = Callable[[Source, ast.Module], ast.Module]
"""Takes from a file what is no part of the drawing's own."""


def source_of(text: str, without: Without) -> Source:
    """Return what a model.py holds at its top level."""
    found = Source()
    tree = tree_of(text)
    if isinstance(tree, Problem):
        found.problems.append(tree)
        return found
    for statement in without(found, tree).body:
        try:
            _top(found, statement)
        except NotRead as reason:
            found.problems.append(reason.problem)
    return found


def _top(found: Source, statement: ast.stmt) -> None:
    if isinstance(statement, ast.ClassDef):
        found.classes.append(statement)
    elif isinstance(statement, ast.Import):
        for name in statement.names:
            _known(statement, name.name)
            whole = name.name if name.asname else name.name.partition(".")[0]
            found.names[name.asname or whole] = whole
    elif isinstance(statement, ast.ImportFrom):
        _known(statement, statement.module or "")
        for name in statement.names:
            found.names[name.asname or name.name] = f"{statement.module}.{name.name}"
    elif not is_text(statement):
        raise NotRead(statement, "only imports and classes of modules can be read here")


def _known(statement: ast.stmt, module: str) -> None:
    if module.partition(".")[0] not in KNOWN_MODULES:
        raise NotRead(statement, f"the drawing knows nothing of {module or 'a relative import'}")


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a string that does nothing, such as a docstring."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def without_text(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return statements without docstrings and pass."""
    return [s for s in body if not is_text(s) and not isinstance(s, ast.Pass)]


def dotted(node: ast.AST) -> list[str] | None:
    """Return the names of ``a.b.c``; None for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else None


def whole_number(node: ast.AST) -> int | None:
    """Return the number that ``2`` or ``-1`` is; None for anything else."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return sign * node.value
    return None
