"""Arguments as a person writes them: ``3 × 3``, ``=4 * dim``, ``1:, ::2``; what is shown."""

from __future__ import annotations

import json

from graph_editor.catalogue.spec import Argument
from graph_editor.document.file_args import arg_to_json
from graph_editor.document.model import Arg, At, Expr, FrozenMap, Hole, Name, Slice

TIMES = "×"
MIXED = "—"
"""Stands for a value that differs between the selected nodes."""
SIZES = frozenset({"size", "sizes", "shape"})
"""Types whose tuples are shown as shapes are."""
NUMERIC = frozenset({"int", "float", "number", "size", "sizes", "numbers", "shape", "tensor"})
DTYPES = (
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "int64",
    "int32",
    "int16",
    "int8",
    "uint8",
    "bool",
    "complex64",
    "complex128",
)


class Unset:
    """Says that a node says nothing of an argument; there is one, ``UNSET``."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Former:
    """Stands for what several nodes said each for itself; there is one, ``FORMER``."""

    def __repr__(self) -> str:
        return "FORMER"


FORMER = Former()


def shown(argument: Argument, value: Arg) -> str:
    """Return a value as its field shows it; ``read`` of the same text gives the value back."""
    if argument.type == "index":
        items = value if isinstance(value, tuple) else (value,)
        alone = isinstance(value, tuple) and len(value) == 1
        return ", ".join(map(_index_item, items)) + "," * alone
    if isinstance(value, tuple) and argument.type == "any":
        if _are_mentions(value):
            return ", ".join(item.address for item in value if isinstance(item, At))
        if any(isinstance(item, str | FrozenMap) or _is_list_of_mentions(item) for item in value):
            return json.dumps(arg_to_json(value), ensure_ascii=False)
    if isinstance(value, tuple):
        return _tuple(argument, value)
    if isinstance(value, Expr):
        return f"={value.text}"
    if isinstance(value, FrozenMap):
        return _shares(value) or json.dumps(arg_to_json(value), ensure_ascii=False)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("'", "=")) else value
    return _item(value)


def _is_list_of_mentions(item: Arg) -> bool:
    return isinstance(item, tuple) and any(isinstance(each, At) for each in item)


def _are_mentions(value: tuple[Arg, ...]) -> bool:
    return bool(value) and all(isinstance(item, At) for item in value)


def _tuple(argument: Argument, value: tuple[Arg, ...]) -> str:
    if not value:
        return "()"
    shape = argument.type in SIZES
    flat = not any(isinstance(item, tuple | FrozenMap) for item in value)
    if shape and flat and len(value) > 1:
        return f" {TIMES} ".join(_size(argument, item) for item in value)
    items = ", ".join(_size(argument, item) for item in value)
    return items + "," if len(value) == 1 else items


def _size(argument: Argument, value: Arg) -> str:
    """Return one of several; in a shape a name alone names a size and needs no sign."""
    if isinstance(value, Expr) and argument.type == "shape" and value.text.isidentifier():
        return value.text
    return _item(value)


def _item(value: Arg) -> str:
    if isinstance(value, Expr):
        return f"={value.text}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_item, value))}{',' * (len(value) == 1)})"
    if isinstance(value, Name):
        return value.text
    if isinstance(value, At):
        return f"@{value.address}"
    if isinstance(value, Hole):
        return "=?"
    if isinstance(value, bool) or value is None or isinstance(value, int | float):
        return repr(value)
    return json.dumps(arg_to_json(value), ensure_ascii=False)


def _index_item(value: Arg) -> str:
    if isinstance(value, Slice):
        parts = ["" if part is None else _item(part) for part in (value.start, value.stop)]
        step = "" if value.step is None else f":{_item(value.step)}"
        return f"{parts[0]}:{parts[1]}{step}"
    return _item(value)


def _shares(value: FrozenMap[str, Arg]) -> str:
    """Return ``train 0.8, val 0.2`` for names with a number or a word each; else nothing."""
    simple = all(
        isinstance(item, int | float | str) and not isinstance(item, bool)
        for item in value.values()
    )
    plain = all(key.isidentifier() for key in value)
    words = all(_is_word(item) for item in value.values() if isinstance(item, str))
    if not value or not simple or not plain or not words:
        return ""
    return ", ".join(f"{key} {item}" for key, item in value.items())


def _is_word(text: str) -> bool:
    """Whether text can stand without quotes: it is no number, and nothing in it parts or marks."""
    try:
        float(text)
    except ValueError:
        return bool(text) and not set(text) & set(" ,={}[]()'\"")
    return False


def kind_words(argument: Argument) -> str:
    """Return what an argument may be, in words that follow *needs*."""
    words = [str(choice) for choice in argument.choices if isinstance(choice, str)]
    one = {
        "int": "a whole number",
        "size": "a whole number",
        "float": "a number",
        "number": "a number",
        "numbers": "a number",
        "sizes": "whole numbers, as in 1, 2",
        "shape": "sizes, as in B × 3 × 32",
        "tensor": "numbers, as in 1, 2, 3",
        "index": "places, as in 1:, ::2",
        "dtype": "a dtype such as float32",
        "bool": "True or False",
        "expression": "a formula",
        "str": "a word",
    }.get(argument.type, "a value")
    if argument.type in ("size", "numbers") and argument.rank > 1:
        sample = [str(n) for n in range(1, argument.rank + 1)]
        sign = f" {TIMES} " if argument.type == "size" else ", "
        one += f", or {argument.rank} of them as in {sign.join(sample)}"
    if argument.variables:
        one = f"a formula over {', '.join(argument.variables)}"
    return f"{one}, or {' or '.join(words)}" if words and argument.type != "str" else one
