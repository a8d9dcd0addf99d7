"""Ranges of whole numbers behind remainders, quotients, powers, pads, clamps and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from app.engine.judge import Judge
from graph_editor.checking.lints import index_range
from graph_editor.checking.span import Span
from tests.checking.drawings import B
from tests.corpus.form import adding, linear, net, op, wired
from tests.corpus.real import stops
from tests.corpus.valid_sheet import Sheet, Wire, layer
from tests.engine.eager_run import all_stops

JUDGE = Judge()
ERROR, WARNING = "error", "warning"
WORDS = 50
LENGTH = 40
REPLACING = ("torch.where", "Tensor.masked_fill")
ASKING: dict[str, Callable[[Tensor, int], Tensor]] = {
    "op.gt": lambda x, n: x > n,
    "op.ge": lambda x, n: x >= n,
    "op.lt": lambda x, n: x < n,
    "op.le": lambda x, n: x <= n,
    "op.eq": lambda x, n: x == n,
    "op.ne": lambda x, n: x != n,
}
Step = tuple[str, dict[str, Any]]


def put(sheet: Sheet, words: Wire, step: Step) -> Wire:
    """Put an operation on whole numbers down."""
    spec, args = step
    if spec not in REPLACING:
        return sheet.put(spec, words, **args)
    mask = sheet.put(args["asks"], words, other=args["number"])
    if spec == "Tensor.masked_fill":
        return sheet.put(spec, words, mask, value=args["fill"])
    kept, filled = ("input", "other") if args["keeps"] else ("other", "input")
    return sheet.put(spec, mask, **{kept: words, filled: args["fill"]})


def looked_up(sheet: Sheet, index: Wire, rows: int) -> None:
    found = sheet.put("nn.Embedding", index, num_embeddings=rows, embedding_dim=4)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(found)))


def words(sheet: Sheet, rows: int, *steps: Step) -> None:
    """Look words up in a table behind some operations."""
    index = sheet.input(LENGTH, classes=WORDS)
    for step in steps:
        index = put(sheet, index, step)
    looked_up(sheet, index, rows)


def hot(sheet: Sheet, rows: int, *steps: Step) -> None:
    """Make rows of zeros and a one for words behind some operations."""
    index = sheet.input(LENGTH, classes=WORDS)
    for step in steps:
        index = put(sheet, index, step)
    made = sheet.put("Tensor.float", sheet.put("F.one_hot", index, num_classes=rows))
    sheet.losses.append(sheet.put("torch.mean", sheet.out(sheet.put(
        "nn.Linear", made, out_features=3))))  # fmt: skip


def labels(sheet: Sheet, rows: int, *steps: Step, **args: Any) -> None:
    """Compare scores at each of many places with labels behind some operations."""
    label = sheet.data(LENGTH, classes=WORDS)
    for step in steps:
        label = put(sheet, label, step)
    length = LENGTH + sum(step[0] == "F.pad" for step in steps)
    scores = sheet.put("nn.Linear", sheet.input(length, 3), out_features=rows)
    turned = sheet.put("Tensor.transpose", scores, dim0=1, dim1=2)
    loss = sheet.put("nn.CrossEntropyLoss", sheet.out(turned), label, **args)
    sheet.losses.append(loss)


def counted(sheet: Sheet, rows: int) -> None:
    """Count the words that are none of padding, up to each of them."""
    there = sheet.put("op.ne", sheet.input(LENGTH, classes=WORDS), other=0)
    looked_up(sheet, sheet.put("torch.cumsum", sheet.put("Tensor.long", there), dim=1), rows)


def clamp(**args: int) -> Step:
    return layer("torch.clamp", **args)


def over(spec: str, number: int) -> Step:
    return layer(spec, other=number)


def pad(value: float) -> Step:
    return layer("F.pad", pad=(1, 0), value=value)


def above(number: int, fill: int, spec: str = "torch.where", asks: str = "op.gt") -> Step:
    """Replace words above a number."""
    return layer(spec, asks=asks, number=number, fill=fill, keeps=False)


DRAWINGS: list[tuple[Callable[..., None], int, tuple[Step, ...], str]] = [
    (words, 10, (clamp(max=10),), ERROR),
    (words, 10, (clamp(max=9),), ""),
    (words, 50, (clamp(min=3),), ""),
    (words, 20, (over("op.mod", 21),), ERROR),
    (words, 20, (over("op.mod", 20),), ""),
    (words, 49, (over("op.mod", 64),), ERROR),
    (words, 50, (over("op.mod", 64),), ""),
    (words, 19, (over("op.mul", 2), over("op.mod", 20)), ""),
    (words, 18, (over("op.mul", 2), over("op.mod", 20)), ERROR),
    (words, 4, (over("op.floordiv", 10),), ERROR),
    (words, 5, (over("op.floordiv", 10),), ""),
    # both go down to the next whole number, as Python does
    (words, 20, (over("op.sub", 60), over("op.mod", 20)), ""),
    (words, 20, (over("op.sub", 1), over("op.floordiv", 2)), ERROR),
    (words, 50, (pad(50.0),), ERROR),
    (words, 50, (pad(-1.0),), ERROR),
    (words, 50, (pad(49.0),), ""),
    (words, 51, (pad(50.0),), ""),
    (words, 50, (layer("F.pad", pad=(1, 0), mode="replicate"),), ""),
    (words, 2401, (over("op.pow", 2),), ERROR),
    (words, 2402, (over("op.pow", 2),), ""),
    (words, 30, (above(30, 0),), WARNING),
    (words, 31, (above(30, 0),), ""),
    (words, 31, (above(30, 31),), WARNING),
    (words, 32, (above(30, 31),), ""),
    (words, 30, (above(30, 0, "Tensor.masked_fill", "op.ge"),), ""),
    (words, 29, (above(30, 0, "Tensor.masked_fill", "op.ge"),), WARNING),
    # of what is left every second is looked up, 28 the last of them
    (words, 29, (over("op.mul", 2), above(30, 0, "Tensor.masked_fill", "op.ge")), ""),
    (hot, 20, (over("op.mod", 21),), ERROR),
    (hot, 20, (over("op.mod", 20),), ""),
    (hot, 10, (clamp(max=10),), ERROR),
    (hot, 10, (clamp(max=9),), ""),
    (labels, 3, (over("op.mod", 4),), ERROR),
    (labels, 4, (over("op.mod", 4),), ""),
    (labels, 4, (over("op.floordiv", 10),), ERROR),
    (labels, 5, (over("op.floordiv", 10),), ""),
    (labels, 50, (pad(-100.0),), ""),
    (labels, 50, (pad(-5.0),), ERROR),
    (labels, 50, (pad(255.0),), ERROR),
    (counted, LENGTH, (), WARNING),
    (counted, LENGTH + 1, (), ""),
]


@pytest.mark.parametrize(("draw", "rows", "steps", "severity"), DRAWINGS)
def test_what_is_asked_for_is_compared_with_what_there_is(
    draw: Callable[..., None], rows: int, steps: tuple[Step, ...], severity: str
) -> None:
    sheet = Sheet()
    draw(sheet, rows, *steps)
    made = sheet.project()
    found = [d for d in JUDGE.judge(made, fixes=False).diagnostics if d.severity != "info"]
    assert [d.severity for d in found] == ([severity] if severity else []), found
    if severity != WARNING:
        assert bool(all_stops(made, 4)) is (severity == ERROR)


@pytest.mark.parametrize(("value", "ignored"), [(-5.0, -5), (255.0, 255)])
def test_a_padding_that_the_loss_ignores_is_no_label(value: float, ignored: int) -> None:
    sheet = Sheet()
    labels(sheet, 50, pad(value), ignore_index=ignored)
    assert not JUDGE.judge(sheet.project(), fixes=False).has_errors


def test_a_mask_that_something_else_decides_says_nothing() -> None:
    """It may be what keeps labels in range."""
    sheet = Sheet()
    index, other = sheet.input(LENGTH, classes=WORDS), sheet.input(LENGTH, classes=2)
    mask = sheet.put("op.gt", other, other=0)
    looked_up(sheet, sheet.put("Tensor.masked_fill", index, mask, value=0), 30)
    assert not JUDGE.judge(sheet.project(), fixes=False).diagnostics


# --- the range is what torch gives ---------------------------------------------------------------
SMALL = st.integers(-6, 60)
STEPS = st.one_of(
    st.tuples(st.sampled_from(("op.mod", "op.floordiv")), st.integers(1, 40)).map(
        lambda drawn: over(*drawn)
    ),
    st.tuples(st.sampled_from(("op.add", "op.sub", "op.mul")), st.integers(-4, 9)).map(
        lambda drawn: over(*drawn)
    ),
    st.integers(0, 3).map(lambda number: over("op.pow", number)),
    st.builds(lambda least, more: clamp(min=least, max=least + more), SMALL, st.integers(0, 30)),
    SMALL.map(lambda most: clamp(max=most)),
    SMALL.map(lambda value: pad(float(value))),
    st.sampled_from(("torch.abs", "op.neg")).map(layer),
    st.builds(
        lambda spec, asks, number, fill, keeps: layer(
            spec, asks=asks, number=number, fill=fill, keeps=keeps and spec == "torch.where"
        ),
        *(st.sampled_from(REPLACING), st.sampled_from(tuple(ASKING))),
        *(SMALL, SMALL, st.booleans()),
    ),
)


def computed(values: Tensor, step: Step) -> Tensor:
    """Return what torch makes of whole numbers."""
    spec, args = step
    if spec in REPLACING:
        mask = ASKING[args["asks"]](values, args["number"])
        kept = mask if args["keeps"] else ~mask
        return torch.where(kept, values, args["fill"])
    if spec == "F.pad":
        return functional.pad(values, args["pad"], value=args["value"])
    if spec == "torch.clamp":
        return torch.clamp(values, **args)
    number = args.get("other", 0)
    return {
        "op.mod": lambda: values % number,
        "op.floordiv": lambda: values // number,
        "op.add": lambda: values + number,
        "op.sub": lambda: values - number,
        "op.mul": lambda: values * number,
        "op.pow": lambda: values**number,
        "op.neg": lambda: -values,
        "torch.abs": lambda: values.abs(),
    }[spec]()


def range_of(classes: int, steps: list[Step]) -> Span | None:
    """Return how far the judge says that numbers go which come to an Embedding."""
    sheet, found = Sheet(), list[Span | None]()

    def asked(*args: Any) -> Span | None:
        found.append(asking(*args))
        return found[-1]

    words_of = sheet.input(LENGTH, classes=classes)
    for step in steps:
        words_of = put(sheet, words_of, step)
    looked_up(sheet, words_of, 5)
    asking = index_range.whole_span_at
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_range, "whole_span_at", asked)
        Judge().judge(sheet.project(), fixes=False)
    assert found
    return found[0]


def test_a_range_holds_all_that_torch_gives_and_its_ends_are_reached_where_it_is_sure() -> None:
    known, sure = 0, 0

    @settings(max_examples=120, deadline=None, derandomize=True, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.integers(1, 60), st.lists(STEPS, min_size=1, max_size=4))
    def compare(classes: int, steps: list[Step]) -> None:
        nonlocal known, sure
        span, values = range_of(classes, steps), torch.arange(classes)
        for step in steps:
            values = computed(values, step)
        if span is None:
            return
        low, high = int(values.min()), int(values.max())
        known += 1
        sure += span.is_sure
        assert span.low <= low
        assert high <= span.high
        if span.is_sure:
            assert (low, high) == (span.low, span.high)
        if span.is_sure and span.step is not None:
            assert set(values.tolist()) == set(range(low, high + 1, span.step))

    compare()
    assert known > 80
    assert sure > 50


@pytest.mark.parametrize("batch", [7, 8, 9])
def test_labels_that_count_the_samples_are_held_to_the_scores_in_every_batch(batch: int) -> None:
    drawn = net(linear("fc", 8), x=(B, 4), classes=8)
    counted = wired(adding(drawn, op("places", "torch.arange", {}, end=B)), loss__target="places")
    errors = [d for d in JUDGE.judge(counted, batch=batch).diagnostics if d.severity == "error"]
    assert len(errors) == (batch >= 8), errors
    assert bool(stops(counted, batch)) == (batch >= 8)
