"""Builds and calls what one node stands for: a module, function, method, operator or tensor."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

import torch

from app.engine import custom_code
from app.engine.measures import METRICS, TRANSFORMS
from graph_editor.catalogue.ports import output_tree
from graph_editor.catalogue.spec import Argument, OutputTree, Spec
from graph_editor.document.model import Arg, At, Expr, FrozenMap, Hole, Name, Node, Slice

Device: TypeAlias = "str | torch.device"
MADE = ("nn", "param", "buffer")
"""Kinds that are constructed before they are called; all others are calls alone."""
_STEP = re.compile(r"\[(\d+)\]|\.([A-Za-z_]\w*)|([A-Za-z_]\w*)")
_ABSENT = object()


class CannotExecute(Exception):  # noqa: N818  # reads as a sentence where it is raised
    """A node that cannot be executed for a reason that torch never got to see."""


class MissingInput(CannotExecute):
    """A place that must be filled is empty. ``port`` is its path."""

    def __init__(self, port: str) -> None:
        super().__init__(f"the input {port} is not connected")
        self.port = port


class MissingArgument(CannotExecute):
    """A required argument has no value."""

    def __init__(self, argument: str) -> None:
        super().__init__(f"the argument {argument} has no value")
        self.argument = argument


def value_of(arg: Arg) -> Any:
    """Return a concrete argument as Python has it: tuples of sizes, torch's objects for names."""
    if isinstance(arg, tuple):
        return tuple(value_of(item) for item in arg)
    if isinstance(arg, Slice):
        return slice(value_of(arg.start), value_of(arg.stop), value_of(arg.step))
    if isinstance(arg, FrozenMap):
        return {key: value_of(item) for key, item in arg.items()}
    if isinstance(arg, Name):
        return named(arg.text)
    if isinstance(arg, Hole):
        raise CannotExecute("a place that a wire should fill is empty")
    if isinstance(arg, Expr | At):
        raise CannotExecute(f"{arg} has not been replaced by a value")
    return arg


@cache
def named(text: str) -> Any:
    """Return what a torch name stands for: ``float32``, ``channels_last``, ``...``."""
    if text == "...":
        return Ellipsis
    found = getattr(torch, text.removeprefix("torch."), None)
    if not isinstance(found, torch.dtype | torch.memory_format | torch.layout):
        raise CannotExecute(f"{text} is no dtype, memory format or layout of torch")
    return found


@cache
def resolve(callee: str) -> Callable[..., Any]:
    """Return the torch object at a dotted path. Nothing outside torch is ever imported."""
    first, *rest = callee.split(".")
    found: Any = {"torch": torch, "Tensor": torch.Tensor}.get(first)
    for part in rest:
        found = None if part.startswith("_") else getattr(found, part, None)
    if not callable(found):
        raise CannotExecute(f"the installed torch {torch.__version__} has no {callee}")
    return found


def construct(spec: Spec, args: Mapping[str, Arg], device: Device = "cpu") -> Any:
    """Return what the node owns: a module, or a parameter's or buffer's tensor; else None.

    Raises MissingArgument, CannotExecute, or whatever torch raises.
    """
    if spec.kind == "code":
        return _custom(spec, args, device)
    if spec.kind not in MADE:
        return None
    if spec.kind in ("param", "buffer"):
        return None if spec.name == "param.of" else _tensor(spec, args, device)
    with torch.device(device):
        positional, keywords = arguments_of(spec, "constructor", args, {})
        made = resolve(spec.callee)(*positional, **keywords)
        if (std := args.get(INIT_STD, 1.0)) != 1.0 and spec.argument(INIT_STD) is not None:
            torch.nn.init.normal_(made.weight, std=float(std))  # type: ignore[arg-type]  # a number
        return made


INIT_STD = "init_std"
"""The argument of a module that says how its weights spread at first, where torch's own has none.
"""


