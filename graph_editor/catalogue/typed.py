"""What a person types to add a node: a name, then values for its parameters (``conv 64 3 p1``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, Expr, FrozenMap, Name

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
TUPLE = re.compile(r"[-+]?\d+([x×,][-+]?\d+)+")
NAMED = re.compile(r"([A-Za-z_]\w*)=(.+)", re.DOTALL)
SHORT = re.compile(r"([A-Za-z_]+)([-+]?\d+\.?\d*(?:e[-+]?\d+)?)", re.IGNORECASE)
CONSTANTS: dict[str, Arg] = {"true": True, "false": False, "none": None}
MAX_DIGITS = 15
"""Longer numbers are no sizes; a file refuses them."""
COUNTED = ("int", "size", "sizes", "shape", "number", "numbers", "float")
"""Types that a bare number may fill."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of typed text: the words that name a spec, and the values after them."""

    name: str
    """What is searched for, in small letters, its words with a space between."""
    numbers: tuple[str, ...] = ()
    named: tuple[tuple[str, str], ...] = ()
    """``("p", "1")`` for both ``p1`` and ``p=1``."""


@lru_cache(maxsize=64)
def asked(text: str) -> Asked:
    """Return what a typed line asks for; its first word is always part of a name."""
    words, numbers, named = [], [], []
    for index, word in enumerate(text.split()):
        if match := NAMED.fullmatch(word):
            named.append((match[1], match[2]))
        elif index and (NUMBER.fullmatch(word) or TUPLE.fullmatch(word)):
            numbers.append(word)
        elif index and (match := SHORT.fullmatch(word)):
            named.append((match[1], match[2]))
        else:
            words.append(word.lower())
    return Asked(" ".join(words), tuple(numbers), tuple(named))


@lru_cache(maxsize=2048)
def main_arguments(spec: Spec) -> tuple[Argument, ...]:
    """Return the arguments that are values, those first without which the node cannot be.

    Then come those that are inferred, then the rest as torch orders them.
    """
    values = [a for a in spec.arguments if a.port is None]
    required = [a for a in values if a.required and not a.infer]
    inferred = [a for a in values if a.infer]
    rest = [a for a in values if a not in required and a not in inferred]
    return (*required, *inferred, *rest)


def arguments_in(asked: Asked, spec: Spec) -> tuple[FrozenMap[str, Arg], tuple[str, ...]]:
    """Return the arguments that a line gives a spec, and the words that have no place in it."""
    if not asked.numbers and not asked.named:
        return FrozenMap(), ()
    arguments = main_arguments(spec)
    found: dict[str, Arg] = {}
    spare: list[str] = []
    for short, text in asked.named:
        argument = _meant(short, arguments)
        value = None if argument is None else read_value(argument, text)
        if argument is None or (value is None and text.lower() != "none"):
            spare.append(f"{short}={text}")
        else:
            found[argument.name] = value
    open_places = [
        a for a in arguments if not a.infer and a.name not in found and a.type in COUNTED
    ]
    spare += _fill(open_places, list(asked.numbers), found)
    return FrozenMap(found), tuple(spare)


def _fill(places: Iterable[Argument], words: list[str], found: dict[str, Arg]) -> list[str]:
    """Give numbers to places in order, each to the first whose type takes it; return the rest."""
    for place in places:
        if not words:
            break
        if place.type in ("sizes", "shape"):
            value = read_value(place, ",".join(words))
            taken = len(words)
        else:
            value, taken = read_value(place, words[0]), 1
        if value is not None:
            found[place.name] = value
            del words[:taken]
    return words


def _meant(short: str, arguments: tuple[Argument, ...]) -> Argument | None:
    """Return the argument of that name, else the first one that begins so."""
    exact = next((a for a in arguments if a.name == short), None)
    if exact is not None:
        return exact
    low = short.lower()
    return next((a for a in arguments if a.name.lower().startswith(low)), None)


def read_value(argument: Argument, text: str) -> Arg:
    """Return the value that text is for an argument, or None where its type does not take it."""
    if text.startswith("=") and len(text) > 1:
        return Expr(text[1:])
    choice = next((c for c in argument.choices if str(c).lower() == text.lower()), None)
    if choice is not None:
        return choice
    if argument.type == "bool":
        value = CONSTANTS.get(text.lower())
        return value if isinstance(value, bool) else None
    if argument.type == "str":
        return text if not argument.choices else None
    if argument.type == "dtype":
        word = text.removeprefix("torch.")
        return Name(word) if word.isidentifier() else None
    if argument.type in COUNTED:
        return _number(argument, text)
    return None


def _number(argument: Argument, text: str) -> Arg:
    if TUPLE.fullmatch(text):
        items = tuple(map(_whole, re.split(r"[x×,]", text)))
        listed = argument.type in ("size", "sizes", "shape", "numbers")
        return items if listed and None not in items else None
    if not NUMBER.fullmatch(text):
        return None
    whole = _whole(text)
    if argument.type in ("sizes", "shape"):
        return None if whole is None else (whole,)
    if argument.type in ("int", "size"):
        return whole
    return float(text) if whole is None or argument.type == "float" else whole


def _whole(text: str) -> int | None:
    plain = text.lstrip("+-").isdigit() and len(text) <= MAX_DIGITS
    return int(text) if plain else None
