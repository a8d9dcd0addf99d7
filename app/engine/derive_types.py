"""Describes one parameter of a torch signature: its type, default, choices and port."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch

FROM_DEFAULT = {bool: "bool", int: "int", float: "float", str: "str"}
UNTYPED = {"embed_dim": "int", "num_heads": "int", "kdim": "int", "vdim": "int"}
"""Parameters of MultiheadAttention, which carries no annotations."""


TYPING_ONLY = {
    "Callable": Callable, "Iterable": Iterable, "Mapping": Mapping, "Module": torch.nn.Module,
    "Optimizer": torch.optim.Optimizer, "Sequence": Sequence,
}  # fmt: skip
"""Names that torch imports for type checkers alone."""


def described(parameter: inspect.Parameter, stage: str) -> dict[str, Any]:
    """Return what a catalogue entry says of a parameter, apart from its name."""
    members = _members(parameter.annotation)
    entry: dict[str, Any] = {}
    if _lists_schedulers(members):
        return {"many": True, "port": "scheduler", "required": True, "stage": "call", "type": "any"}
    if stage == "call":
        entry["stage"] = "call"
        if _is_port(parameter, members):
            entry["port"] = "tensor"
    entry |= _typed(parameter, members)
    default = parameter.default
    if default is parameter.empty:
        entry["required"] = True
    elif callable(default):
        entry["default"] = default.__name__
    elif default is not None:
        entry["default"] = list(default) if isinstance(default, tuple) else default
    if type(None) in members or default is None:
        entry["nullable"] = True
    return entry


def signature(target: Callable[..., Any]) -> inspect.Signature:
    """Return a signature with its annotations evaluated, also those that torch wrote as text."""
    return inspect.signature(target, eval_str=True, locals=dict(TYPING_ONLY))


def _members(annotation: Any) -> tuple[Any, ...]:
    """Return the alternatives of a union, else the annotation alone."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (annotation,)


def _lists_schedulers(members: tuple[Any, ...]) -> bool:
    return any(torch.optim.lr_scheduler.LRScheduler in typing.get_args(m) for m in members)


def _is_port(parameter: inspect.Parameter, members: tuple[Any, ...]) -> bool:
    if torch.Tensor in members or parameter.name in ("input", "hx"):
        return True
    return any(
        typing.get_origin(m) is tuple and torch.Tensor in typing.get_args(m) for m in members
    )


def _typed(parameter: inspect.Parameter, members: tuple[Any, ...]) -> dict[str, Any]:
    for member in members:
        if typing.get_origin(member) is typing.Literal:
            return {"type": "str", "choices": list(typing.get_args(member))}
    if any(typing.get_origin(m) is Callable for m in members) and str not in members:
        return {"type": "expression"}
    tuples = [m for m in members if typing.get_origin(m) in (tuple, list) or _is_sequence(m)]
    plain = [m for m in members if m in FROM_DEFAULT]
    if tuples and not any(torch.Tensor in typing.get_args(m) for m in tuples if m in plain):
        return _tupled(tuples[0], plain)
    if torch.Tensor in members:
        return {"type": FROM_DEFAULT[plain[0]] if plain else "tensor"}
    if plain:
        return {"type": FROM_DEFAULT[plain[0]]}
    if parameter.name in UNTYPED:
        return {"type": UNTYPED[parameter.name]}
    return {"type": FROM_DEFAULT.get(type(parameter.default), "any")}


def _is_sequence(member: Any) -> bool:
    return typing.get_origin(member) in (Sequence, Iterable)


def _tupled(member: Any, plain: list[Any]) -> dict[str, Any]:
    inner = typing.get_args(member)
    whole = all(int in _members(i) for i in inner if i is not Ellipsis)
    if torch.Tensor in inner and not any(float in _members(i) for i in inner):
        return {"type": "tensor"}
    alone = int in plain or float in plain
    kind = ("size" if alone else "sizes") if whole else "numbers"
    entry: dict[str, Any] = {"type": kind}
    if Ellipsis not in inner and typing.get_origin(member) is tuple and len(inner) > 0:
        entry["rank"] = len(inner)
    return entry
