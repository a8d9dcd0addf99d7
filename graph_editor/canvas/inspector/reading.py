"""Reads what a person typed for an argument; says in plain words what is wrong with it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection

from graph_editor.canvas.inspector.values import DTYPES, NUMERIC, TIMES, UNSET, Unset, kind_words
from graph_editor.catalogue.spec import Argument
from graph_editor.document.expressions import (
    LARGEST,
    ExpressionError,
    evaluate,
    names,
    parse,
    shape_ports,
)
from graph_editor.document.file_args import ADDRESS, arg_from_json
from graph_editor.document.file_problems import FileProblem
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

WHOLE = re.compile(r"[+-]?[0-9][0-9_]*")
BETWEEN = re.compile(r"(?<=\d)\s*x\s*(?=\d)")
PAIRS = {"(": ")", "[": "]", "{": "}"}
LITERALS: dict[str, Arg] = {
    "None": None,
    "none": None,
    "True": True,
    "true": True,
    "False": False,
    "false": False,
}
DEEPEST = 16
Known = Collection[str]


class WrongValueError(ValueError):
    """Text that is no value of an argument; its words are for the user to read."""


def read(argument: Argument, text: str, known: Known = ()) -> Arg | Unset:
    """Return the value that text stands for; ``UNSET`` where there is no text.

    Names in ``known`` may be used in a formula without a sign in front; with ``=`` in front any
    formula is taken. Raises WrongValueError.
    """
    text = text.strip()
    if not text:
        if argument.required and not argument.infer:
            raise WrongValueError(f"{argument.name} needs {kind_words(argument)}.")
        return UNSET
    if text in ("None", "none") and _may_be_none(argument):
        return None
    if text in argument.choices:
        return text
    reader = READERS.get(argument.type, _any)
    return reader(argument, text, known)


def _may_be_none(argument: Argument) -> bool:
    return argument.nullable or (not argument.required and argument.default is None)


def _wrong(argument: Argument, text: str) -> WrongValueError:
    short = text if len(text) <= 24 else f"{text[:23]}…"
    return WrongValueError(f"{argument.name} needs {kind_words(argument)}; “{short}” is none.")


def _number(argument: Argument, text: str, known: Known) -> Arg:
    return _legal(argument, text, _item(argument, text, known, 0))


def _numbers(argument: Argument, text: str, known: Known) -> Arg:
    """Read one number or several, with commas or × between them."""
    if text.startswith("=") and not _is_several(text):
        return _number(argument, text, known)
    parts = _parts(_unwrapped(text))
    if len(parts) == 1 and not parts[0].strip() and text != "()":
        raise _wrong(argument, text)
    if len(parts) == 1 and not _is_several(text) and not text.startswith(("(", "[")):
        made = _legal(argument, text, _item(argument, text, known, 0))
        return (made,) if argument.type in ("sizes", "shape") else made
    items = parts if parts[-1].strip() else parts[:-1]
    if not all(item.strip() for item in items):
        raise _wrong(argument, text)
    return tuple(_legal(argument, text, _item(argument, p.strip(), known, 0)) for p in items)


def _is_several(text: str) -> bool:
    return len(_parts(_unwrapped(text))) > 1


def _unwrapped(text: str) -> str:
    """Return text without the brackets around the whole of it."""
    if text[:1] in ("(", "[") and _end(text) == len(text) - 1:
        return text[1:-1]
    return text


def _end(text: str) -> int:
    """Return where the bracket at the start is closed; -1 where it is not."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in PAIRS) - (sign in PAIRS.values())
        if depth == 0:
            return place
    return -1


def _parts(text: str) -> list[str]:
    """Return the pieces between commas or × that stand in no bracket."""
    pieces, depth, start = [], 0, 0
    text = BETWEEN.sub(TIMES, text)
    for place, sign in enumerate(text):
        depth += (sign in PAIRS) - (sign in PAIRS.values())
        if sign in (",", TIMES) and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]


def _item(argument: Argument, text: str, known: Known, depth: int) -> Arg:
    """Read one literal, nested tuple or formula."""
    text = text.strip()
    if depth > DEEPEST:
        raise WrongValueError(f"{argument.name} is nested too deep.")
    if text == "=?":
        if argument.stage != "call":
            raise WrongValueError(f"No wire can lead into {argument.name}.")
        return Hole()
    if text.startswith("="):
        return _formula(argument, text[1:].strip(), None)
    if text.startswith("@") and ADDRESS.fullmatch(text[1:]):
        return At(Address(text[1:]))
    if text in LITERALS:
        return LITERALS[text]
    if text[:1] in ("(", "[") and _end(text) == len(text) - 1:
        pieces = [p for p in _parts(text[1:-1]) if p.strip()]
        if len(pieces) > 1 or text[0] == "[" or text.endswith((",)", ", )")) or not pieces:
            return tuple(_item(argument, p, known, depth + 1) for p in pieces)
    number = _literal(argument, text)
    if number is not None:
        return number
    return _formula(argument, text, known)


def _literal(argument: Argument, text: str) -> int | float | None:
    if WHOLE.fullmatch(text):
        whole = int(text) if len(text) <= 20 else LARGEST + 1
        if abs(whole) > LARGEST:
            raise WrongValueError(f"{argument.name} is larger than any number torch can hold.")
        return float(whole) if argument.type == "float" else whole
    try:
        found = float(text)
    except ValueError:
        return None
    if math.isnan(found) or "_" in text:
        return None
    return found


