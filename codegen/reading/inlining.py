"""Numbers that a person typed where the writer makes a setting of them."""

from __future__ import annotations

import ast
import copy


def inlined(written: ast.Module, edited: ast.Module) -> tuple[ast.Module, ast.Module]:
    """Return both texts without the settings that the edited one does not ask for.

    ``momentum=0.9`` says what ``momentum=settings.momentum`` does with a setting that is 0.9.
    """
    mine, theirs = _settings(written), _settings(edited)
    asked = {
        node.attr
        for node in ast.walk(edited)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "settings"
    }
    extra = {n: v for n, v in mine.items() if n not in theirs or n not in asked}
    idle = {n: v for n, v in theirs.items() if n not in asked}
    return _without(written, extra), _without(copy.deepcopy(edited), idle) if idle else edited


def with_entries(written: ast.Module, edited: ast.Module, known: set[str]) -> ast.Module:
    """Return an edited text with the entries of ``state`` that only something new brings along.

    A schedule that was typed is to be kept in checkpoints, too: its author need not say so, neither
    now nor when the file is read once more.
    """
    full, own = _state(written), _state(edited)
    if full is None or own is None:
        return edited
    there = {key.value for key in own.keys if isinstance(key, ast.Constant)}
    places = {n.id for n in ast.walk(edited) if isinstance(n, ast.Name) and _is_set(n)}
    made = copy.deepcopy(edited)
    table = _state(made)
    assert table is not None
    for place, (key, value) in enumerate(zip(full.keys, full.values, strict=True)):
        name = key.value if isinstance(key, ast.Constant) else None
        if not isinstance(name, str) or name in there or (name in known and not _is_schedule(name)):
            continue
        if isinstance(value, ast.Name) and value.id in places:
            table.keys.insert(place, key)
            table.values.insert(place, value)
    return made


def entries_of(tree: ast.Module) -> set[str]:
    """Return the entries of ``state`` in a train.py."""
    table = _state(tree)
    keys = table.keys if table is not None else []
    return {k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}


def _is_schedule(name: str) -> bool:
    return name == "scheduler" or name.endswith("_scheduler")


def _is_set(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _state(tree: ast.Module) -> ast.Dict | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id == "state":
                return node.value
    return None


def _without(tree: ast.Module, numbers: dict[str, ast.expr]) -> ast.Module:
    made = _Inliner(numbers).visit(tree) if numbers else tree
    assert isinstance(made, ast.Module)
    return made


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
