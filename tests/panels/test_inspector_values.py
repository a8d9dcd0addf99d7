"""What fields show can be read back; what cannot be read is said in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.panels import qt as _qt  # noqa: F401  # skips where Qt is missing

# isort: split
from hypothesis import example, given
from hypothesis import strategies as st

from graph_editor.canvas.inspector.reading import WrongValueError, read
from graph_editor.canvas.inspector.state import FieldState, normal
from graph_editor.canvas.inspector.stepping import stepped
from graph_editor.canvas.inspector.values import DTYPES, UNSET, Unset, shown
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.catalogue.spec import Argument
from graph_editor.checking import arguments as legal
from graph_editor.document.files import load
from graph_editor.document.model import At, Expr, FrozenMap, Hole, Name, Slice, same
from tests.first_examples import FIRST_EXAMPLES

ROOT = Path(__file__).parents[2]
FILES = [*(ROOT / "tests/projects").glob("*.netwright"), *FIRST_EXAMPLES]
CONV = catalogue().specs["nn.Conv2d"]


def argument(name: str, spec: str = "nn.Conv2d") -> Argument:
    found = catalogue().specs[spec].argument(name)
    assert found is not None
    return found


def test_every_default_of_the_catalogue_reads_back_as_nothing_said() -> None:
    for spec in catalogue():
        for each in spec.arguments:
            if each.default is None or each.required or each.infer:
                continue
            value = read(each, shown(each, each.default))
            assert normal(each, value) is UNSET, (spec.name, each.name, value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_value_of_every_project_reads_back_the_same(path: Path) -> None:
    project = load(path).project
    lookup = specs_of(project)
    for key in ("main", *project.blocks):
        for node in project.block(key).graph.nodes.values():
            spec = lookup(node.spec)
            for name, value in node.args.items():
                found = spec.argument(name) if spec is not None else None
                if found is not None:
                    text = shown(found, value)
                    assert same(read(found, text), value), (node.spec, name, text)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("out_channels", "4*16", 64),
        ("out_channels", "=4 * dim", Expr("4 * dim")),
        ("out_channels", "4 * dim", Expr("4 * dim")),
        ("out_channels", "32.0", 32),
        ("kernel_size", "3x5", (3, 5)),
        ("kernel_size", "3 × 5", (3, 5)),
        ("kernel_size", "(3, 5)", (3, 5)),
        ("padding", "same", "same"),
        ("in_channels", "", UNSET),
    ],
)
def test_values_are_read_as_a_person_writes_them(name: str, text: str, value: object) -> None:
    found = read(argument(name), text, known={"dim"})
    assert found is value if isinstance(value, Unset) else same(found, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        (":, 0", (Slice(), 0)),
        ("1:, ::2", (Slice(1), Slice(step=2))),
        ("..., None", (Name("..."), None)),
        ("?, -1", (Hole(), -1)),
        (":n // 2", Slice(stop=Expr("n // 2"))),
    ],
)
def test_an_index_is_read_as_between_square_brackets(text: str, value: object) -> None:
    found = read(argument("index", "op.getitem"), text, known={"n"})
    assert same(found, value), found


def test_other_kinds() -> None:
    shape = argument("shape", "io.input")
    assert same(read(shape, "B × 1 × 8 × 8"), (Expr("B"), 1, 8, 8))
    trains = argument("trains", "optim.AdamW")
    assert same(read(trains, "body, head/fc"), (At("body"), At("head/fc")))  # type: ignore[arg-type]
    split = argument("split", "data.digits")
    assert same(read(split, "train 0.7, val 0.3"), FrozenMap({"train": 0.7, "val": 0.3}))
    assert same(read(argument("lr", "optim.AdamW"), "1"), 1.0)
    formula = argument("lr_lambda", "lr_scheduler.LambdaLR")
    assert same(read(formula, "0.95 ** epoch"), Expr("0.95 ** epoch"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("out_channels", "3.5", "a whole number"),
        ("out_channels", "dim", "a whole number"),
        ("out_channels", "dim * 2", "dim is not known"),
        ("out_channels", "=4 *", "cannot be read"),
        ("out_channels", "1/0", "divides by zero"),
        ("out_channels", "9" * 30, "larger"),
        ("out_channels", "", "needs a whole number"),
        ("kernel_size", ",", "2 of them"),
        ("padding", "full", "valid or same"),
        ("padding_mode", "x", "zeros or reflect"),
        ("out_channels", "=?", "No wire"),
    ],
)
def test_wrong_text_is_said_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(WrongValueError, match=words) as found:
        read(argument(name), text)
    assert str(found.value).endswith(".")


@given(st.text(max_size=40))
@example(",")
def test_no_text_raises_anything_else(text: str) -> None:
    for spec in ("nn.Conv2d", "op.getitem", "optim.AdamW", "data.digits", "const.tensor"):
        for each in catalogue().specs[spec].arguments:
            try:
                value = read(each, text, {"dim"})
            except WrongValueError:
                continue
            if not isinstance(value, Unset):
                assert same(read(each, shown(each, value), {"dim"}), value), (each, text, value)


def test_the_dtypes_are_those_that_the_checks_take() -> None:
    assert set(DTYPES) == set(legal.DTYPES)


@given(st.integers(-200, 200))
def test_a_drag_stays_where_the_number_means_something(steps: int) -> None:
    assert stepped(argument("out_channels"), 32, steps) == max(1, 32 + steps)
    assert stepped(argument("padding"), 1, steps) == max(0, 1 + steps)
    p = stepped(argument("p", "nn.Dropout"), 0.25, steps)
    assert isinstance(p, float)
    assert 0 <= p <= 1
    lr = stepped(argument("lr", "optim.AdamW"), 0.002, steps)
    assert isinstance(lr, float)
    assert lr >= 0
    assert same(stepped(argument("kernel_size"), (3, 5), 2), (5, 7))
    assert same(stepped(argument("kernel_size"), Expr("k"), steps), Expr("k"))


def test_an_auto_parameter_shows_what_it_comes_to() -> None:
    auto = FieldState(argument("in_channels"), inferred=16)
    assert (auto.source, auto.text(), auto.can_reset) == ("auto", "16", False)
    said = FieldState(argument("in_channels"), said=8, inferred=16)
    assert (said.source, said.text(), said.can_reset) == ("said", "8", True)
