"""Numbers that a person typed where the writer makes a setting of them."""

from __future__ import annotations

import ast


def inlined(written: ast.Module, edited: ast.Module) -> ast.Module:
    """Return what was written with those settings as numbers that the edited text does not have.

    ``momentum=0.9`` says what ``momentum=settings.momentum`` does with a setting that is 0.9.
    """
    there, extra = _settings(edited), _settings(written)
    for name in there:
        extra.pop(name, None)
    return _Inliner(extra).visit(written) if extra else written


def _settings(tree: ast.Module) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for each in tree.body:
        for line in each.body if isinstance(each, ast.ClassDef) and each.name == "Settings" else ():
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value:
                found[line.target.id] = line.value
    return found


class _Inliner(ast.NodeTransformer):
    """Puts the numbers of some settings where these are asked for."""

    def __init__(self, numbers: dict[str, ast.expr]) -> None:
        self.numbers = numbers

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:  # ast's name
        """Leave out the fields."""
        is_field = isinstance(node.target, ast.Name) and node.target.id in self.numbers
        return None if is_field else self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:  # ast's name
        """Put in the numbers."""
        if isinstance(node.value, ast.Name) and node.value.id == "settings":
            return self.numbers.get(node.attr, node)
        return self.generic_visit(node)
