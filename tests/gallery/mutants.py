"""Breaks the written models in obvious ways, and counts what their written tests notice.

``python -m tests.gallery.mutants`` does so for all templates, or for those that are named; it
prints a line for each, those that nothing noticed with ``--list``, and the sums.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from tests.codegen.training_projects import executed, imported
from tests.gallery.gallery import NAMES, written

Edit = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """A model.py that is broken in one place."""

    kind: str
    where: str
    text: str


def mutants(text: str) -> Iterator[Mutant]:
    """Yield every mutant of a model.py."""
    count = sum(1 for _ in _edits(ast.parse(text)))
    for place in range(count):
        tree = ast.parse(text)
        kind, node, edit = list(_edits(tree))[place]
        where = f"line {getattr(node, 'lineno', 0)}: {ast.unparse(node)[:70]}"
        edit()
        yield Mutant(kind, where, ast.unparse(ast.fix_missing_locations(tree)))


def _edits(tree: ast.Module) -> Iterator[tuple[str, ast.AST, Edit]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from (_of_constructor if function.name == "__init__" else _of_forward)(function)


def _of_constructor(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, Edit]]:
    """Yield edits of what is made: a layer less, another width, no tie, nothing frozen."""
    for default in function.args.defaults:
        if _is_number(default):
            yield "width", default, _set(default, "value", default.value + 1)  # type: ignore[attr-defined]
    for statement in function.body:
        assigned = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Attribute)
        if assigned or "requires_grad_" in ast.unparse(statement):
            kind = "untied" if assigned else "thawed"
            yield kind, statement, _drop(function.body, statement)
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        callee = ast.unparse(node.func)
        if callee in ("nn.Sequential", "super().__init__") and len(node.args) > 1:
            for item in node.args:
                if not isinstance(item, ast.Starred):
                    kind = "layer" if _owns_weights(item) else "activation"
                    yield f"{kind} dropped", item, _drop(node.args, item)
        elif callee.startswith("nn.") and callee.split(".")[1][0].isupper():
            for argument in node.args[:2]:
                if _is_number(argument):
                    yield "width", node, _set(argument, "value", argument.value + 1)  # type: ignore[attr-defined]
        yield from _masks(node)


PLAIN = ("nn.Dropout", "nn.Identity", "nn.Flatten", "nn.Unflatten", "nn.Softmax", "nn.Sigmoid")
BENDS = ("ReLU", "GELU", "Tanh", "SiLU", "Hard", "Pool", "ELU", "Pad", "Shuffle")


def _owns_weights(item: ast.expr) -> bool:
    text = ast.unparse(item)
    return not text.startswith(PLAIN) and not any(word in text for word in BENDS)


def _of_forward(function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST, Edit]]:
    """Yield edits of what is computed: no call, no gradient, no shortcut, no mask, nothing."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            holder = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for place, value in enumerate(holder):
                zero = ast.BinOp(copy.deepcopy(value), ast.Mult(), ast.Constant(0))
                if isinstance(node.value, ast.Tuple):
                    yield "zeroed", node, _put(holder, place, zero)
                else:
                    yield "zeroed", node, _set(node, "value", zero)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for side in ("left", "right"):
                if "torch." not in ast.unparse(node) and "self." in ast.unparse(node):
                    yield "shortcut", node, _become(node, getattr(node, side))
        if isinstance(node, ast.Call):
            if ast.unparse(node.func).startswith("self.") and node.args:
                yield "call dropped", node, _become(node, node.args[0])
                cut = ast.Call(ast.Attribute(copy.deepcopy(node), "detach"), [], [])
                yield "detached", node, _become(node, cut)
            elif ast.unparse(node.func).startswith("F.") and len(node.args) == 1:
                yield "activation dropped", node, _become(node, node.args[0])
            yield from _masks(node)


def _masks(node: ast.Call) -> Iterator[tuple[str, ast.AST, Edit]]:
    for keyword in node.keywords:
        if "causal" in (keyword.arg or ""):
            yield "mask", node, _set(keyword, "value", ast.Constant(False))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int and node.value > 0


def _set(node: ast.AST, name: str, value: Any) -> Edit:
    return lambda: setattr(node, name, value)


def _put(items: list[ast.expr], place: int, value: ast.expr) -> Edit:
    return lambda: items.__setitem__(place, value)


def _drop(items: list[Any], item: Any) -> Edit:
    return lambda: items.remove(item)


def _become(node: ast.AST, other: ast.AST) -> Edit:
    other = copy.deepcopy(other)

    def edit() -> None:
        node.__class__ = other.__class__
        node.__dict__ = other.__dict__

    return edit


def checks_fail(tests: ModuleType) -> str:
    """Run the tests of a module as pytest would; return the first that fails, or nothing."""
    for name, test in list(vars(tests).items()):
        if name.startswith("test_"):
            for given in _cases(test):
                try:
                    with tempfile.TemporaryDirectory() as folder:
                        more = {"tmp_path": Path(folder)} if "tmp_path" in _words(test) else {}
                        test(**given, **more)
                except Exception:
                    return name
    return ""


def _words(test: Any) -> tuple[str, ...]:
    return tuple(test.__code__.co_varnames[: test.__code__.co_argcount])


def _cases(test: Any) -> list[dict[str, Any]]:
    for mark in getattr(test, "pytestmark", ()):
        if mark.name == "parametrize":
            return [{mark.args[0]: value} for value in mark.args[1]]
    return [{}]


def run(name: str, most: int = 0) -> list[tuple[Mutant, str]]:
    """Return each mutant of a template with the test that noticed it, if any did.

    With most, no more than so many mutants are tried, spread over the file.
    """
    files = written(name)
    tests, text = files.files["tests/test_model.py"].text, files.files["model.py"].text
    threads = torch.get_num_threads()
    with imported(files):
        train = files.files["train.py"].text
        sound = _outcome(text, tests, train)
        assert not sound, f"{name}: {sound} fails for the model as it is written"
        every = list(mutants(text))
        step = max(len(every) / most, 1) if most else 1
        chosen = [every[int(place * step)] for place in range(int(len(every) / step))]
        found = [(mutant, _outcome(mutant.text, tests, train)) for mutant in chosen]
    torch.set_num_threads(threads)
    return found


def _outcome(model: str, tests: str, train: str) -> str:
    """Return what fails with a model: a test, or the file itself."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            torch.manual_seed(0)
            sys.modules["model"] = executed(model, "model")
            file = sys.modules["train"].__file__
            sys.modules["train"] = ModuleType("train")
            sys.modules["train"].__file__ = file
            exec(compile(train, "train.py", "exec"), sys.modules["train"].__dict__)  # noqa: S102  # our own text
            return checks_fail(executed(tests, "test_model"))
        except Exception:
            return "import"


def main(names: Iterable[str], listed: bool) -> int:
    """Print how many mutants were noticed, by template and by kind."""
    killed: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for name in names:
        found = run(name)
        lost = [mutant for mutant, test in found if not test]
        for mutant, test in found:
            made[mutant.kind] += 1
            killed[mutant.kind] += bool(test)
        print(f"{name}: {len(found) - len(lost)} of {len(found)}", flush=True)
        for mutant in lost if listed else ():
            print(f"    {mutant.kind}, {mutant.where}")
    for kind in sorted(made):
        print(f"{kind}: {killed[kind]} of {made[kind]}")
    print(f"all: {killed.total()} of {made.total()}")
    return 0


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    sys.exit(main(words or NAMES, "--list" in sys.argv))
