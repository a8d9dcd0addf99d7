"""The arguments of one call in ``forward``: which are values of its node, and which are wires."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Protocol

from codegen.reading.drawing import Wires
from codegen.reading.formulas import formula
from codegen.reading.literal_values import argument, full_name, special_float
from codegen.reading.problems import NotRead, shown
from codegen.reading.values import Clone, Several, Value, leaves
from graph_editor.catalogue.spec import Argument
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Hole, Name, OutPort, same

LITERAL = (ast.Constant, ast.Tuple, ast.List, ast.Slice, ast.Dict)
TENSOR = "torch.tensor"
LIKE, LAST = "like", 1000
Passed = Mapping[str, "ast.expr | list[ast.expr]"]


class Evaluator(Protocol):
    """Evaluates what a call is passed."""

    names: Mapping[str, str]

    def value(self, node: ast.expr) -> Value:
        """Return what an expression gives."""

    def port(self, node: ast.expr) -> OutPort:
        """Return the one value that an expression gives."""

    def copied(self, node: ast.expr, clone: Clone) -> OutPort:
        """Return what a clone is of."""

    def leaf(
        self, node: ast.expr, own: Mapping[OutPort, str] | None = None
    ) -> tree.Expression | None:
        """Return what a name means as a number."""


class Arriving:
    """Reads what one call is passed. Wires come first: sizes may be asked of them."""

    def __init__(
        self, calls: Evaluator, arguments: Sequence[Argument], passed: Passed, more: Wires
    ) -> None:
        self.calls = calls
        self.arguments = arguments
        self.passed = passed
        self.args: dict[str, Arg] = {}
        self.wires: Wires = dict(more)
        self.read_as: dict[str, str] = {}

    def read(self) -> tuple[dict[str, Arg], Wires]:
        """Return the arguments and the wires. Raises NotRead."""
        given = [(a, self.passed[a.name]) for a in self.arguments if a.name in self.passed]
        later = [(a, v) for a, v in given if isinstance(v, list) or not self._wired(a, v)]
        for wanted, value in later:
            self._said(wanted, value)
        order = {a.name: place for place, a in enumerate(self.arguments)}

        def place(path: str) -> int:
            return order.get(path.partition("[")[0].partition(".")[0], LAST if path == LIKE else -1)

        wires = sorted(self.wires.items(), key=lambda item: place(item[0]))
        names = {path: self.read_as[path] for path, _ in wires if path in self.read_as}
        self.read_as = names
        return self.args, dict(wires)

    def _wired(self, wanted: Argument, value: ast.expr) -> bool:
        """Wire a value that is no literal and no number; False for all others."""
        literal = isinstance(value, LITERAL) or self._is_number(value)
        literal = literal or special_float(value) is not None
        if literal or full_name(value, self.calls.names) or self._is_tensor(value):
            return False
        found = self.calls.value(value)
        if isinstance(found, Clone):
            found = self.calls.copied(value, found)
        if isinstance(found, Several):
            return self._spread(wanted, value, found)
        if wanted.many:
            raise NotRead(value, f"{wanted.name} is a list of values")
        self._wire(wanted.name, value, found if isinstance(found, OutPort) else None)
        if wanted.port is None:
            self.args[wanted.name] = Hole()
        return True

    def _spread(self, wanted: Argument, value: ast.expr, found: Several) -> bool:
        """Wire several results into an argument that takes them all."""
        ports = leaves(found.tree)
        paths = list(wanted.leaves)
        if wanted.many and wanted.style != "variadic":
            paths = [f"{wanted.name}[{place}]" for place in range(len(ports))]
        if len(paths) != len(ports):
            raise NotRead(value, f"{shown(value)} is not one value")
        for path, port in zip(paths, ports, strict=True):
            self.wires[path] = OutPort(found.node, port)
        return True

    def _wire(self, path: str, node: ast.expr, source: OutPort | None = None) -> None:
        self.wires[path] = source or self.calls.port(node)
        if isinstance(node, ast.Name):
            self.read_as[path] = node.id

    def _is_number(self, node: ast.expr) -> bool:
        return formula(node, lambda each: self.calls.leaf(each)) is not None

    def _is_tensor(self, node: ast.expr) -> bool:
        """Whether an expression is ``torch.tensor(2.0)``: a number where torch wants a tensor."""
        return (
            isinstance(node, ast.Call)
            and not node.keywords
            and len(node.args) == 1
            and not isinstance(node.args[0], ast.List | ast.Tuple)
            and full_name(node.func, self.calls.names) == TENSOR
        )

    def _said(self, wanted: Argument, value: ast.expr | list[ast.expr]) -> None:
        """Note an argument that is a value, though wires may lead into it."""
        if isinstance(value, list):
            if len(value) == 1 and isinstance(value[0], ast.Tuple | ast.List):
                value = list(value[0].elts)
            parts = enumerate(value)
            made: Arg = tuple(self._part(f"{wanted.name}[{place}]", item) for place, item in parts)
        elif self._is_tensor(value) and isinstance(value, ast.Call):
            if wanted.type not in ("tensor", "number") or wanted.port is None:
                raise NotRead(value, f"{wanted.name} is no tensor")
            made = self._part(wanted.name, value.args[0])
        elif wanted.leaves and isinstance(value, ast.Tuple):
            if len(value.elts) != len(wanted.leaves):
                raise NotRead(value, f"{wanted.name} has {len(wanted.leaves)} parts")
            for leaf, item in zip(wanted.leaves, value.elts, strict=True):
                self._wire(leaf, item)
            return
        else:
            made = self._part(wanted.name, value)
        if self._is_plain_list(wanted, made) or (
            not wanted.required and same(made, wanted.default)
        ):
            return
        if made is None and not wanted.nullable and wanted.default is None and not wanted.required:
            return
        if isinstance(made, Hole) and wanted.port is not None:
            return
        self.args[wanted.name] = made

    def _is_plain_list(self, wanted: Argument, made: Arg) -> bool:
        """Whether a list is nothing but wires, which need not be said."""
        is_list = wanted.many and wanted.style != "variadic" and isinstance(made, tuple)
        return is_list and isinstance(made, tuple) and all(isinstance(m, Hole) for m in made)

    def _part(self, path: str, node: ast.expr) -> Arg:
        made = argument(node, self.calls.names, self._leaf, self._fill, path)
        if isinstance(made, Name) and made.text == "..." and "index" not in path:
            raise NotRead(node, "... means something in an index only")
        return made

    def _leaf(self, node: ast.expr) -> tree.Expression | None:
        own = {source: path for path, source in reversed(self.wires.items())}
        return self.calls.leaf(node, own)

    def _fill(self, path: str, node: ast.expr) -> bool:
        self._wire(path, node)
        return True
