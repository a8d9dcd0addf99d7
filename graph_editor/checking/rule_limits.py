"""Numbers that are typed, and the dtypes that they have to fit: ``meta`` never writes any."""

from __future__ import annotations

import math
from typing import TypeGuard

from graph_editor.checking.rules import FLOATS, INTEGERS, Call, Rule, RuleFailure
from graph_editor.document.model import Name

LARGEST_FLOAT = (2 - 2**-23) * 2.0**127
LARGEST_BFLOAT = (2 - 2**-7) * 2.0**127
LIMITS: dict[str, tuple[float, float]] = {
    "uint8": (0, 255),
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "float16": (-65504, 65504),
    "bfloat16": (-LARGEST_BFLOAT, LARGEST_BFLOAT),
    "float32": (-LARGEST_FLOAT, LARGEST_FLOAT),
    "complex64": (-LARGEST_FLOAT, LARGEST_FLOAT),
}
"""The least and the largest number of the dtypes that typed numbers may be too large for."""
HALVES = ("float16", "bfloat16")


def representable(name: str, *kinds: type) -> Rule:
    """Return the rule that a number fits the dtype that it is written in.

    A whole number below 0 comes round from above where there is no sign, unless the argument is
    made a decimal number first (``kinds`` is ``float`` alone). With ``int`` alone, decimal numbers
    make float32 of whole ones instead.
    """

    def rule(call: Call) -> RuleFailure | None:
        value = call.value(name)
        if type(value) not in (int, float) or not is_finite(value):
            return None
        dtype = _written_in(call, value)
        if kinds == (int,) and isinstance(value, float) and dtype not in FLOATS:
            dtype = "float32"
        return _too_large(name, value, dtype, comes_round=kinds != (float,))

    return rule


def compared(name: str) -> Rule:
    """Return the rule that a number can be compared, for which short floats are made float32."""

    def rule(call: Call) -> RuleFailure | None:
        value, dtype = call.value(name), call.dtype("input")
        if type(value) not in (int, float) or not is_finite(value):
            return None
        return _too_large(name, value, "float32" if dtype in HALVES else dtype)

    return rule


def assigned(name: str) -> Rule:
    """Return the rule that a number can be put into a tensor: in short floats it may be inf."""
    fits = representable(name)
    return lambda call: None if call.dtype("input") in HALVES else fits(call)


def margin_fits(call: Call) -> RuleFailure | None:
    """Refuse a margin that the dtype of what is taken away from it cannot hold."""
    value = call.value("margin")
    if not is_finite(value):
        return None
    return _too_large("margin", value, call.dtype("input"), comes_round=False)


def exponent_fits(call: Call) -> RuleFailure | None:
    """Refuse an exponent that the dtype cannot hold which is raised to it, if that stays."""
    exponent, dtype = call.value("other"), call.dtype("input")
    stays = dtype in HALVES or (dtype in INTEGERS and isinstance(exponent, int))
    return representable("other")(call) if stays and not call.dtype("other") else None


def bounded_by_numbers(call: Call) -> RuleFailure | None:
    """Refuse to bound true and false by nothing but true and false."""
    bounds = [(name, call.value(name)) for name in ("min", "max") if name not in call.types]
    said = [(name, value) for name, value in bounds if value is not None]
    if call.dtype("input") != "bool" or not said or set(call.types) != {"input"}:
        return None
    if not all(isinstance(value, bool) for _, value in said):
        return None
    return RuleFailure(f"{call.spec.title} is not defined for bool alone", "", said[0][0])


def _written_in(call: Call, value: int | float) -> str:
    """Return the dtype of what a number is written into, or made."""
    said = call.value("dtype")
    if isinstance(said, Name):
        return said.text.removeprefix("torch.")
    if call.spec.name == "torch.full":  # ``like`` says the device alone
        return "float32" if isinstance(value, float) else "int64"
    return next(iter(call.types.values())).dtype if call.types else ""


def _too_large(
    name: str, value: int | float, dtype: str, comes_round: bool = True
) -> RuleFailure | None:
    if dtype not in LIMITS:
        return None
    low, high = LIMITS[dtype]
    if low == 0 and isinstance(value, int) and comes_round:
        low = -high
    if low <= value <= high:
        return None
    return RuleFailure(f"{name} is {value}, which {dtype} cannot hold", "", name)


def is_finite(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number, and not inf or nan."""
    return isinstance(value, int | float) and math.isfinite(value)
