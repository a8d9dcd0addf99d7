"""Reads ``__init__``: the parameters of a class and the modules, weights and buffers it makes."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from codegen.reading.formulas import Leaf, as_argument, as_expr, formula
from codegen.reading.layers import Layers
from codegen.reading.literal_values import argument, full_name
from codegen.reading.members import Frozen, Layer, Member, ReadClass
from codegen.reading.paths import steps_of
from codegen.reading.problems import NotRead, shown
from codegen.reading.source import dotted, without_text
from codegen.reading.tensors import is_place, weight
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.spec import Spec
from graph_editor.document import expressions as tree
from graph_editor.document.model import FrozenMap, Parameter

TYPES = ("int", "float", "bool", "str")
INIT_STD = "init_std"
"""The argument of a module that says how its weights spread at first."""
RESERVED = ("i", "n", "training")
"""Names that mean something of their own in a drawing's expressions."""

BEGINS = "a constructor begins with super().__init__()"


class Constructor:
    """Reads one constructor into its class."""

    def __init__(
        self,
        made: ReadClass,
        names: Mapping[str, str],
        classes: Mapping[str, ReadClass],
        lookup: Lookup,
        custom: Mapping[str, Spec],
    ) -> None:
        self.made = made
        self.names = names
        self.lookup = lookup
        self.known: dict[str, tree.Expression] = {}
        self.layers = Layers(names, classes, lookup, self.leaf, custom)

    def leaf(self, node: ast.expr) -> tree.Expression | None:
        """Return what a name means among the arguments of a constructor."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        parts = dotted(node)
        if parts is not None and len(parts) == 2 and parts[0] == "self":
            return self.made.kept.get(parts[1])
        return None

    def read(self, function: ast.FunctionDef) -> None:
        """Read the whole constructor. Raises NotRead."""
        self.made.parameters = tuple(parameters_of(function))
        self.known = {p.name: tree.Variable(p.name) for p in self.made.parameters}
        is_module = False
        for statement in without_text(function.body):
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Call) and is_super(call, "__init__"):
                is_module = True
                continue
            if not is_module and not _is_local(statement):
                raise NotRead(statement, BEGINS)
            self._statement(statement)
        if not is_module:
            raise NotRead(function, BEGINS)

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self._assign(statement, statement.targets[0], statement.value)
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            self._assign(statement, statement.target, statement.value)
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            self._call(statement.value)
        elif isinstance(statement, ast.For):
            self.made.frozen += frozen_in_loops(statement, "requires_grad_")
        else:
            raise NotRead(
                statement, f"{shown(statement)} is nothing that a constructor may do here"
            )

    def _assign(self, statement: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            number = formula(value, self.leaf)
            if number is None:
                raise NotRead(statement, f"{target.id} is no number over the parameters")
            self.known[target.id] = number
            return
        parts = dotted(target)
        if isinstance(target, ast.Attribute) and (parts is None or len(parts) > 2):
            if any(_first(target, {}) == _first(f.path, dict(f.loops)) for f in self.made.frozen):
                raise NotRead(statement, "a weight is tied before its layer is frozen: move it up")
            self.made.ties.append((target, value))
            return
        if parts is None or parts[0] != "self":
            raise NotRead(statement, f"{shown(target)} is nothing that a constructor may set")
        self._attribute(parts[1], value)

    def _attribute(self, name: str, value: ast.expr) -> None:
        number = formula(value, self.leaf)
        if number is not None:
            self._free(name, value)
            self.made.kept[name] = number
            return
        self._add(name, value, weight(value, self.names, self.leaf, self.lookup))

    def _add(self, name: str, value: ast.expr, tensor: Layer | None) -> None:
        self._free(name, value)
        if tensor is not None:
            self.made.members[name] = Member(name, (tensor,), False, value)
            return
        layers, is_chain = self.layers.of(value)
        self.made.members[name] = Member(name, layers, is_chain, value)

    def _free(self, name: str, node: ast.AST) -> None:
        if name in self.made.members or name in self.made.kept:
            raise NotRead(node, f"self.{name} is set twice")

    def _call(self, call: ast.Call) -> None:
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        parts = dotted(call.func)
        if parts == ["self", "register_buffer"]:
            self._buffer(call)
        elif method == "requires_grad_" and isinstance(call.func, ast.Attribute):
            self.made.frozen.append(_frozen(call, call.func.value))
        elif full_name(call.func, self.names) == "torch.nn.init.normal_":
            self._begun(call)
        elif parts == ["self", "train"] and not call.args and not call.keywords:
            self.made.rests = call
        else:
            raise NotRead(call, f"{shown(call)} is nothing that a constructor may do here")

    def _begun(self, call: ast.Call) -> None:
        """Read ``nn.init.normal_(self.embedding.weight, std=0.02)``. Raises NotRead."""
        parts = dotted(call.args[0]) if len(call.args) == 1 else None
        member = self.made.members.get(parts[1]) if parts and len(parts) == 3 else None
        spread = [k.value for k in call.keywords if k.arg == "std"]
        if parts is None or parts[::2] != ["self", "weight"] or member is None:
            raise NotRead(call, "weights that are filled are those of one layer of the class")
        spec = self.lookup(member.layers[0].spec)
        if len(member.layers) != 1 or spec is None or spec.argument(INIT_STD) is None:
            raise NotRead(call, f"{shown(call.args[0])} has no other deviation in a drawing")
        if len(spread) != 1 or len(call.keywords) != 1:
            raise NotRead(call, "the deviation is said as std, and nothing else is")
        (layer,) = member.layers
        args = layer.args.set(INIT_STD, argument(spread[0], self.names, self.leaf))
        member.layers = (replace(layer, args=args),)

    def _buffer(self, call: ast.Call) -> None:
        keywords = {k.arg: k.value for k in call.keywords}
        name = call.args[0] if call.args else None
        if (
            len(call.args) != 2
            or not isinstance(name, ast.Constant)
            or not isinstance(name.value, str)
            or set(keywords) - {"persistent"}
        ):
            raise NotRead(call, "a buffer is registered by a name in quotes and a tensor")
        kept = keywords.get("persistent")
        if kept is not None and not (
            isinstance(kept, ast.Constant) and kept.value in (True, False)
        ):
            raise NotRead(kept, "persistent is neither True nor False")
        is_kept = kept is None or bool(getattr(kept, "value", True))
        if is_place(call.args[1], self.names):
            self.made.place = name.value
            return
        found = weight(call.args[1], self.names, self.leaf, self.lookup, "buffer.tensor")
        if found is None:
            raise NotRead(call, f"{shown(call.args[1])} is no tensor that a buffer can begin as")
        if not is_kept:
            found = replace(found, args=found.args.set("persistent", False))
        self._free(name.value, call)
        self.made.members[name.value] = Member(name.value, (found,), False, call)


def is_super(call: ast.Call, method: str) -> bool:
    """Whether a call is ``super().method(...)``."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == method
        and isinstance(function.value, ast.Call)
        and isinstance(function.value.func, ast.Name)
        and function.value.func.id == "super"
    )


