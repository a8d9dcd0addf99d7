"""What a person types to add a node: a name, then values for its parameters (``conv 64 3 p1``)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

from graph_editor.catalogue.spec import Argument, Spec
from graph_editor.document.model import Arg, Expr, FrozenMap, Name

CALL = re.compile(r"\s*([^\s(=]+)\s*\((.*?)\)?\s*", re.DOTALL)
"""A line that is written as code: ``Conv2d(64, kernel_size=(3, 5)``."""
VALUES = re.compile(r"[\d=,]|^$")
"""What is between brackets has values in it; else it is a part of a name."""
BRACKETS = re.compile(r"(\w+=)?[(\[]([-+\d,]+)[)\]]?")
"""A tuple as torch writes it, with the name before it or without."""
FORMULA = re.compile(r"=.+", re.DOTALL)
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
TUPLE = re.compile(r"[-+]?\d+([x×,][-+]?\d+)+")
NAMED = re.compile(r"([A-Za-z_]\w*)=(.+)", re.DOTALL)
SHORT = re.compile(r"([A-Za-z_]+)([-+]?\d+\.?\d*(?:e[-+]?\d+)?)", re.IGNORECASE)
CONSTANTS: dict[str, Arg] = {"true": True, "false": False, "none": None}
MAX_DIGITS = 15
"""Longer numbers are no sizes; a file refuses them."""
LIMITS: dict[str, tuple[int, float]] = {
    **dict.fromkeys(("p", "dropout"), (0, 1.0)),
    **dict.fromkeys(("out_channels", "in_channels", "out_features", "in_features"), (1, inf)),
    **dict.fromkeys(("kernel_size", "stride", "dilation", "groups", "num_layers"), (1, inf)),
    **dict.fromkeys(("hidden_size", "num_heads", "nhead", "num_groups"), (1, inf)),
    **dict.fromkeys(("num_embeddings", "embedding_dim", "upscale_factor"), (1, inf)),
}
"""The least and the most that a layer takes where torch says so at once, by the argument's name."""
NOT_SHARES = ("LPPool", "PairwiseDistance", "TripletMargin", "MultiMargin")
"""Layers whose ``p`` is the degree of a norm."""
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
    for index, word in enumerate(_split(text)):
        if match := NAMED.fullmatch(word):
            named.append((match[1], match[2]))
        elif index and (FORMULA.fullmatch(word) or NUMBER.fullmatch(word) or TUPLE.fullmatch(word)):
            numbers.append(word)
        elif numbers and word in ("-", "+", "="):
            continue  # a number that is still being typed
        elif index and (match := SHORT.fullmatch(word)):
            named.append((match[1], match[2]))
        else:
            words.append(word.lower())
    return Asked(" ".join(words), tuple(numbers), tuple(named))


def _split(text: str) -> list[str]:
    """Return the words of a line; a comma and the brackets of a call part them as a space does."""
    call = CALL.fullmatch(text)
    is_call = call is not None and VALUES.search(call[2]) is not None
    if call is not None and is_call:
        text = f"{call[1]} {call[2]}"
    words, depth = [""], 0
    for at, sign in enumerate(text):
        depth = max(0, depth + (sign in "([") - (sign in ")]"))
        ends = sign.isspace() or (sign in ",;" and (is_call or not text[at + 1 : at + 2].strip()))
        if depth == 0 and ends:
            words.append("")
        elif not sign.isspace():
            words[-1] += sign
    return [_bare(word) for word in words if word]


def _bare(word: str) -> str:
    """Return a word without the brackets of a tuple and without quotes: ``k=3,5``."""
    found = BRACKETS.fullmatch(word)
    plain = word if found is None else f"{found[1] or ''}{found[2].strip(',')}"
    return plain if len(plain) < 2 else plain.replace("'", "").replace('"', "")


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
    """Return the arguments that a line gives a spec, and the words that have no place in it.

    A value that an argument does not take is told with its name: ``p=50``.
    """
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
        elif not within(spec, argument, value):
            spare.append(f"{argument.name}={text}")
        else:
            found[argument.name] = value
    open_places = [
        a for a in arguments if not a.infer and a.name not in found and a.type in COUNTED
    ]
    spare += _fill(spec, open_places, list(asked.numbers), found)
    return FrozenMap(found), tuple(spare)


def _fill(
    spec: Spec, places: Iterable[Argument], words: list[str], found: dict[str, Arg]
) -> list[str]:
    """Give numbers to places in order, each to the first whose type takes it; return the rest."""
    wrong = []
    for place in places:
        if not words:
            break
        if place.type in ("sizes", "shape"):
            whole = not words[0].startswith("=")
            value = read_value(place, ",".join(words) if whole else words[0])
            taken = len(words) if whole else 1
        else:
            value, taken = read_value(place, words[0]), 1
        if value is None:
            continue
        if within(spec, place, value):
            found[place.name] = value
        else:
            wrong.append(f"{place.name}={','.join(words[:taken])}")
        del words[:taken]
    return wrong + words


def within(spec: Spec, argument: Argument, value: Arg) -> bool:
    """Whether torch may take a number for an argument of a layer: no negative width, no p of 50."""
    limits = _range(spec, argument)
    if limits is None:
        return True
    numbers = value if isinstance(value, tuple) else (value,)
    return all(
        limits[0] <= number <= limits[1]
        for number in numbers
        if isinstance(number, int | float) and not isinstance(number, bool)
    )


def complaint(spec: Spec, spare: Sequence[str]) -> str:
    """Return what is wrong with the values that a line could not give to a spec, as a sentence."""
    arguments = {a.name: a for a in main_arguments(spec)}
    for word in spare:
        name, _, text = word.partition("=")
        found = _meant(name, tuple(arguments.values())) if text else None
        if found is not None:
            return f"{found.name} of {spec.title} cannot be {text}{_limits(spec, found)}."
    return f"{spec.title} has no place for {', '.join(spare)}." if spare else ""


def _limits(spec: Spec, argument: Argument) -> str:
    limits = _range(spec, argument)
    if limits is None:
        return ""
    most = f"to {limits[1]:g}" if limits[1] < inf else "or more"
    return f"; it is {limits[0]} {most}"


def _range(spec: Spec, argument: Argument) -> tuple[int, float] | None:
    if spec.kind != "nn" or (argument.name == "p" and spec.title.startswith(NOT_SHARES)):
        return None
    return LIMITS.get(argument.name)


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
