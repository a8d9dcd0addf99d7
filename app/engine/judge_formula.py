"""Finds how a number depends on parameters from the values that it was seen to take."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from app.engine.evaluate_call import Args
from app.engine.evaluate_scope import concrete
from graph_editor.document.expressions import ExpressionError
from graph_editor.document.model import Arg, Expr

Seen: TypeAlias = tuple[Args, int]
"""Parameters, and the number that came of them."""

STEEPEST = 4
"""The highest power of a parameter that is looked for."""


def formula(seen: Sequence[Seen]) -> Arg:
    """Return a number or an expression that agrees with everything seen; None where none does.

    The first one seen is the one that the others are compared with: those that differ from it in a
    single parameter say how the number depends on that parameter.
    """
    changes = _changes(seen)
    parameters, value = seen[0]
    if not changes and all(other == value for _, other in seen):
        return value
    if not changes:
        return _name(seen)
    numbers = {name: int(parameters[name]) for name in changes}  # type: ignore[arg-type]  # ints
    found = _candidates(value, numbers, changes)
    return next((e for e in found if all(_agrees(e, p, v) for p, v in seen)), None)


def _name(seen: Sequence[Seen]) -> Arg:
    """Return the parameter that a number always was, where it was seen to change with others."""
    return next((Expr(n) for n in seen[0][0] if all(p.get(n) == v for p, v in seen)), None)


def _changes(seen: Sequence[Seen]) -> dict[str, Seen]:
    """Return, for each parameter that the number depends on, one sight where only it differs."""
    parameters, value = seen[0]
    found: dict[str, Seen] = {}
    for others, changed in seen[1:]:
        names = [n for n in parameters if others.get(n) != parameters[n]]
        if len(names) == 1 and names[0] not in found and changed != value:
            before, after = parameters[names[0]], others.get(names[0])
            if type(before) is int and type(after) is int:
                found[names[0]] = (others, changed)
    return found


def _candidates(
    value: int, numbers: Mapping[str, int], changes: Mapping[str, Seen]
) -> Iterator[Expr]:
    """Yield expressions that have the value, the plainest first; not all agree with all changes."""
    slopes = {}
    powers = {}
    for name, (others, changed) in changes.items():
        there, here = int(others[name]), numbers[name]  # type: ignore[arg-type]  # ints
        slopes[name] = Fraction(changed - value, there - here)
        if min(value, changed, there, here) > 0:
            powers[name] = round(math.log(changed / value) / math.log(there / here))
    if len(powers) == len(changes) and all(0 < abs(p) <= STEEPEST for p in powers.values()):
        yield (found := _power_product(value, numbers, powers))
        above, between, below = found.text.partition(" // ")
        if between and above.isidentifier():
            yield Expr(f"({above} - 1) // {below} + 1")  # rounded up, as strides do
    if all(slope.denominator == 1 for slope in slopes.values()):
        yield _sum(value, numbers, {name: int(slope) for name, slope in slopes.items()})
    if len(slopes) == 1:
        (name, slope), *_ = slopes.items()
        divisor = round(1 / slope) if slope > 0 else 0
        if divisor > 1:
            yield Expr(f"{name} // {divisor}")


def _power_product(value: int, numbers: Mapping[str, int], powers: Mapping[str, int]) -> Expr:
    """Return ``3 * dim``, ``size * size`` or ``dim // heads``."""
    above = [name for name, power in powers.items() for _ in range(power)]
    below = [name for name, power in powers.items() for _ in range(-power)]
    rest = Fraction(
        value * math.prod(numbers[n] for n in below), math.prod(numbers[n] for n in above)
    )
    top = _product(rest.numerator, above)
    bottom = _product(rest.denominator, below)
    if bottom == "1":
        return Expr(top)
    return Expr(f"{top} // ({bottom})" if " " in bottom else f"{top} // {bottom}")


def _sum(value: int, numbers: Mapping[str, int], slopes: Mapping[str, int]) -> Expr:
    offset = value - sum(slope * numbers[name] for name, slope in slopes.items())
    text = ""
    for name, slope in slopes.items():
        sign = "-" if slope < 0 else "+" if text else ""
        text = f"{text} {sign} {_product(abs(slope), [name])}"
    rest = f" {'+' if offset > 0 else '-'} {abs(offset)}" if offset else ""
    return Expr(f"{text}{rest}".strip())


def _product(factor: int, names: Sequence[str]) -> str:
    return " * ".join([*([] if factor == 1 and names else [str(factor)]), *names])


def _agrees(found: Expr, parameters: Args, value: int) -> bool:
    numbers = {n: a for n, a in parameters.items() if isinstance(a, int | float)}
    try:
        return concrete(found, numbers) == value
    except ExpressionError:
        return False