def _frozen(call: ast.Call, path: ast.expr) -> Frozen:
    values = [*call.args, *(k.value for k in call.keywords)]
    if len(values) != 1 or not isinstance(values[0], ast.Constant) or values[0].value is not False:
        raise NotRead(call, "only requires_grad_(False) is read: it freezes")
    return Frozen(path)


def _first(path: ast.expr, loops: Mapping[str, ast.expr]) -> str:
    """Return the attribute of self with which a path begins."""
    return next(iter(steps_of(path, loops)), "")


def _is_local(statement: ast.stmt) -> bool:
    """Whether a statement gives a name to a number, which may stand before all else."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return bool(targets) and all(isinstance(target, ast.Name) for target in targets)


def frozen_in_loops(loop: ast.For, method: str) -> list[Frozen]:
    """Return what the body of a loop over copies freezes. Raises NotRead."""
    if not isinstance(loop.target, ast.Name) or loop.orelse:
        raise NotRead(loop, "a loop in a constructor goes over copies and freezes them")
    found: list[Frozen] = []
    for statement in loop.body:
        if isinstance(statement, ast.For):
            inner = frozen_in_loops(statement, method)
        elif (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and isinstance(statement.value.func, ast.Attribute)
            and statement.value.func.attr == method
        ):
            path = statement.value.func.value
            inner = [_frozen(statement.value, path) if method == "requires_grad_" else Frozen(path)]
        else:
            raise NotRead(
                statement, f"{shown(statement)} is nothing that is read inside a loop here"
            )
        turn = (loop.target.id, loop.iter)
        found += [replace(each, loops=(turn, *each.loops)) for each in inner]
    return found


def no_name(node: ast.expr) -> None:
    """Say that no name is known: the leaf of a default."""
    del node


def parameters_of(function: ast.FunctionDef) -> list[Parameter]:
    """Return the parameters of a constructor after self. Raises NotRead."""
    found = []
    for argument_, default in plain_arguments(function):
        value = None if default is None else argument(default, {}, no_name)
        kind = argument_.annotation.id if isinstance(argument_.annotation, ast.Name) else ""
        if argument_.annotation is None and value is not None:
            kind = type(value).__name__  # what it begins as says it
        if kind not in TYPES:
            raise NotRead(argument_, f"{argument_.arg} is no int, float, bool or str by its type")
        if argument_.arg in RESERVED:
            raise NotRead(argument_, f"{argument_.arg} means something else in a drawing")
        if value is not None and not isinstance(value, bool | int | float | str):
            raise NotRead(
                argument_, f"{argument_.arg} begins as {value!r}, which is no plain value"
            )
        found.append(Parameter(argument_.arg, kind, value))
    return found


def plain_arguments(function: ast.FunctionDef) -> list[tuple[ast.arg, ast.expr | None]]:
    """Return the arguments of a method after self, with their defaults. Raises NotRead."""
    args = function.args
    if args.vararg or args.kwarg or args.posonlyargs:
        raise NotRead(function, f"{function.name} takes * or **, which may be anything")
    if not args.args or args.args[0].arg != "self" or function.decorator_list:
        raise NotRead(function, f"{function.name} is no plain method with self")
    names = args.args[1:]
    defaults = [None] * (len(names) - len(args.defaults)) + list(args.defaults)
    found = list(zip(names, defaults[-len(names) :] if names else [], strict=True))
    return [*found, *zip(args.kwonlyargs, args.kw_defaults, strict=True)]


__all__ = ["Constructor", "FrozenMap", "Leaf", "as_argument", "as_expr"]
