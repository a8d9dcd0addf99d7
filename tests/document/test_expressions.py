"""Expressions mean what Python means by them, within caps, and never more than the grammar."""

import ast
import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_editor.document.expressions import (
    Binary,
    Constant,
    ExpressionError,
    Size,
    Variable,
    evaluate,
    names,
    parse,
    rename,
    shape_ports,
    to_python,
)

SCOPE = {"dim": 48, "heads": 4, "i": 2, "n": 3, "drop": 0.25, "training": True}

ATOMS = st.one_of(
    st.integers(0, 99).map(str),
    st.sampled_from(["0.5", "1e3", ".25", "3.", "True", "False"]),
    st.sampled_from(sorted(SCOPE)),
)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(
        ["+", "-", "*", "/", "//", "%", "**", "<", "<=", "==", "!=", ">", ">=", "and", "or"]
    )
    return st.one_of(
        st.tuples(inner, signs, inner).map(" ".join),
        st.tuples(inner, signs, inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"-{text}"),
        inner.map(lambda text: f"(not {text})"),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
    )


EXPRESSIONS = st.recursive(ATOMS, _composed, max_leaves=8)


def _python(text: str) -> object:
    """Return Python's own value of a text, or the error it raises. Only for texts made here."""
    scope = {**SCOPE, "min": min, "max": max, "__builtins__": {}}
    try:
        return eval(text, scope)  # noqa: S307  # the oracle
    except (ZeroDivisionError, OverflowError) as error:
        return error


@settings(max_examples=400)
@given(EXPRESSIONS)
def test_the_value_is_pythons_or_beyond_a_cap(text: str) -> None:
    try:
        ours = evaluate(parse(text), SCOPE)
    except ExpressionError as error:
        if "too large" not in error.message and "finite real" not in error.message:
            assert isinstance(_python(text), ZeroDivisionError)
        return
    theirs = _python(text)
    assert type(ours) is type(theirs)
    assert ours == theirs


@settings(max_examples=400)
@given(EXPRESSIONS)
def test_the_printed_text_has_the_same_tree_for_us_and_for_python(text: str) -> None:
    tree = parse(text)
    printed = to_python(tree)
    assert parse(printed) == tree
    assert ast.dump(ast.parse(printed, mode="eval")) == ast.dump(ast.parse(text, mode="eval"))


@settings(max_examples=200)
@given(EXPRESSIONS)
def test_no_pair_of_parentheses_in_the_printed_text_could_be_left_out(text: str) -> None:
    printed = to_python(parse(text))
    for start, end in _parentheses(printed):
        if start and (printed[start - 1].isalnum()):
            continue  # of a call
        if printed[:start].endswith(("-", "not ")) and "**" in printed[start:end]:
            continue  # -(2**2), as ruff format writes it
        shorter = printed[:start] + " " + printed[start + 1 : end] + " " + printed[end + 1 :]
        try:
            unchanged = ast.dump(ast.parse(shorter.strip(), mode="eval")) == ast.dump(
                ast.parse(printed, mode="eval")
            )
        except SyntaxError:
            continue
        assert not unchanged, printed


def _parentheses(text: str) -> list[tuple[int, int]]:
    found, stack = [], []
    for place, sign in enumerate(text):
        if sign == "(":
            stack.append(place)
        elif sign == ")":
            found.append((stack.pop(), place))
    return found


