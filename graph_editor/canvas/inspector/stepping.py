"""How far a number goes for each step of a drag or an arrow key, and where it stops."""

from __future__ import annotations

import math

from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Arg

PIXELS = 4.0
"""How far the pointer moves for one step."""
SLOW = 0.25
"""How much of a move counts while Shift is held."""
SIGNED = ("dim", "index", "idx", "shift", "offset", "start", "end", "diagonal", "pad", "value")
"""Parts of names of whole numbers that may be below zero."""
SHARES = frozenset(
    {"p", "dropout", "momentum", "label_smoothing", "pct_start", "gamma", "threshold", "alpha"}
)
"""Names of numbers that stay between 0 and 1."""
DECAYS = {"betas": 0.999, "rho": 0.999}
"""Shares that stay below 1, with the largest that a drag comes to."""


def stepped(argument: Argument, value: Arg, steps: int) -> Arg:
    """Return a number, or each of several, moved by so many steps; others stay as they are."""
    if isinstance(value, tuple):
        return tuple(stepped(argument, item, steps) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int) and argument.type != "float":
        return _whole(argument, value, steps)
    return _real(argument, float(value), steps)


def can_step(argument: Argument, value: object) -> bool:
    """Whether dragging means anything for a value."""
    if isinstance(value, tuple):
        return bool(value) and all(can_step(argument, item) for item in value)
    if argument.type in ("str", "dtype", "bool", "any", "index"):
        return False
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(argument: Argument, value: int, steps: int) -> int:
    made = value + steps
    least = _least(argument)
    return made if least is None or value < least else max(least, made)


def _least(argument: Argument) -> int | None:
    default = argument.default
    negative = isinstance(default, int) and default < 0
    if negative or any(part in argument.name for part in SIGNED):
        return 0 if argument.name == "padding" else None
    if argument.type in ("number", "numbers", "tensor"):
        return None
    zero = default == 0 and not isinstance(default, bool) and default is not None
    return 0 if zero or argument.name in ("padding", "seed", "order") else 1


def _real(argument: Argument, value: float, steps: int) -> float:
    """Move by a tenth of the number's leading place, so that 0.001 and 300 both go well."""
    size = 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.01
    if argument.name in SHARES or argument.name in DECAYS:
        size = 0.01
    start = value if argument.name in DECAYS else round(value / size) * size
    made = float(f"{start + steps * size:.6g}")
    if value >= 0:
        made = max(0.0, made)
    if argument.name in SHARES and 0 <= value <= 1:
        made = min(1.0, made)
    if argument.name in DECAYS and 0 <= value < 1:
        made = min(max(value, DECAYS[argument.name]), made)
    return made
