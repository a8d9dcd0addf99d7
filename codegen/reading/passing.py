"""Which argument of a spec each value of a call is meant for, as Python would bind them."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codegen.reading.problems import NotRead, shown
from graph_editor.catalogue.spec import Argument, Spec

Bound = dict[str, "ast.expr | list[ast.expr]"]
"""Argument -> what is passed for it; a list where it takes all that is left."""

BY_PLACE = frozenset((
    "dim", "training", "size", "scale_factor", "mode", "align_corners", "attn_mask", "dropout_p",
    "is_causal", "keepdim",
))  # fmt: skip
"""Arguments that are written by name, which torch takes by their place, too."""


def of_stage(spec: Spec, stage: str) -> list[Argument]:
    """Return the arguments of a spec that one of its calls takes, in torch's order."""
    return [a for a in spec.arguments if a.stage == stage and a.style != "pseudo"]


def bound(
    call: ast.Call, arguments: Sequence[Argument], before: Sequence[ast.expr] = (), what: str = ""
) -> Bound:
    """Return what a call passes, by argument; ``before`` comes first, as the owner of a method.

    Raises NotRead for what no argument is for.
    """
    found: Bound = {}
    values = [*before, *call.args]
    places = iter(arguments)
    what = what or shown(call.func)
    while values:
        place = next(places, None)
        if place is None:
            raise NotRead(values[0], f"{what} takes fewer values than are given here")
        if place.style == "variadic":
            found[place.name] = _plain(values)
            break
        if place.style == "keyword" and place.name not in BY_PLACE:
            raise NotRead(values[0], f"{what} takes {place.name} by its name only")
        found[place.name] = _plain([values.pop(0)])[0]
    known = {a.name for a in arguments}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise NotRead(keyword.value, f"{what} is given ** of something, which may be anything")
        if keyword.arg not in known:
            raise NotRead(keyword.value, f"{what} has no argument {keyword.arg} in the drawing")
        if keyword.arg in found:
            raise NotRead(keyword.value, f"{what} is given {keyword.arg} twice")
        found[keyword.arg] = keyword.value
    for place in arguments:
        if place.required and place.name not in found:
            raise NotRead(call, f"{what} lacks {place.name}")
    return found


def _plain(values: Sequence[ast.expr]) -> list[ast.expr]:
    for value in values:
        if isinstance(value, ast.Starred):
            raise NotRead(value, f"{shown(value)} may be any number of values")
    return list(values)
