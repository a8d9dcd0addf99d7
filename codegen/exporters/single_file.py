"""Everything that trains in one file that runs by itself: model.py, data.py and train.py joined."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from codegen.first_line import first_line
from codegen.names import is_device, slug
from codegen.statements import Blank, Line, Statement, imports, word, write
from codegen.written import CannotWrite, SourceText, Written
from graph_editor.document.model import Address, FrozenMap

KEY, TITLE, HOLDS, PLACE = "single_file", "Single Python file", "all that trains in one", 1
JOINED = ("model.py", "data.py", "train.py")
ENTRY = "train.py"


@dataclass(frozen=True, slots=True)
class Part:
    """One file to be joined: what it imports, its docstring, and all else."""

    docstring: str
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    names: frozenset[str]
    """What it defines."""
    lines: tuple[tuple[str, Address | None], ...]


def files(written: Written) -> FrozenMap[str, SourceText]:
    """Return the one file. Raises CannotWrite where two parts define the same name."""
    parts = {name: _part(written.files[name]) for name in JOINED if name in written.files}
    own = {name.removesuffix(".py") for name in parts}
    brought = [i for part in parts.values() for i in part.imports if _module(i) not in own]
    _refuse_clashes(parts, brought)
    name = file_name(written.title, {_module(each) for each in brought})
    docstring = list(parts.values())[-1].docstring.replace(ENTRY, name)
    header = first_line(written.title, "what it imports")
    head = write(_import_lines(brought), header, docstring)
    lines = list(zip(head.text.splitlines(), head.lines, strict=True))
    for part in parts.values():
        lines += [("", None), ("", None), *part.lines]
    text = "\n".join(line for line, _ in lines) + "\n"
    return FrozenMap({name: SourceText(text, tuple(node for _, node in lines))})


def file_name(title: str, imported: Collection[str]) -> str:
    """Return a name for the file that hides no module which it imports, and is no device's."""
    stem = slug(title) or "network"
    taken = {*sys.stdlib_module_names, *imported}
    return f"{stem}_net.py" if stem in taken or is_device(stem) else f"{stem}.py"


def _part(source: SourceText) -> Part:
    tree = ast.parse(source.text)
    head = [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    first = max((s.end_lineno or 0 for s in tree.body[: len(head) + 1] if _is_head(s)), default=0)
    lines = list(zip(source.text.splitlines(), source.lines, strict=True))[first:]
    while lines and not lines[0][0]:
        del lines[0]
    return Part(ast.get_docstring(tree) or "", tuple(head), _defined(tree), tuple(lines))


def _is_head(statement: ast.stmt) -> bool:
    """Whether a statement is the docstring or an import."""
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr)


def _defined(tree: ast.Module) -> frozenset[str]:
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            found.add(statement.name)
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
            found |= {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    return frozenset(found)


def _refuse_clashes(parts: dict[str, Part], brought: Iterable[ast.Import | ast.ImportFrom]) -> None:
    seen = dict.fromkeys((a.asname or a.name for i in brought for a in i.names), "an import")
    for file, part in parts.items():
        for name in sorted(part.names):
            if name in seen:
                raise CannotWrite(
                    "main",
                    f"{name} in {file} has the name of {seen[name]}, so one file cannot hold both",
                    "Rename the block or the project, or export the project in several files",
                )
            seen[name] = f"something in {file}"


def _module(statement: ast.Import | ast.ImportFrom) -> str:
    """Return the package that is imported from."""
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").partition(".")[0]
    return statement.names[0].name.partition(".")[0]


def _import_lines(brought: Sequence[ast.Import | ast.ImportFrom]) -> list[Statement]:
    """Return each import once, in the order that isort gives them."""
    lines: list[Statement] = []
    for mine in (True, False):
        group = [i for i in brought if (_module(i) in sys.stdlib_module_names) is mine]
        bare = [a for i in group if isinstance(i, ast.Import) for a in i.names]
        plain = {(alias.name, alias.asname or "") for alias in bare}
        told = [
            word(f"import {name} as {alias}" if alias else f"import {name}")
            for name, alias in sorted(plain, key=lambda pair: (pair[0].lower(), pair[1]))
        ]
        told += _from_lines([i for i in group if isinstance(i, ast.ImportFrom)])
        lines += [*([Blank()] if lines and told else []), *told]
    return lines


def _from_lines(group: Iterable[ast.ImportFrom]) -> list[Line]:
    names: dict[str, set[str]] = {}
    renamed: dict[str, set[str]] = {}
    for each in group:
        for alias in each.names:
            said = f"{alias.name} as {alias.asname}" if alias.asname else alias.name
            into = renamed if alias.asname else names
            into.setdefault(each.module or "", set()).add(said)
    found = []
    for module in sorted({*names, *renamed}, key=str.lower):
        if module in names:
            found.append(imports(module, sorted(names[module])))
        found += [word(f"from {module} import {text}") for text in sorted(renamed.get(module, ()))]
    return found
