"""What a piece of custom code defines, read from its text without running any of it."""

from __future__ import annotations

import ast
import builtins
import keyword
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from graph_editor.catalogue.custom_imports import BadImport, Imported, imported
from graph_editor.document.ids import MARK
from graph_editor.document.model import NOTHING, Arg, Code, FrozenMap

Kind: TypeAlias = Literal["function", "module", ""]
BUILT_IN = frozenset(dir(builtins))
LONGEST = 200_000
"""Characters that a piece may have."""
DEEPEST = 60
"""How deep its brackets may be nested."""
OURS = frozenset(("torch", "nn", "F", "self", "super"))
"""Names that mean something in every file that is written."""
SAME = {"torch": ("torch", ""), "nn": ("torch.nn", ""), "F": ("torch.nn.functional", "")}
"""What those of them that are imported stand for; code may import them too, as just that."""
MODULE_BASES = ("nn.Module", "torch.nn.Module", "Module")
_UNBROKEN = "\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Signs that end a line for some programs and not for others."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a piece cannot be used: where, what, and the way out."""

    line: int
    """From 1; 0 where it is no single line's."""
    message: str

    @property
    def text(self) -> str:
        """The message, with the line before it."""
        return f"Line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a piece of custom code before it runs."""

    kind: Kind = ""
    name: str = ""
    """The function or class that the node calls."""
    line: int = 0
    """Where its definition begins."""
    defaults: FrozenMap[str, Arg] = NOTHING
    """Parameters whose defaults the text says itself, as literals."""
    imports: tuple[Imported, ...] = ()
    """What it imports before anything else."""
    bound: FrozenMap[str, int] = NOTHING
    """Other names that it gives a meaning to in its file, with their lines."""
    fault: Fault | None = None


class _Faulty(Exception):  # noqa: N818  # carries a fault to where it is returned
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.fault = Fault(line, message)


def class_name(key: str) -> str:
    """Return what a class for a piece is called: ``swish_gate`` is ``SwishGate``."""
    return "".join(word[:1].upper() + word[1:] for word in key.split("_"))


def piece_of(spec: str) -> str:
    """Return the id of the piece that a node with this spec uses; empty for other nodes."""
    kind, _, key = spec.partition(".")
    return key if kind == "code" else ""


@lru_cache(256)
def read_code(key: str, code: Code) -> Reading:
    """Return what a piece defines, or why it cannot be used. Nothing of it is run."""
    try:
        return _read(key, code)
    except _Faulty as faulty:
        return Reading(fault=faulty.fault)
    except RecursionError:
        return Reading(fault=Fault(0, "this is too deeply nested; write it in steps"))