@settings(max_examples=300)
@given(st.text(alphabet="ab1.09 +-*/%()<>=!,[]shapemin_'\"\\\n\té∞", max_size=40) | st.text())
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    tree, place = None, -1
    try:
        tree = parse(text)
    except ExpressionError as error:
        place = error.place
    if tree is None:
        assert 0 <= place <= max(len(text), 1000)
        return
    assert parse(to_python(tree)) == tree
    ast.parse(to_python(tree, lambda name: "x"), mode="eval")


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "expected a number or a name, found the end"),
        ("4 *", 4, "found the end"),
        ("4 dim", 3, "dim is not expected here"),
        ("4 $ 2", 3, "'$' has no meaning here"),
        ("max(1)", 1, "two or more"),
        ("max 1", 5, "expected (, found 1"),
        ("(1 + 2", 7, "expected ), found the end"),
        ("input", 0, ""),
        ("input.size", 1, "only a shape"),
        ("input.shape", 12, "expected ["),
        ("input.shape[x]", 13, "whole number"),
        ("input.shape[1.0]", 13, "whole number"),
        ("input.__class__", 1, "only a shape"),
        ("f(1)", 2, "( is not expected here"),
        ("in + 1", 1, "in is a word of Python"),
        ("1 if x else 2", 3, "if is not expected here"),
        ("2 + not x", 5, "parentheses"),
        ("012", 1, "does not begin with 0"),
        ("1_000", 2, "_000 is not expected here"),
        ("1e999", 1, "too large"),
        ("9" * 41, 1, "too long"),
        ("1 + " * 251 + "1", 1001, "longer than"),
        ("1+" * 251 + "1", 0, "too long"),
        ("(" * 41 + "1" + ")" * 41, 0, "nested too deeply"),
        ("-" * 60 + "1", 0, "nested too deeply"),
        ("lambda: 1", 7, "':' has no meaning"),
        ("x == y = z", 8, "'=' has no meaning"),
    ],
)
def test_a_wrong_text_is_refused_with_column_and_reason(text: str, column: int, words: str) -> None:
    if not words:
        assert parse(text) == Variable("input")
        return
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in str(caught.value)
    if column:
        assert f"(column {column})" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("width", "the name width is not known here"),
        ("1 // 0", "divides by zero"),
        ("1 % (i - 2)", "divides by zero"),
        ("2 ** 64", "too large"),
        ("2 ** 63", "too large"),
        ("9 ** 9 ** 9 ** 9", "too large"),
        ("1e308 * 10", "finite"),
        ("1e300 ** 2", "too large"),
        ("(0 - 8) ** 0.5", "real"),
        ("0 ** -1", "divides by zero"),
        ("input.shape[4]", "input has 4 dimensions"),
        ("input.shape[-5]", "input has 4 dimensions"),
        ("other.shape[0]", "nothing arrives at other"),
    ],
)
def test_what_has_no_value_says_why(text: str, words: str) -> None:
    shapes = {"input": (2, 3, 8, 8)}
    with pytest.raises(ExpressionError) as caught:
        evaluate(parse(text), SCOPE, shapes.__getitem__)
    assert words in str(caught.value)


def test_a_huge_power_costs_no_time() -> None:
    code = (
        "from graph_editor.document.expressions import *\n"
        "for text in ('9 ** 9 ** 9', '(9 ** 19) ** 19', '2 ** 60 * 2 ** 60 * 2 ** 60'):\n"
        "    try: evaluate(parse(text), {})\n"
        "    except ExpressionError: pass\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_shapes_are_asked_by_the_path_of_the_port() -> None:
    shapes = {"tensors[1]": (2, 7), "index[1].stop": (5,)}
    tree = parse("tensors[1].shape[-1] * 2 + index[1].stop.shape[0]")
    assert shape_ports(tree) == {"tensors[1]", "index[1].stop"}
    assert evaluate(tree, {}, shapes.__getitem__) == 19
    with pytest.raises(ExpressionError, match="not known here"):
        evaluate(tree, {})


def test_names_are_those_of_the_scope_only() -> None:
    assert names(parse("4 * dim + min(i, n) - input.shape[1]")) == {"dim", "i", "n"}
    assert names(parse("not training and True")) == {"training"}


def test_the_tree_of_a_simple_expression() -> None:
    assert parse("4 * dim") == Binary("*", Constant(4), Variable("dim"))
    assert parse("input.shape[-1]") == Size("input", -1)


def test_rename_changes_names_and_nothing_else() -> None:
    text = "4*dim  + dims // ( dim ) - dim.shape[0]"
    assert rename(text, {"dim": "width"}) == "4*width  + dims // ( width ) - dim.shape[0]"
    assert rename("a + b", {"a": "b", "b": "a"}) == "b + a"


def test_printing_renames_names_and_ports() -> None:
    new = {"dim": "self.dim", "input": "x", "i": "k", "n": "-1", "tensors[0]": "parts[0]"}
    printed = to_python(parse("dim ** 2 // input.shape[1] + i ** n + tensors[0].shape[0]"), new.get)
    assert printed == "self.dim**2 // x.shape[1] + k ** (-1) + parts[0].shape[0]"


def test_logic_stops_early_as_in_python() -> None:
    assert evaluate(parse("n == 0 or 1 // n > 0"), {"n": 0}) is True
    assert evaluate(parse("n != 0 and 1 // n"), {"n": 0}) is False
    assert evaluate(parse("0 < drop <= 1"), SCOPE) is True


def test_types_are_kept() -> None:
    assert repr(evaluate(parse("dim / heads"), SCOPE)) == "12.0"
    assert repr(evaluate(parse("dim // heads"), SCOPE)) == "12"
    assert repr(evaluate(parse("True"), SCOPE)) == "True"
    assert math.copysign(1, evaluate(parse("-0.0"), SCOPE)) == -1
