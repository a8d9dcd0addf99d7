"""Numbers that the drawing alone makes are worked out by torch itself, and torch refuses no others.

Each function below makes whole numbers of places that are counted; torch says how many rows a table
needs for them in batches of 4, of 5 and of 2, and the judge has to say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from app.engine.evaluate_numbers import Numbers
from app.engine.judge import Judge
from graph_editor.document.model import Expr, Hole, Name, Project, Repeat, Slice
from tests.corpus.valid_sheet import BATCH, B, Sheet, Wire
from tests.engine.drawings import with_argument
from tests.engine.eager_run import all_stops
from tests.engine.test_counted_places import agree

I64 = Name("int64")
Moves = Callable[[Sheet, Wire], Wire]


def call(spec: str, **args: Any) -> Moves:
    return lambda sheet, at: sheet.put(spec, at, **args)


def in_turn(*moves: Moves) -> Moves:
    def moved(sheet: Sheet, at: Wire) -> Wire:
        for move in moves:
            at = move(sheet, at)
        return at

    return moved


def back(sheet: Sheet, at: Wire) -> Wire:
    return sheet.put("torch.flip", at, dims=(0,))


def again(count: int, shared: bool = False) -> Moves:
    repeat = Repeat(count, shared=shared)
    return lambda sheet, at: sheet.say(sheet.put("op.add", at, other=1), repeat=repeat)


def in_block(count: int | None = None, when: Expr | None = None) -> Moves:
    def moved(sheet: Sheet, at: Wire) -> Wire:
        def draw(inner: Sheet) -> None:
            inner.out(inner.put("op.add", inner.entry((B,), "int64"), other=1))

        repeat = Repeat(count) if count is not None else None
        return sheet.say(sheet.put(sheet.block("moves", draw), at), repeat=repeat, when=when)

    return moved


as_float, as_long = call("Tensor.float"), call("Tensor.long")
MOVES: dict[str, Moves] = {
    "largest": call("torch.argmax", dim=0),
    "smallest of negatives": in_turn(call("op.neg"), call("torch.argmin", dim=0)),
    "order": call("torch.argsort"),
    "sorted": call("torch.sort", descending=True),
    "two largest": call("torch.topk", k=2),
    "places of the largest": lambda s, a: s.put("torch.max", a, dim=0)["indices"],
    "sum": call("torch.sum"),
    "product": in_turn(call("op.add", other=1), call("torch.prod", dim=0)),
    "running product": in_turn(call("op.add", other=1), call("torch.cumprod", dim=0)),
    "mean": in_turn(as_float, call("torch.mean"), as_long),
    "root": in_turn(as_float, call("op.mul", other=5.0), call("torch.sqrt"), as_long),
    "exponential": in_turn(as_float, call("torch.exp"), as_long),
    "rounded": in_turn(as_float, call("op.mul", other=0.9), call("torch.round"), as_long),
    "square": lambda s, a: s.put("op.mul", a, a),
    "outer": lambda s, a: s.put("torch.outer", a, a),
    "product of all": lambda s, a: s.put("op.matmul", a, a),
    "larger of two ends": lambda s, a: s.put("torch.maximum", a, back(s, a)),
    "joined": lambda s, a: s.put("torch.stack", [a, s.put("op.mul", a, other=2)], dim=1),
    "padded by a size": call("F.pad", pad=(0, B), value=7.0),
    "all but the last": call("op.getitem", index=Slice(None, -1)),
    "the last": call("op.getitem", index=-1),
    "picked by themselves": lambda s, a: s.put("op.getitem", s.put("op.mul", a, other=2), a),
    "gathered": lambda s, a: s.put("torch.gather", a, dim=0, index=back(s, a)),
    "one place set": call("op.setitem", index=0, value=B),
    "where large": lambda s, a: s.put(
        "torch.where", s.put("op.gt", a, other=2), s.put("op.mul", a, other=3), a
    ),
    "filled by a size": lambda s, a: s.put(
        "Tensor.masked_fill", a, s.put("op.eq", a, other=0), value=B
    ),
    "powers": lambda s, a: s.put("op.pow", s.put("torch.full_like", a, fill_value=2), a),
    "ones in a row": lambda s, a: s.put("torch.cumsum", s.put("torch.ones_like", a), dim=0),
    "how many": lambda s, a: s.put("torch.sum", as_long(s, s.put("op.gt", a, other=-1))),
    "in threes": lambda s, _: as_long(s, s.put("torch.linspace", start=0, end=B, steps=3)),
    "downwards": lambda s, _: s.put("torch.arange", start=B, end=0, step=-1),
    "of a unit matrix": lambda s, _: s.put("torch.argmax", s.put("torch.eye", n=B), dim=-1),
    "of a triangle": lambda s, _: as_long(
        s, s.put("torch.sum", s.put("torch.tril", s.put("torch.ones", size=(B, B))), dim=-1)
    ),
    "a size on a wire": lambda s, a: s.put("op.add", a, s.put("Tensor.size", s.data(3), dim=0)),
    "moved twice": again(2),
    "moved twice alike": again(2, shared=True),
    "never moved": again(0),
    "moved in a block": in_block(),
    "moved in two blocks": in_block(2),
    "moved in training": in_block(when=Expr("training")),
    "moved in large batches": in_block(2, when=Expr("B > 4")),
    "moved in evaluation": in_block(when=Expr("not training")),
}  # fmt: skip


def looked_up(moves: Moves, rows: int) -> Project:
    sheet = Sheet()
    index = moves(sheet, sheet.put("torch.arange", end=B))
    found = sheet.put("nn.Embedding", index, num_embeddings=rows, embedding_dim=2)
    return ended(sheet, found)


@pytest.mark.parametrize("name", MOVES)
def test_a_table_for_what_is_made_of_places_is_as_large_as_torch_needs(name: str) -> None:
    few, enough = 0, 512
    while enough - few > 1:
        rows = (few + enough) // 2
        few, enough = (
            (few, rows) if not all_stops(looked_up(MOVES[name], rows), BATCH) else (rows, enough)
        )
    assert 0 < few < 511
    assert agree(looked_up(MOVES[name], few))
    assert not agree(looked_up(MOVES[name], enough))


def ended(sheet: Sheet, found: Wire) -> Project:
    """Return a drawing that learns from what is found, and from data beside it."""
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=3)
    for each in (scores, found):
        sheet.losses.append(sheet.put("torch.mean", sheet.out(each)))
    return sheet.project()


def learnt(sheet: Sheet, made: Wire) -> Project:
    """Return a drawing that learns from what is made, times a weight."""
    weight = sheet.put("param.tensor", shape=(1,), init="normal")
    return ended(sheet, sheet.put("op.mul", sheet.put("Tensor.float", made), weight))


@pytest.mark.parametrize("spec", ["op.floordiv", "op.mod"])
@pytest.mark.parametrize("number", [3, 4, 5])
def test_a_divisor_is_never_zero(spec: str, number: int) -> None:
    sheet = Sheet()
    sevens = sheet.put("torch.full", size=(B,), fill_value=7, dtype=I64)
    divisor = sheet.put("op.sub", sheet.put("torch.arange", end=B), other=number)
    assert agree(learnt(sheet, sheet.put(spec, sevens, divisor))) is (number < 5)


@pytest.mark.parametrize("number", [3, 4, 5])
def test_whole_numbers_have_no_negative_powers(number: int) -> None:
    sheet = Sheet()
    power = Expr(f"{number} - B")
    made = sheet.put("op.pow", sheet.put("torch.arange", end=B), other=power)
    assert agree(learnt(sheet, made)) is (number < 5)


@pytest.mark.parametrize("parts", [2, 3, 4])
def test_chances_are_at_most_one(parts: int) -> None:
    sheet = Sheet()
    chances = sheet.put("op.truediv", sheet.put("torch.arange", end=B), other=parts)
    assert agree(learnt(sheet, sheet.put("torch.bernoulli", chances))) is (parts < 4)


@pytest.mark.parametrize("parts", [3, 4])
def test_targets_of_a_binary_loss_are_at_most_one(parts: int) -> None:
    sheet = Sheet()
    target = sheet.put("op.truediv", sheet.put("torch.arange", end=B), other=parts)
    scores = sheet.put("torch.sigmoid", sheet.put("nn.Linear", sheet.input(4), out_features=1))
    sheet.loss("nn.BCELoss", sheet.out(scores), sheet.put("Tensor.unsqueeze", target, dim=1))
    assert agree(sheet.project()) is (parts < 4)


@pytest.mark.parametrize("each", [1, 2, 3])
def test_bags_begin_where_there_are_words(each: int) -> None:
    sheet = Sheet()
    begins = sheet.put("op.mul", sheet.put("torch.arange", end=B), other=each)
    words = sheet.put("torch.arange", end=9)
    bags = sheet.put("nn.EmbeddingBag", words, begins, num_embeddings=9, embedding_dim=3)
    assert agree(ended(sheet, bags)) is (each > 2)


@pytest.mark.parametrize("rows", [3, 4, 5])
def test_places_are_set_that_there_are(rows: int) -> None:
    sheet = Sheet()
    table = sheet.put("param.tensor", shape=(rows, 3), init="normal")
    twice = sheet.put("op.mul", table, other=2)
    changed = sheet.put("op.setitem", twice, sheet.put("torch.arange", end=B), value=0.0)
    assert agree(ended(sheet, changed)) is (rows < 5)


def test_how_wide_a_one_hot_is_may_hang_on_such_numbers() -> None:
    sheet = Sheet()
    hot = sheet.put("F.one_hot", sheet.put("torch.arange", end=4), num_classes=-1)
    wide = sheet.put("nn.Linear", sheet.put("Tensor.float", hot), in_features=4, out_features=2)
    project = ended(sheet, wide)
    verdict = Judge().judge(project, fixes=False)
    assert verdict.types[f"{hot.node}.output"].shape == (4, 4)
    assert not agree(project)


@pytest.mark.parametrize("high", [4, 5, 9])
def test_picks_along_an_axis_with_a_name_stay_within_it(high: int) -> None:
    sheet = Sheet()
    given = sheet.put("nn.Linear", sheet.input(Expr("L"), 2), out_features=3)
    index = sheet.put("torch.randint", low=0, high=high, size=(1000,))
    picked = sheet.put("torch.index_select", sheet.out(given), dim=1, index=index)
    sheet.losses.append(sheet.put("torch.mean", picked))
    project = sheet.project()
    assert Judge().judge(project, sizes={"L": 4}, fixes=False).has_errors is (high > 4)


def test_the_words_are_those_of_torch_with_the_try() -> None:
    sheet = Sheet()
    sevens = sheet.put("torch.full", size=(B,), fill_value=7, dtype=I64)
    divisor = sheet.put("op.sub", sheet.put("torch.arange", end=B), other=4)
    project = learnt(sheet, sheet.put("op.floordiv", sevens, divisor))
    (found,) = (d for d in Judge().judge(project).diagnostics if d.severity == "error")
    assert found.code == "refused-numbers"
    assert found.message == (
        f"Where B = 5, floordiv “{found.node}” gets numbers from -4 to 0 at other that PyTorch "
        "refuses: a whole number is divided by 0."
    )
    assert "ZeroDivisionError" in found.detail


@pytest.mark.parametrize("classes", [5, 6])
def test_one_score_of_each_sample_is_picked_that_there_is(classes: int) -> None:
    sheet = Sheet()
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=5)
    at = sheet.put("torch.arange", end=B)
    chosen = sheet.put("op.getitem", sheet.out(scores), at, sheet.data(classes=classes),
                       index=(Hole(), Hole()))  # fmt: skip
    sheet.losses.append(sheet.put("torch.mean", chosen))
    assert agree(sheet.project()) is (classes > 5)


@pytest.mark.parametrize("rows", ["B*B", "4*B", "B*B + 1"])
def test_labels_in_a_row_are_counted_in_every_try(rows: str) -> None:
    sheet = Sheet()
    scores = sheet.put("nn.Linear", sheet.input(12, 4), out_features=7)
    made = sheet.put("F.log_softmax", sheet.out(scores), dim=-1)
    turned = sheet.put("Tensor.transpose", made, dim0=0, dim1=1)
    labels, steps, many = (
        sheet.put("torch.full", size=(Expr(size),), fill_value=value, dtype=I64)
        for size, value in ((rows, 1), ("B", 12), ("B", B))
    )
    sheet.loss("nn.CTCLoss", turned, labels, steps, many)
    assert agree(sheet.project()) is (rows != "B*B")


def test_an_edit_of_a_number_is_seen_where_it_is_looked_up() -> None:
    """Only the numbers on the wires change: no shape, no dtype."""
    judge, project = Judge(), looked_up(call("op.add", other=1), 6)
    (at,) = (id_ for id_, n in project.main.graph.nodes.items() if n.spec == "op.add")
    for number, is_wrong in ((1, False), (2, True), (0, False), (-1, True), (1, False)):
        project = with_argument(project, at, "other", number)
        assert judge.judge(project, fixes=False).has_errors is is_wrong


KINDS = (torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.uint8)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
@pytest.mark.parametrize("dtype", KINDS)
def test_numbers_compare_by_what_they_are(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    one = Numbers(torch.ones(shape, dtype=dtype))
    assert one == Numbers(torch.ones(shape, dtype=dtype))
    assert hash(one) == hash(Numbers(torch.ones(shape, dtype=dtype)))
    assert (one == Numbers(torch.zeros(shape, dtype=dtype))) is (shape == (0,))
    one.tensor().zero_()
    assert torch.equal(one.tensor(), torch.ones(shape, dtype=dtype))
