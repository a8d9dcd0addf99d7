"""The imports of a file that holds custom code: ours and those of the code, each once."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Sequence

from codegen.statements import Blank, Line, Statement, imports, word
from graph_editor.catalogue.custom_code import SAME
from graph_editor.catalogue.custom_imports import Imported, imported

OURS = {
    ("torch", "torch"): Imported("torch"),
    ("nn", "torch.nn"): Imported("torch", "nn"),
    ("F", "torch.nn.functional"): Imported("torch.nn.functional", "", "F"),
}
"""What every file says in one way, however custom code says it: name and module -> import."""


def merged(ours: Iterable[str], theirs: Sequence[Imported]) -> list[Statement]:
    """Return import statements in isort's order, the standard library first."""
    found = dict.fromkeys(_plain(each) for each in (*_read(ours), *theirs))
    parts: tuple[list[Imported], list[Imported]] = ([], [])
    for each in found:
        top = each.module.partition(".")[0]
        parts[top not in sys.stdlib_module_names].append(each)
    statements: list[Statement] = []
    for part in parts:
        if part and statements:
            statements.append(Blank())
        statements += _section(part)
    return statements


def needs_of(statements: Iterable[Statement]) -> str:
    """Return what has to be installed for a file with these imports, in few words."""
    lines = [each.prefix.split() for each in statements if isinstance(each, Line)]
    tops = {words[1].partition(".")[0] for words in lines if len(words) > 1}
    own = tops - sys.stdlib_module_names - {"torch"}
    return "PyTorch and what it imports below" if own else "PyTorch"


def _read(lines: Iterable[str]) -> list[Imported]:
    found: list[Imported] = []
    for line in lines:
        for node in ast.parse(line).body:
            assert isinstance(node, ast.Import | ast.ImportFrom)
            found += imported(node)
    return found


def _plain(each: Imported) -> Imported:
    """Return an import without its line, in the form in which our files say it."""
    if each.binds in SAME and not (each.module == "torch.nn" and each.binds == "torch"):
        means = each.means[0]
        if (each.binds, means) in OURS and (each.name or each.alias or each.module == "torch"):
            return OURS[each.binds, means]
    alias = "" if each.alias == (each.name or each.module) else each.alias
    return Imported(each.module, each.name, alias)


def _section(part: list[Imported]) -> list[Statement]:
    straight = sorted((e for e in part if not e.name), key=lambda e: (e.module.lower(), e.alias))
    found: list[Statement] = [
        word(f"import {e.module}" + (f" as {e.alias}" if e.alias else "")) for e in straight
    ]
    taken = [e for e in part if e.name]
    for module in sorted({e.module for e in taken}, key=str.lower):
        plain = [e.name for e in taken if e.module == module and not e.alias]
        found += [imports(module, plain)] if plain else []
        renamed = sorted((e.name, e.alias) for e in taken if e.module == module and e.alias)
        found += [word(f"from {module} import {name} as {alias}") for name, alias in renamed]
    return found
