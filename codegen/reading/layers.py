"""Expressions that make modules: a layer, a chain, copies of one, one beside an Identity."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from codegen.reading.formulas import Leaf, as_argument, as_expr, formula
from codegen.reading.literal_values import argument, full_name
from codegen.reading.members import Layer, ReadClass
from codegen.reading.passing import bound, of_stage
from codegen.reading.problems import NotRead, shown
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document import expressions as tree
from graph_editor.document.model import Arg, Expr, FrozenMap, same

CHAIN, LIST, IDENTITY = "torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.Identity"
TENSOR = "torch.tensor"


class Layers:
    """Reads the modules of one constructor."""

    def __init__(
        self, names: Mapping[str, str], classes: Mapping[str, ReadClass], lookup: Lookup,
        leaf: Leaf, custom: Mapping[str, Spec],
    ) -> None:  # fmt: skip
        self.names = names
        self.classes = classes
        self.lookup, self.custom = lookup, custom
        self.outer = leaf
        self.counter = ""

    def leaf(self, node: ast.expr) -> tree.Expression | None:
        """Return what a name means; in a comprehension its counter is ``i``."""
        if self.counter and isinstance(node, ast.Name) and node.id == self.counter:
            return tree.Variable("i")
        return self.outer(node)

    def of(self, value: ast.expr) -> tuple[tuple[Layer, ...], bool]:
        """Return the layers that an expression makes, and whether they are a chain."""
        whole = full_name(value.func, self.names) if isinstance(value, ast.Call) else ""
        if whole == CHAIN and isinstance(value, ast.Call):
            copies = self._copies(value)
            return ((copies,), False) if copies else (self._chain(value), True)
        return (self.one(value),), False

    def _chain(self, call: ast.Call) -> tuple[Layer, ...]:
        if call.keywords or not call.args:
            raise NotRead(call, "a chain is made of layers, one after the other")
        found: list[Layer] = []
        for item in call.args:
            if isinstance(item, ast.Starred):
                found.append(self._repeated(item.value))
            else:
                found += self.of(item)[0]
        return tuple(found)

    def _copies(self, call: ast.Call) -> Layer | None:
        """Return the layer that ``Sequential(*[... for _ in range(n)])`` repeats."""
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Starred) or call.keywords:
            return None
        return self._repeated(call.args[0].value)

    def one(self, value: ast.expr) -> Layer:
        """Return the one layer that an expression makes. Raises NotRead."""
        if isinstance(value, ast.IfExp):
            return self._beside_identity(value)
        if not isinstance(value, ast.Call):
            raise NotRead(value, f"{shown(value)} is neither a layer nor a number")
        whole = full_name(value.func, self.names)
        if whole == LIST:
            if len(value.args) != 1 or value.keywords:
                raise NotRead(value, "a ModuleList is made of copies: one layer for _ in range(n)")
            return replace(self._repeated(value.args[0]), is_list=True)
        if whole == CHAIN:
            copies = self._copies(value)
            if copies is None:
                raise NotRead(value, "a chain within something else is not read: name it")
            return copies
        name = value.func.id if isinstance(value.func, ast.Name) else ""
        if name in self.classes:
            return self._instance(value, self.classes[name])
        if name in self.custom:
            return Layer(self.custom[name].name, self._arguments(value, self.custom[name]), value)
        spec = self.lookup("nn." + whole.removeprefix("torch.nn.")) if whole else None
        if spec is None or not whole.startswith("torch.nn."):
            raise NotRead(value, f"the drawing has no layer {shown(value.func)}")
        return Layer(spec.name, self._arguments(value, spec), value)

    def _beside_identity(self, value: ast.IfExp) -> Layer:
        other = value.orelse
        if not isinstance(other, ast.Call) or full_name(other.func, self.names) != IDENTITY:
            raise NotRead(
                other, "what stands beside a layer that is there sometimes is nn.Identity()"
            )
        test = formula(value.test, self.leaf)
        if test is None:
            raise NotRead(value.test, f"{shown(value.test)} is no test of the parameters")
        found = self.one(value.body)
        if found.when is not None:
            raise NotRead(value, "one condition inside another is not read")
        return replace(found, when=as_expr(value.test, test), code=value)

    def _repeated(self, value: ast.expr) -> Layer:
        """Return the layer of ``X(...) for i in range(n)``."""
        if not isinstance(value, ast.ListComp | ast.GeneratorExp) or len(value.generators) != 1:
            raise NotRead(value, "copies are written as X(...) for _ in range(n)")
        turn = value.generators[0]
        count = counted(turn.iter, self.leaf)
        if turn.ifs or turn.is_async or not isinstance(turn.target, ast.Name) or count is None:
            raise NotRead(value, "copies are counted: for _ in range(n), and nothing else")
        if self.counter:
            raise NotRead(value, "copies of copies are not read: make them a block")
        self.counter = turn.target.id
        try:
            found = self.one(value.elt)
        finally:
            self.counter = ""
        if found.when is not None or found.count is not None:
            raise NotRead(value, "copies that differ by a condition are not read")
        return replace(found, count=count, code=value)

    def _instance(self, call: ast.Call, block: ReadClass) -> Layer:
        wanted = [
            Argument(p.name, p.type, default=p.default, required=p.default is None)
            for p in block.parameters
        ]
        found = bound(call, wanted, what=block.name)
        args = {a.name: self._value(a, found[a.name]) for a in wanted if a.name in found}
        return Layer(f"block.{block.key}", FrozenMap(_spoken(args, wanted)), call)

    def _arguments(self, call: ast.Call, spec: Spec) -> FrozenMap[str, Arg]:
        wanted = of_stage(spec, "constructor")
        found = bound(call, wanted)
        args = {a.name: self._value(a, found[a.name]) for a in wanted if a.name in found}
        return FrozenMap(_spoken(args, wanted))

    def _value(self, wanted: Argument, value: ast.expr | list[ast.expr]) -> Arg:
        if isinstance(value, list):
            return tuple(argument(item, self.names, self.leaf) for item in value)
        if isinstance(value, ast.Call) and full_name(value.func, self.names) == TENSOR:
            if len(value.args) != 1 or value.keywords or wanted.type != "tensor":
                raise NotRead(value, f"{wanted.name} is no tensor of plain numbers")
            return argument(value.args[0], self.names, self.leaf)
        return argument(value, self.names, self.leaf)


def _spoken(args: Mapping[str, Arg], wanted: list[Argument]) -> dict[str, Arg]:
    """Return the arguments that differ from their defaults."""
    defaults = {a.name: a.default for a in wanted if not a.required}
    return {k: v for k, v in args.items() if k not in defaults or not same(defaults[k], v)}


def counted(node: ast.expr, leaf: Leaf) -> int | Expr | None:
    """Return n of ``range(n)``; None for anything else."""
    is_range = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if not is_range or not isinstance(node, ast.Call) or len(node.args) != 1 or node.keywords:
        return None
    if not isinstance(node.func, ast.Name) or node.func.id != "range":
        return None
    number = formula(node.args[0], leaf)
    if number is None:
        return None
    value = as_argument(node, number)
    return value if isinstance(value, Expr) or type(value) is int else None