def _custom(spec: Spec, args: Mapping[str, Arg], device: Device) -> Any:
    with torch.device(device):
        given = custom_code.with_defaults(spec, "constructor", args)
        return custom_code.made(spec, *arguments_of(spec, "constructor", given, {}))


def _tensor(spec: Spec, args: Mapping[str, Arg], device: Device) -> torch.Tensor:
    """Return a parameter or a buffer, filled as its ``init`` says."""
    values = {a.name: value_of(args.get(a.name, a.default)) for a in spec.arguments}
    shape = values.get("shape")
    if shape is None:
        raise MissingArgument("shape")
    shape = (shape,) if isinstance(shape, int) else shape
    empty = torch.empty(shape, dtype=values.get("dtype") or torch.float32, device=device)
    with torch.no_grad():
        fill(empty, str(values.get("init") or "zeros"), float(values.get("std") or 1.0))
    if spec.kind == "buffer":
        return empty
    return torch.nn.Parameter(empty, requires_grad=empty.is_floating_point())


def fill(tensor: torch.Tensor, init: str, std: float) -> None:
    """Fill a tensor in place as ``torch.nn.init`` does: ``zeros``, ``normal`` (with ``std``) ..."""
    if init == "normal":
        torch.nn.init.normal_(tensor, std=std)
        return
    method = getattr(torch.nn.init, f"{init}_", None)
    if init.startswith("_") or method is None:
        raise CannotExecute(f"torch.nn.init has no {init}_")
    method(tensor)


def call(
    spec: Spec, target: Any, args: Mapping[str, Arg], inputs: Mapping[str, Any] | None = None
) -> Any:
    """Return the node's result as torch gives it: a tensor, a number, or a tuple of them.

    ``target`` is what ``construct`` returned (for ``param.of`` the tensor meant), ``inputs`` the
    values of the wired ports by path. Raises MissingInput, CannotExecute, or whatever torch raises.
    """
    inputs = inputs or {}
    if spec.kind in ("param", "buffer"):
        return target
    if spec.kind == "io":
        return inputs["input"]
    if spec.kind == "code":
        args = custom_code.with_defaults(spec, "call", args)
    if spec.name == "torch.arange" and "step" in args and "start" not in inputs:
        args = {"start": 0, **args}  # torch takes a step behind both ends alone
    positional, keywords = arguments_of(spec, "call", args, inputs)
    if spec.kind == "code":
        return custom_code.run(spec, target, positional, keywords)
    if spec.kind == "nn":
        return target(*positional, **keywords)
    if spec.kind == "op":
        return operation(spec.name)(*positional, **keywords)
    if spec.name == "const.value":
        return positional[0]
    if spec.kind == "metric":
        return METRICS[spec.name](*positional, _pseudo(spec, args))
    if spec.kind == "transform":
        return TRANSFORMS[spec.name](*positional, _pseudo(spec, args))
    return resolve(spec.callee)(*positional, **keywords)


def _pseudo(spec: Spec, args: Mapping[str, Arg]) -> dict[str, Any]:
    found = [a for a in spec.arguments if a.style == "pseudo"]
    return {a.name: value_of(args.get(a.name, a.default)) for a in found}


@cache
def operation(name: str) -> Callable[..., Any]:
    """Return the function of an operator's spec, as in ``op.add``."""
    word = name.partition(".")[2]
    if word == "setitem":
        return _setitem
    found = getattr(operator, word, None) or getattr(operator, f"{word}_", None)
    if word.startswith("_") or found is None:
        raise CannotExecute(f"there is no operator {name}")
    return found


def _setitem(input: torch.Tensor, index: Any, value: Any) -> torch.Tensor:  # noqa: A002  # the port's name
    """Return a copy of input in which the place at index holds value."""
    changed = input.clone()
    changed[index] = value
    return changed


