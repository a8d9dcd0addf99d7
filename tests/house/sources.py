"""The source files of the product, and what they import and call by its full name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "codegen", "graph_editor")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
BUILTINS = {"builtins", "__builtins__"}
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Import:
    """A package that is imported; late where this happens only when a function is called."""

    package: str
    late: bool
    line: int


def imports(tree: ast.AST, late: bool = False) -> Iterator[Import]:
    """Yield what a module imports, apart from what only type checkers see."""
    parts = ast.iter_child_nodes(tree)
    if isinstance(tree, ast.Import):
        for alias in tree.names:
            yield Import(alias.name.partition(".")[0], late, tree.lineno)
    elif isinstance(tree, ast.ImportFrom):
        assert tree.level == 0, "imports are absolute"
        yield Import((tree.module or "").partition(".")[0], late, tree.lineno)
    elif isinstance(tree, ast.If) and ast.unparse(tree.test).endswith("TYPE_CHECKING"):
        parts = iter(tree.orelse)
    for part in parts:
        yield from imports(part, late or isinstance(tree, Function))


@dataclass(frozen=True)
class Call:
    """A call of a function: ``os.open``, ``open``, or ``.open`` of something unknown."""

    name: str
    node: ast.Call


def calls(tree: ast.AST) -> list[Call]:
    """Return all calls, each under the name that its module was imported by others with."""
    known = meanings(tree)
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [Call(full_name(node.func, known), node) for node in found]


def meanings(tree: ast.AST) -> dict[str, str]:
    """Return what names stand for that are imported: ``{"o": "os", "move": "shutil.move"}``."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                found[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def full_name(node: ast.expr, known: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return known.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = full_name(node.value, known)
        imported = base.partition(".")[0] in {v.partition(".")[0] for v in known.values()}
        return f"{base}.{node.attr}" if imported or base in BUILTINS else f".{node.attr}"
    return ""
