"""Numbers that a size counts, held by torch and by the judge to what they pick from in every try.

The drawings are run with batches of 4 and of 5, and with a last one of 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.model import Expr, Name, Project, Repeat, Slice
from tests.corpus.valid_sheet import BATCH, B, Sheet, Wire
from tests.engine.drawings import with_argument
from tests.engine.eager_run import all_stops

JUDGE = Judge()
Maker = Callable[[Sheet], Wire]
Reader = Callable[[Sheet, Wire], Wire]


def judged(project: Project) -> list[Diagnostic]:
    return [d for d in JUDGE.judge(project).diagnostics if d.severity == "error"]


def agree(project: Project) -> bool:
    """Return whether torch stops, which the judge says too, and where."""
    stops, verdict = all_stops(project, BATCH), JUDGE.judge(project, fixes=False)
    assert verdict.has_errors is bool(stops), verdict.diagnostics
    assert not stops or verdict.stop == stops[0].node, (stops[0], verdict.stop)
    return bool(stops)


def places(end: str = "B", **args: Any) -> Maker:
    return lambda sheet: sheet.put("torch.arange", end=Expr(end), **args)


def then(spec: str, made: Maker, **args: Any) -> Maker:
    return lambda sheet: sheet.put(spec, made(sheet), **args)


def ones(sheet: Sheet) -> Wire:
    return sheet.put("torch.full", size=(B,), fill_value=1, dtype=Name("int64"))


def filled(sheet: Sheet) -> Wire:
    return sheet.put("torch.full", size=(B,), fill_value=B, dtype=Name("int64"))


def moved_data(sheet: Sheet) -> Wire:
    return sheet.put("op.add", sheet.data(classes=3), other=B)


def drawn(sheet: Sheet) -> Wire:
    return sheet.put("torch.randint", low=0, high=B, size=(200,))


def distances(sheet: Sheet) -> Wire:
    at = places()(sheet)
    down, across = (sheet.put("Tensor.unsqueeze", at, dim=axis) for axis in (0, 1))
    return sheet.put("op.add", sheet.put("op.sub", down, across), other=BATCH)


MAKERS: dict[str, tuple[Maker, int]] = {
    "places": (places(), 5),
    "one more place": (places("B + 1"), 6),
    "places from 1 on": (then("op.add", places(), other=1), 6),
    "places that begin at 1": (places("B + 1", start=1), 6),
    "places back to front": (then("torch.flip", places(), dims=(0,)), 5),
    "all places but the first": (then("op.getitem", places("B + 1"), index=Slice(1)), 6),
    "twice a place": (then("op.mul", places(), other=2), 9),
    "half a place": (then("op.floordiv", places(), other=2), 3),
    "rest of a division": (then("op.mod", places(), other=3), 3),
    "at most 2": (then("torch.clamp", places(), max=2), 3),
    "a size": (filled, 6),
    "counts": (then("torch.cumsum", ones, dim=0), 6),
    "labels and a size": (moved_data, 8),
    "drawn below a size": (drawn, 5),
    "distances": (distances, 9),
}
"""What makes numbers, and how many rows the largest of them asks for in a batch of 5."""


def table(spec: str, rows: int) -> Reader:
    def read(sheet: Sheet, index: Wire) -> Wire:
        if spec in ("nn.Embedding", "nn.EmbeddingBag"):
            return sheet.put(spec, index, num_embeddings=rows, embedding_dim=2)
        if spec == "F.one_hot":
            return sheet.put("Tensor.float", sheet.put(spec, index, num_classes=rows))
        made = sheet.put("param.tensor", shape=(rows, 2), init="normal")
        if spec == "F.embedding":
            return sheet.put(spec, index, made)
        if spec == "op.getitem":
            return sheet.put(spec, made, index)
        return sheet.put(spec, made, dim=0, index=index)

    return read


def read_by(make: Maker, read: Reader) -> Project:
    """Return a drawing that adds the mean of what is looked up to the scores."""
    sheet = Sheet()
    found = read(sheet, make(sheet))
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=3)
    means = [sheet.put("torch.mean", sheet.out(each)) for each in (scores, found)]
    sheet.losses.append(sheet.put("op.add", *means))
    return sheet.project()


@pytest.mark.parametrize("name", MAKERS)
def test_a_table_has_a_row_for_every_try(name: str) -> None:
    make, rows = MAKERS[name]
    assert agree(read_by(make, table("nn.Embedding", rows - 1)))
    assert not agree(read_by(make, table("nn.Embedding", rows)))


FLAT = ("nn.Embedding", "F.embedding", "F.one_hot", "op.getitem", "torch.index_select")


@pytest.mark.parametrize("spec", FLAT)
@pytest.mark.parametrize("rows", [3, 4, 5])
def test_whatever_looks_up_has_one(spec: str, rows: int) -> None:
    assert agree(read_by(places(), table(spec, rows))) is (rows < 5)


@pytest.mark.parametrize("spec", ["torch.gather", "torch.scatter"])
@pytest.mark.parametrize("rows", [3, 4, 5])
def test_picks_along_an_axis(spec: str, rows: int) -> None:
    sheet = Sheet()
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=rows)
    index = sheet.put("Tensor.unsqueeze", places()(sheet), dim=1)
    more = {"src": sheet.data(1)} if spec == "torch.scatter" else {}
    picked = sheet.put(spec, sheet.out(scores), dim=1, index=index, **more)
    sheet.losses.append(sheet.put("torch.mean", picked))
    assert agree(sheet.project()) is (rows < 5)


ENDS = ("B", "B - 1", "B // 2", "B + 1", "2*B", "2", "3", "4", "5")


@pytest.mark.parametrize("spec", ["torch.index_select", "op.getitem"])
@pytest.mark.parametrize("end", ENDS)
def test_samples_are_picked_that_every_batch_has(spec: str, end: str) -> None:
    sheet = Sheet()
    scores = sheet.out(sheet.put("nn.Linear", sheet.input(4), out_features=3))
    axis = {"dim": 0} if spec == "torch.index_select" else {}
    picked = sheet.put(spec, scores, index=places(end)(sheet), **axis)
    sheet.losses.append(sheet.put("torch.mean", picked))
    assert agree(sheet.project()) is (end in ("B + 1", "2*B", "3", "4", "5"))


ODD = ("one more place", "drawn below a size", "distances")
"""Of which there are not as many as samples."""
LABELS = [name for name in MAKERS if name not in ODD]


@pytest.mark.parametrize("spec", ["nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss"])
@pytest.mark.parametrize("name", LABELS)
def test_labels_name_classes_that_have_scores(name: str, spec: str) -> None:
    make, classes = MAKERS[name]
    for scores in (classes - 1, classes):
        sheet = Sheet()
        given = sheet.put("nn.Linear", sheet.input(4), out_features=scores)
        if spec == "nn.NLLLoss":
            given = sheet.put("F.log_softmax", given, dim=1)
        sheet.loss(spec, sheet.out(given), make(sheet))
        assert agree(sheet.project()) is (scores < classes)


def test_labels_name_samples_that_have_scores() -> None:
    for number in (0, 1):
        sheet = Sheet()
        one, other = (sheet.put("nn.Linear", sheet.input(n), out_features=6) for n in (4, 5))
        turned = sheet.put("Tensor.transpose", other, dim0=0, dim1=1)
        scores = sheet.out(sheet.put("op.matmul", one, turned))
        sheet.loss("nn.CrossEntropyLoss", scores, then("op.add", places(), other=number)(sheet))
        assert agree(sheet.project()) is (number == 1)


@pytest.mark.parametrize("end", [2, 3, 4])
def test_lengths_are_no_longer_than_every_batch(end: int) -> None:
    """Steps stand first in what a CTCLoss reads; there are as many as samples here."""
    sheet = Sheet()
    scores = sheet.put("nn.Linear", sheet.input(end, 5), out_features=4)
    lengths = sheet.put("torch.arange", start=1, end=end + 1)
    none = sheet.put("op.mul", lengths, other=0)
    labels = sheet.put("torch.full", size=(end, 3), fill_value=1, dtype=Name("int64"))
    sheet.loss("nn.CTCLoss", sheet.out(sheet.put("F.log_softmax", scores, dim=-1)), labels,
               lengths, none)  # fmt: skip
    assert agree(sheet.project()) is (end > 2)


def within(sheet: Sheet, rows: int, around: Expr | None) -> None:
    """Put a block down that looks places up; a condition may leave it out."""

    def draw(inner: Sheet) -> None:
        given = inner.entry((B, 2))
        found = inner.put("nn.Embedding", places()(inner), num_embeddings=rows, embedding_dim=2)
        inner.out(inner.put("op.add", given, found))

    scores = sheet.put("nn.Linear", sheet.input(4), out_features=2)
    looked_up = sheet.say(sheet.put(sheet.block("looks", draw), scores), when=around)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(looked_up)))


@pytest.mark.parametrize("around", [None, Expr("training"), Expr("B > 4"), Expr("B < 3")])
@pytest.mark.parametrize("rows", [1, 2, 4, 5, 9])
def test_a_block_is_held_to_the_tries_in_which_it_runs(rows: int, around: Expr | None) -> None:
    sheet = Sheet()
    within(sheet, rows, around)
    needed = 2 if around == Expr("B < 3") else 5
    assert agree(sheet.project()) is (rows < needed)


@pytest.mark.parametrize("when", [Expr("training"), Expr("not training"), Expr("B > 4")])
@pytest.mark.parametrize("rows", [3, 4, 5])
def test_a_look_that_is_not_taken_asks_for_nothing(rows: int, when: Expr) -> None:
    sheet = Sheet()
    at = places()(sheet)
    moved = sheet.say(sheet.put("op.add", at, other=1), when=when)
    sheet.out(sheet.put("nn.Embedding", moved, num_embeddings=rows + 1, embedding_dim=2))
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=3)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(scores)))
    needed = 4 if when == Expr("not training") else 5
    assert agree(sheet.project()) is (rows < needed)


def test_what_is_made_twice_but_left_out_changes_nothing() -> None:
    sheet = Sheet()
    moved = sheet.put("op.mod", places()(sheet), other=1)
    copies = sheet.say(moved, when=Expr("not training"), repeat=Repeat(2, shared=True))
    sheet.out(sheet.put("nn.Embedding", copies, num_embeddings=4, embedding_dim=2))
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=3)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(scores)))
    assert agree(sheet.project())


@pytest.mark.parametrize("rows", [4, 5])
def test_copies_of_a_table_are_told_at_the_first(rows: int) -> None:
    sheet = Sheet()
    made = sheet.put("nn.Embedding", places()(sheet), num_embeddings=rows, embedding_dim=2)
    sheet.out(sheet.say(made, repeat=Repeat(1)))
    scores = sheet.put("nn.Linear", sheet.input(4), out_features=3)
    sheet.losses.append(sheet.put("torch.mean", sheet.out(scores)))
    assert agree(sheet.project()) is (rows < 5)


def test_the_try_is_told_and_no_number_of_rows_that_holds_for_it_alone() -> None:
    (found,) = judged(read_by(places(), table("nn.Embedding", 4)))
    assert found.message.startswith("Where B = 5: Embedding")
    assert "4 rows, 0 to 3" in found.message
    assert "counts up to 4" in found.message
    assert not found.fixes


def test_a_row_more_is_enough_after_an_edit() -> None:
    """What is remembered is looked at again where a table or what counts is another."""
    judge, project = Judge(), read_by(places(), table("nn.Embedding", 4))
    (at,) = (id_ for id_, n in project.main.graph.nodes.items() if n.spec == "nn.Embedding")
    for rows, is_wrong in ((4, True), (5, False), (4, True), (3, True), (6, False)):
        project = with_argument(project, at, "num_embeddings", rows)
        assert judge.judge(project, fixes=False).has_errors is is_wrong