def arguments_of(
    spec: Spec, stage: str, args: Mapping[str, Arg], inputs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return what to pass: by position up to the first gap, from there on by keyword."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    gap = False
    for argument in spec.arguments:
        if argument.stage != stage or argument.style == "pseudo":
            continue
        value = assembled(argument, args, inputs)
        if value is _ABSENT:
            gap = True
            continue
        if stage == "constructor" and argument.type == "tensor" and value is not None:
            value = torch.tensor(value, dtype=torch.float32)  # weights, typed as 1 or 1.0
        if argument.style == "variadic":
            positional.extend(value if isinstance(value, tuple) else (value,))
        elif gap or argument.style == "keyword":
            keywords[argument.name] = value
        else:
            positional.append(value)
    return positional, keywords


def assembled(argument: Argument, args: Mapping[str, Arg], inputs: Mapping[str, Any]) -> Any:
    """Return an argument's value with wires in their places, or a marker where it is absent."""
    name = argument.name
    if name in inputs:
        return inputs[name]
    places = {p: v for p, v in inputs.items() if p.startswith((name + "[", name + "."))}
    if argument.leaves and places:
        return tuple(_leaf(leaf, places) for leaf in argument.leaves)
    if name not in args and not places:
        return _unfilled(argument)
    tree = args.get(name, ())
    if places and argument.many and not _has_hole(tree):
        tree = tuple(Hole() for _ in places)
    return _filled(tree, name, places)


def _leaf(leaf: str, places: Mapping[str, Any]) -> Any:
    if leaf not in places:
        raise MissingInput(leaf)
    return places[leaf]


def _unfilled(argument: Argument) -> Any:
    if not argument.required:
        return _ABSENT
    if argument.port is not None:
        raise MissingInput(f"{argument.name}[0]" if argument.many else argument.name)
    raise MissingArgument(argument.name)


def _has_hole(tree: Arg) -> bool:
    if isinstance(tree, tuple):
        return any(map(_has_hole, tree))
    return isinstance(tree, Hole)


def _filled(tree: Arg, path: str, places: Mapping[str, Any]) -> Any:
    """Return an argument tree's value with wires in their places; they win over literals."""
    if path in places:
        return places[path]
    if isinstance(tree, Hole):
        raise MissingInput(path)
    if isinstance(tree, tuple):
        return tuple(_filled(item, f"{path}[{i}]", places) for i, item in enumerate(tree))
    if isinstance(tree, Slice):
        parts = ("start", "stop", "step")
        return slice(*(_filled(getattr(tree, p), f"{path}.{p}", places) for p in parts))
    if isinstance(tree, FrozenMap):
        return {key: _filled(item, f"{path}.{key}", places) for key, item in tree.items()}
    return value_of(tree)


def path_steps(path: str) -> tuple[str | int, ...]:
    """Return a port path taken apart: ``index[1].stop`` is ``("index", 1, "stop")``."""
    return tuple(int(i) if i else key or name for i, key, name in _STEP.findall(path))


def flatten_outputs(spec: Spec, node: Node, result: Any) -> dict[str, Any]:
    """Return the values of the node's output ports by leaf name.

    A leaf for which torch gave nothing (the weights of an attention that was not asked for them)
    is absent. Raises CannotExecute where the result does not fit the ports.
    """
    tree = output_tree(spec, node)
    if isinstance(tree, tuple) and len(tree) == 1 and isinstance(tree[0], tuple):
        tree = tree[0]
    if isinstance(tree, tuple) and not isinstance(result, tuple | list):
        tree = tree[0]
    return dict(_leaf_values(tree, result))


def _leaf_values(tree: OutputTree, result: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, str):
        if isinstance(result, tuple | list) and not isinstance(result, torch.Size):
            raise CannotExecute(f"gives {len(result)} results where the node has the port {tree}")
        if result is not None:
            yield tree, result
        return
    if not isinstance(result, tuple | list) or len(result) != len(tree):
        count = len(result) if isinstance(result, tuple | list) else 1
        raise CannotExecute(f"gives {count} results where the node has {len(tree)} outputs")
    for part, value in zip(tree, result, strict=True):
        yield from _leaf_values(part, value)