def _read(key: str, code: Code) -> Reading:
    _check_declared(code)
    tree = _parsed(code.text)
    body = tree.body[1:] if _is_docstring(tree) else tree.body
    head = _imports_at_the_top(body, code.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            words = "remove `from __future__ …`: it would change the whole file that this goes into"
            raise _Faulty(node.lineno, words)
    try:
        names = tuple(each for node in head for each in imported(node))
    except BadImport as bad:
        raise _Faulty(bad.line, bad.message) from None
    bound = _bound(tree, set(head))
    _check_names(names, bound)
    found = _definition(key, tree, bound)
    kind: Kind = "function"
    if isinstance(found, ast.ClassDef):
        kind, defaults = "module", _check_class(found, code)
    else:
        defaults = _check_function(found, code)
    return Reading(kind, found.name, found.lineno, defaults, names, FrozenMap(bound))


def _check_declared(code: Code) -> None:
    """Check the names of ports and parameters among each other."""
    if not code.outputs:
        raise _Faulty(0, "the code has no output; declare one")
    for names in ((*code.inputs, *(p.name for p in code.parameters)), code.outputs):
        for name in names:
            if not name.isidentifier() or keyword.iskeyword(name):
                raise _Faulty(0, f"{name} is no name for an input, output or parameter; rename it")
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise _Faulty(0, f"{twice[0]} is declared twice; rename one of them")


# Parsing


def _parsed(text: str) -> ast.Module:
    """Return the tree of a text that a compiler can be given without harm."""
    if len(text) > LONGEST:
        raise _Faulty(0, f"the code has more than {LONGEST:,} characters; make it shorter")
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        odd = next((sign for sign in line if sign in _UNBROKEN), "")
        if odd:
            words = f"remove the sign U+{ord(odd):04X}, which some programs take for a line's end"
            raise _Faulty(number, words)
    _check_depth(lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd comparisons: they are the user's to make
            compile(text, "<custom code>", "exec", dont_inherit=True)  # what no parser minds: *x
            return ast.parse(text)
    except SyntaxError as error:
        raise _Faulty(error.lineno or 0, f"this is no Python: {error.msg}; correct it") from None
    except (ValueError, RecursionError, MemoryError):
        raise _Faulty(0, "this is no Python, or too deeply nested; correct it") from None


def _check_depth(lines: Sequence[str]) -> None:
    """Refuse what would take a compiler's whole stack. Brackets in strings count too."""
    depth = 0
    for number, line in enumerate(lines, 1):
        for sign in line:
            depth += (sign in "([{") - (sign in ")]}")
            depth = max(depth, 0)
            if depth > DEEPEST:
                raise _Faulty(number, "brackets are nested too deeply here; write it in steps")


def _is_docstring(tree: ast.Module) -> bool:
    first = tree.body[0] if tree.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


def _imports_at_the_top(body: list[ast.stmt], text: str) -> list[ast.Import | ast.ImportFrom]:
    """Return the imports before anything else, as long as each has its lines for itself."""
    lines, found = text.split("\n"), []
    for node in body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            break
        last = lines[(node.end_lineno or node.lineno) - 1].encode()
        if last[node.end_col_offset :].strip():
            break
        found.append(node)
    for node in body[len(found) :]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            words = "imports come first, each on lines of its own, without a remark"
            raise _Faulty(node.lineno, f"{words}; move this one there")
    return found


# Names


def _bound(tree: ast.Module, apart: set[ast.Import | ast.ImportFrom]) -> dict[str, int]:
    """Return the names that a file would have of this text, with the lines that bind them."""
    found: dict[str, int] = {}
    for name, line in _binding(tree, apart):
        found.setdefault(name, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found |= {name: node.lineno for name in node.names if name not in found}
    return found


def _binding(node: ast.AST, apart: set[ast.Import | ast.ImportFrom]) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if child in apart:
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child.name, child.lineno
            continue
        if isinstance(child, ast.Lambda):
            continue
        yield from _bound_by(child)
        yield from _binding(child, apart)


def _bound_by(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield the names that one node of a tree binds itself."""
    line = getattr(node, "lineno", 0)
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id, line
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            name = alias.asname or alias.name
            yield (name if isinstance(node, ast.ImportFrom) else name.partition(".")[0]), line
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name, line
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest, line


def is_free(name: str) -> bool:
    """Whether code may give a name of its own a meaning in its file."""
    return not (
        keyword.iskeyword(name)
        or keyword.issoftkeyword(name)
        or name in OURS
        or name in BUILT_IN
        or (name.startswith("__") and name.endswith("__") and name != "__all__")
    )


def _check_names(names: Sequence[Imported], bound: dict[str, int]) -> None:
    """Refuse names that mean something else in the file that the text becomes a part of."""
    seen: dict[str, Imported] = {}
    for each in names:
        if SAME.get(each.binds, each.means) != each.means or (
            each.binds not in SAME and not is_free(each.binds)
        ):
            words = f"{each.binds} means something else in the code; import it under another name"
            raise _Faulty(each.line, words)
        if seen.setdefault(each.binds, each).means != each.means:
            raise _Faulty(each.line, f"{each.binds} is imported as two things; rename one")
    for name, line in bound.items():
        if not is_free(name):
            raise _Faulty(line, f"{name} means something else in the code; choose another name")
        if name in seen:
            raise _Faulty(line, f"{name} is imported already; choose another name")


# The definition


def _definition(
    key: str, tree: ast.Module, bound: dict[str, int]
) -> ast.FunctionDef | ast.ClassDef:
    """Return the function or the class that a piece of this id is to define, just once."""
    stem = MARK.sub("", key)  # a piece that was pasted beside another has a mark behind its name
    names = {ast.FunctionDef: (key, stem), ast.ClassDef: (class_name(key), class_name(stem))}
    counts = Counter(name for name, _ in _binding(tree, set()))
    defined = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef))
    found = [node for node in defined if node.name in names[type(node)]]
    if not is_free(key) and not any(isinstance(each, ast.ClassDef) for each in found):
        words = f"no function can be called {key}; define a class {class_name(key)}"
        raise _Faulty(bound.get(key, 0), f"{words}, or make the code anew under another name")
    if not found:
        asynchronous = [n for n in tree.body if isinstance(n, ast.AsyncFunctionDef)]
        line = next((n.lineno for n in asynchronous if n.name == key), 0)
        words = f"define a function {key}, or a class {class_name(key)} that is an nn.Module"
        raise _Faulty(line, f"{words}, at the left edge of the text")
    if len(found) > 1 or counts[found[0].name] > 1:
        raise _Faulty(found[-1].lineno, f"{found[-1].name} is defined twice; keep one of the two")
    return found[0]


# Signatures


def _check_function(found: ast.FunctionDef, code: Code) -> FrozenMap[str, Arg]:
    arguments = found.args
    _check_inputs(arguments.posonlyargs + arguments.args, code, found.name, found)
    return _check_parameters(arguments, code, len(code.inputs), found.name, found)


def _check_class(found: ast.ClassDef, code: Code) -> FrozenMap[str, Arg]:
    """Check the constructor and ``forward``; of what is inherited nothing is known."""
    if not found.bases:
        words = f"{found.name} is no module: write class {found.name}(nn.Module)"
        raise _Faulty(found.lineno, words)
    plain = len(found.bases) == 1 and ast.unparse(found.bases[0]) in MODULE_BASES
    methods = {n.name: n for n in found.body if isinstance(n, ast.FunctionDef)}
    forward, constructor = methods.get("forward"), methods.get("__init__")
    if forward is not None:
        arguments = forward.args
        taken = (arguments.posonlyargs + arguments.args)[1:]
        _check_inputs(taken, code, f"{found.name}.forward", forward)
        _check_parameters(arguments, None, 1 + len(code.inputs), f"{found.name}.forward", forward)
    elif plain:
        raise _Faulty(found.lineno, f"{found.name} needs a method forward(self, …)")
    if constructor is not None:
        return _check_parameters(constructor.args, code, 1, f"{found.name}.__init__", constructor)
    if plain and code.parameters:
        names = ", ".join(p.name for p in code.parameters)
        words = f"{found.name} needs a method __init__ that takes {names}"
        raise _Faulty(found.lineno, words)
    return NOTHING


def _check_inputs(taken: list[ast.arg], code: Code, name: str, at: ast.FunctionDef) -> None:
    """Check that a function begins with the declared inputs, in their order."""
    names = tuple(each.arg for each in taken[: len(code.inputs)])
    if names != code.inputs:
        declared = ", ".join(code.inputs) or "none"
        words = (
            f"{name} begins with {', '.join(names) or 'no input'}, and the inputs are {declared}"
        )
        raise _Faulty(at.lineno, f"{words}; let the two agree, in this order")


def _check_parameters(
    arguments: ast.arguments, code: Code | None, skipped: int, name: str, at: ast.FunctionDef
) -> FrozenMap[str, Arg]:
    """Check what comes after the inputs, and return the defaults that are said there."""
    declared = tuple(p.name for p in code.parameters) if code is not None else ()
    positional = arguments.posonlyargs + arguments.args
    defaults = dict(
        zip([a.arg for a in positional[::-1]], arguments.defaults[::-1], strict=False)
    ) | {
        a.arg: value
        for a, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if value is not None
    }
    byname = [a.arg for a in arguments.args if a in positional[skipped:]]
    byname += [a.arg for a in arguments.kwonlyargs]
    if arguments.kwarg is None:
        for each in declared:
            if each not in byname:
                words = f"{name} does not take the parameter {each}; add it there, or undeclare it"
                raise _Faulty(at.lineno, words)
    for each in [a.arg for a in positional[skipped:]] + [a.arg for a in arguments.kwonlyargs]:
        if each not in declared and each not in defaults:
            words = f"{name} takes {each}, which is neither an input nor a parameter; declare it"
            raise _Faulty(at.lineno, words)
    return FrozenMap(_literals({n: v for n, v in defaults.items() if n in declared}))


def _literals(found: dict[str, ast.expr]) -> Iterator[tuple[str, Arg]]:
    for name, node in found.items():
        try:
            value = ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, bool | int | float | str):
            yield name, value
