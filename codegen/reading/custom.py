"""Custom code of the project whose text is read: its names, and what stands for it in a drawing."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from codegen.model_custom import with_code
from codegen.reading.problems import Problem
from codegen.reading.source import Source, tree_of, without_text
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Spec
from graph_editor.document.model import Block, Code, FrozenMap, Graph, Node, NodeId, Project


@dataclass(slots=True)
class Custom:
    """What a text may hold beside the drawing's own classes."""

    modules: dict[str, Spec] = field(default_factory=dict)
    """Classes by name, with the specs that the drawing has for them."""
    functions: dict[str, Spec] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """Names that the code defines -> its statement, as ast.dump has it."""
    imports: set[str] = field(default_factory=set)


def custom_of(code: Mapping[str, Code]) -> Custom:
    """Return what the pieces of custom code of a project bring into its text."""
    found = Custom()
    for key, each in code.items():
        graph = Graph(FrozenMap({NodeId("node"): Node(f"code.{key}")}))
        alone = Project(Block(graph), code=FrozenMap({key: each}))
        seen, lookup = with_code(alone, specs_of(alone))
        spec = lookup(seen.main.graph.nodes[NodeId("node")].spec)
        tree = tree_of(each.text)
        if spec is None or not spec.callee or isinstance(tree, Problem):
            continue  # it cannot be written, and so is in no text
        kind = found.modules if spec.kind == "nn" else found.functions
        kind[spec.callee] = replace(spec, name=f"code.{key}")
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                found.imports |= _imported(statement)
            elif isinstance(statement, ast.ClassDef | ast.FunctionDef):
                found.texts[statement.name] = _said(statement)
    return found


def _said(statement: ast.stmt) -> str:
    """Return what a definition does, without docstrings."""
    lines = ast.parse(ast.unparse(statement))
    for node in ast.walk(lines):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            node.body = without_text(node.body) or [ast.Pass()]
    return ast.dump(lines)


def _imported(statement: ast.Import | ast.ImportFrom) -> set[str]:
    module = getattr(statement, "module", "")
    return {f"{module}.{name.name} as {name.asname}" for name in statement.names}


def without_custom(custom: Custom, source: Source, tree: ast.Module) -> ast.Module:
    """Return a file without its custom code; where that was edited it is a problem."""
    kept: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if not _imported(statement) <= custom.imports or _is_torch(statement):
                kept.append(statement)
        elif isinstance(statement, ast.ClassDef | ast.FunctionDef) and (
            statement.name in custom.texts
        ):
            if _said(statement) != custom.texts[statement.name]:
                words = f"{statement.name} is custom code, which is edited in its dialog"
                source.problems.append(Problem(statement.lineno, 1, words))
        else:
            kept.append(statement)
    return ast.Module(kept, [])


def _is_torch(statement: ast.Import | ast.ImportFrom) -> bool:
    """Whether an import is of torch, whose names the classes of the drawing need too."""
    modules = [getattr(statement, "module", None) or ""] + [n.name for n in statement.names]
    return any(module.partition(".")[0] == "torch" for module in modules)
