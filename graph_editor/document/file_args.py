"""Arguments in file form: JSON values, with ``=`` for expressions and ``$`` for what JSON lacks."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

from graph_editor.document.file_problems import Complaints
from graph_editor.document.model import (
    Address,
    Arg,
    At,
    Expr,
    FrozenMap,
    Hole,
    Name,
    Slice,
)

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 32
NODE_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STEP = r"[a-z][a-z0-9_]{0,39}(?:\[[0-9]{1,9}\])?"
ADDRESS = re.compile(rf"\.|{_STEP}(?:/{_STEP})*")
TORCH_NAME = re.compile(r"\.\.\.|[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
INFINITIES = {"inf": math.inf, "-inf": -math.inf}
HOLE_TEXT = "=?"


def arg_to_json(arg: Arg) -> Json:
    """Return the file form of an argument. Raises ValueError where it has none (NaN)."""
    kind = type(arg)
    if arg is None or kind is bool or kind is int:
        return arg  # type: ignore[return-value]  # the kinds were just named
    if isinstance(arg, str):
        return "'" + arg if arg.lstrip("'").startswith("=") else arg
    if isinstance(arg, float):
        return arg if math.isfinite(arg) else {"$float": _infinity(arg)}
    if isinstance(arg, Expr):
        return "=" + arg.text
    if isinstance(arg, tuple):
        return [arg_to_json(item) for item in arg]
    if isinstance(arg, FrozenMap):
        return {_plain(key): arg_to_json(arg[key]) for key in sorted(arg)}
    if isinstance(arg, Hole):
        return HOLE_TEXT
    if isinstance(arg, Slice):
        return {"$slice": [arg_to_json(part) for part in (arg.start, arg.stop, arg.step)]}
    if isinstance(arg, Name):
        return {"$name": arg.text}
    if isinstance(arg, At):
        return {"$at": arg.address}
    raise ValueError(f"a {kind.__name__} is no argument")


def _plain(key: str) -> str:
    if key.startswith("$"):
        raise ValueError(f"{key} is no key: those that begin with $ are reserved")
    return key


def _infinity(value: float) -> str:
    if math.isnan(value):
        raise ValueError('NaN is no argument; write {"$name": "nan"}')
    return "inf" if value > 0 else "-inf"


def arg_from_json(value: object, place: str = "", complaints: Complaints | None = None) -> Arg:
    """Return the argument that a JSON value stands for.

    Problems go to complaints; without one they are raised as FileProblem.
    """
    if complaints is not None:
        return _arg(value, place, complaints, 0)
    own = Complaints("")
    arg = _arg(value, place, own, 0)
    own.settle()
    return arg


def _arg(value: object, place: str, complaints: Complaints, depth: int) -> Arg:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, (bool, int, float)):
        if isinstance(value, float) and not math.isfinite(value):
            complaints.add(place, "is no finite number")
        return value
    if depth >= MAX_DEPTH:
        complaints.add(place, f"is nested more than {MAX_DEPTH} deep")
    elif isinstance(value, list):
        return tuple(
            _arg(item, f"{place}[{i}]", complaints, depth + 1) for i, item in enumerate(value)
        )
    elif isinstance(value, dict):
        marks = [key for key in value if key.startswith("$")]
        if marks:
            return _marked(value, marks[0], place, complaints, depth)
        return FrozenMap(
            {k: _arg(v, f"{place}.{k}", complaints, depth + 1) for k, v in value.items()}
        )
    else:
        complaints.add(place, f"a {type(value).__name__} is no argument")
    return None


def _text(text: str) -> Arg:
    if text.startswith("="):
        return Hole() if text == HOLE_TEXT else Expr(text[1:])
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith("=") else text


def _marked(
    value: dict[str, object], mark: str, place: str, complaints: Complaints, depth: int
) -> Arg:
    content = value[mark]
    if len(value) > 1:
        complaints.add(place, f"{mark} must be the only key")
    elif mark == "$name":
        if isinstance(content, str) and TORCH_NAME.fullmatch(content):
            return Name(content)
        complaints.add(place, '$name needs a dotted name, as in {"$name": "float32"}')
    elif mark == "$at":
        if isinstance(content, str) and ADDRESS.fullmatch(content):
            return At(Address(content))
        complaints.add(place, '$at needs an address, as in {"$at": "encoder/embed"}')
    elif mark == "$float":
        if isinstance(content, str) and content in INFINITIES:
            return INFINITIES[content]
        complaints.add(place, '$float needs "inf" or "-inf"')
    elif mark == "$slice":
        if isinstance(content, list) and len(content) == 3:
            return Slice(
                *(
                    _arg(v, f"{place}.$slice[{i}]", complaints, depth + 1)
                    for i, v in enumerate(content)
                )
            )
        complaints.add(place, "$slice needs a list of start, stop and step")
    else:
        complaints.add(place, f"{mark} has no meaning here; keys that begin with $ are reserved")
    return None