def _formula(argument: Argument, text: str, known: Known | None) -> Arg:
    """Read a formula; one of numbers alone is worked out, unless a sign asks to keep it."""
    try:
        tree = parse(text)
    except ExpressionError as error:
        if known is None:
            raise WrongValueError(f"This formula cannot be read: {error}.") from None
        raise _wrong(argument, text) from None
    if known is None or argument.type == "expression":
        return Expr(text)
    used = names(tree)
    if not used and not shape_ports(tree):
        try:
            return evaluate(tree, {})
        except ExpressionError as error:
            raise WrongValueError(f"This has no value: {error}.") from None
    if argument.type == "shape" and text.isidentifier():
        return Expr(text)
    unknown = sorted(used - set(known) - set(argument.variables))
    if unknown:
        if text.isidentifier():
            raise _wrong(argument, text)
        raise WrongValueError(f"The name {unknown[0]} is not known here.")
    return Expr(text)


def _legal(argument: Argument, text: str, value: Arg) -> Arg:
    """Return the value, unless it is of a wrong type."""
    if isinstance(value, Expr | Hole | At):
        return value
    if isinstance(value, tuple):
        return tuple(_legal(argument, text, item) for item in value)
    if value is None and argument.type in ("size", "numbers"):
        return value
    if argument.type == "tensor" and isinstance(value, bool):
        return value
    if argument.type == "number" and isinstance(value, bool):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(argument, text)
    if isinstance(value, float) and argument.type in ("int", "size", "sizes", "shape"):
        if value.is_integer() and abs(value) < 2**53:
            return int(value)
        raise _wrong(argument, text)
    return float(value) if argument.type == "float" else value


def _bool(argument: Argument, text: str, _: Known) -> Arg:
    if text.startswith("="):
        return _formula(argument, text[1:].strip(), None)
    value = LITERALS.get(text)
    if not isinstance(value, bool):
        raise _wrong(argument, text)
    return value


def _word(argument: Argument, text: str, _: Known) -> Arg:
    if argument.choices and not text.startswith("="):
        words = " or ".join(str(choice) for choice in argument.choices)
        raise WrongValueError(f"{argument.name} is {words}; “{text}” is none of them.")
    if text.startswith("="):
        return _formula(argument, text[1:].strip(), None)
    return text[1:] if text.startswith("'") else text


def _dtype(argument: Argument, text: str, _: Known) -> Arg:
    word = text.removeprefix("torch.")
    if word not in DTYPES:
        raise _wrong(argument, text)
    return Name(word)


def _index(argument: Argument, text: str, known: Known) -> Arg:
    """Read what stands between square brackets."""
    if text[:1] == "[" and _end(text) == len(text) - 1 and "," not in text:
        text = text[1:-1]
    parts = _parts(text)
    if len(parts) == 1:
        return _place(argument, parts[0].strip(), known)
    items = [p.strip() for p in parts if p.strip()]
    if not items:
        raise _wrong(argument, text)
    return tuple(_place(argument, item, known) for item in items)


def _place(argument: Argument, text: str, known: Known) -> Arg:
    if text in ("...", "…"):
        return Name("...")
    pieces = _between_colons(text)
    if len(pieces) == 1:
        value = _item(argument, "=?" if text == "?" else text, known, 0)
        if isinstance(value, float):
            raise _wrong(argument, text)
        return value
    if len(pieces) > 3:
        raise _wrong(argument, text)
    bounds = [_item(argument, p, known, 0) if p.strip() else None for p in pieces]
    return Slice(*bounds)


def _between_colons(text: str) -> list[str]:
    pieces, depth = [""], 0
    for sign in text:
        depth += (sign in PAIRS) - (sign in PAIRS.values())
        if sign == ":" and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += sign
    return pieces


def _any(argument: Argument, text: str, known: Known) -> Arg:
    """Read a value of any type: mentions of nodes, shares, JSON as in a file, a number, a word."""
    if argument.name == "trains":
        return _mentions(argument, text)
    if isinstance(argument.default, FrozenMap) and not text.startswith("{"):
        return _shares(argument, text)
    if text.startswith(("{", "[", '"')):
        return _json(argument, text)
    try:
        return _numbers(argument, text, known)
    except WrongValueError:
        if text.startswith("=") or "," in text:
            raise
    return text[1:] if text.startswith("'") else text


def _mentions(argument: Argument, text: str) -> Arg:
    words = [word.strip().removeprefix("@") for word in text.split(",") if word.strip()]
    wrong = next((word for word in words or [text] if not ADDRESS.fullmatch(word)), None)
    if wrong is not None:
        raise WrongValueError(f"{argument.name} lists ids of nodes; “{wrong}” is none.")
    return tuple(At(Address(word)) for word in words)


def _shares(argument: Argument, text: str) -> Arg:
    """Read ``train 0.8, val 0.2``."""
    made: dict[str, Arg] = {}
    for piece in text.split(","):
        words = piece.replace(":", " ").replace("=", " ").split()
        if len(words) != 2 or not words[0].isidentifier():
            raise WrongValueError(
                f"{argument.name} needs names with a value each, as in train 0.8, val 0.2."
            )
        number = _literal(argument, words[1])
        made[words[0]] = words[1] if number is None else number
    return FrozenMap(made)


def _json(argument: Argument, text: str) -> Arg:
    try:
        value = json.loads(text)
        return arg_from_json(value, argument.name)
    except FileProblem as problem:
        raise WrongValueError(f"{problem}") from None
    except (ValueError, RecursionError):
        raise WrongValueError(
            f"{argument.name} cannot be read; it is written as in a project file."
        ) from None


READERS: dict[str, Callable[[Argument, str, Known], Arg]] = {
    **dict.fromkeys(("int", "float", "number", "expression"), _number),
    **dict.fromkeys(NUMERIC - {"int", "float", "number"}, _numbers),
    "bool": _bool,
    "str": _word,
    "dtype": _dtype,
    "index": _index,
}
