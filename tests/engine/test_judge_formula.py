"""Expressions that agree with the numbers that parameters led to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.engine.judge_formula import formula
from graph_editor.document.expressions import evaluate, parse
from graph_editor.document.model import Expr, FrozenMap


def seen(text: str, base: dict[str, int], *others: dict[str, int]) -> list:
    """Return what an expression gives for parameters, and for others that differ from them."""
    points = [base, *({**base, **other} for other in others)]
    return [(FrozenMap(point), evaluate(parse(text), point)) for point in points]


def found(text: str, base: dict[str, int], *others: dict[str, int]) -> str | int | None:
    """Return the formula as text."""
    made = formula(seen(text, base, *others))
    return made.text if isinstance(made, Expr) else made


def test_plain_dependence_is_said_plainly() -> None:
    doubled = ({"dim": 32}, {"dim": 48})
    base = {"dim": 16, "heads": 4}
    assert found("dim", base, *doubled) == "dim"
    assert found("4 * dim", base, *doubled) == "4 * dim"
    assert found("dim // 2", base, *doubled, {"dim": 17}) == "dim // 2"
    assert found("dim // heads", base, *doubled, {"heads": 8}) == "dim // heads"
    assert found("dim + 3", base, *doubled) == "dim + 3"
    assert found("2 * dim - heads", base, *doubled, {"heads": 8}) == "2 * dim - heads"
    assert found("dim * dim", base, *doubled) == "dim * dim"
    assert found("7", base, *doubled) == 7


def test_what_no_expression_says_is_left_open() -> None:
    base = {"size": 8}
    assert found("(size - 3) ** 2", base, {"size": 16}, {"size": 24}) is None
    alike = [(FrozenMap({"a": 1, "b": 2}), 5), (FrozenMap({"a": 7, "b": 9}), 6)]
    assert formula(alike) is None


def test_a_slope_that_does_not_hold_is_not_believed() -> None:
    sights = seen("2 * dim", {"dim": 4}, {"dim": 8})
    assert formula(sights) == Expr("2 * dim")
    assert formula([*sights, (FrozenMap({"dim": 12}), 20)]) is None


NUMBERS = st.integers(1, 40)


@given(NUMBERS, NUMBERS, st.integers(1, 9), st.integers(-9, 9), st.integers(0, 5))
def test_what_is_found_always_agrees_with_what_was_seen(
    a: int, b: int, factor: int, offset: int, more: int
) -> None:
    text = f"{factor} * a + {more} * b + {offset}"
    sights = seen(text, {"a": a, "b": b}, {"a": 2 * a}, {"a": 3 * a}, {"b": 2 * b}, {"b": 3 * b})
    made = formula(sights)
    assert made is not None
    for parameters, value in sights:
        given_ = made if isinstance(made, int) else evaluate(parse(made.text), parameters)
        assert given_ == value
