"""Near misses of faults with one root elsewhere: each keeps a word of its own."""

from __future__ import annotations

import pytest

from graph_editor.checking.crossings import crosses
from graph_editor.document.model import Project
from tests.checking.drawings import B, judged
from tests.corpus import nets
from tests.corpus.broken_one_root import (
    RGB,
    deep_and_wide,
    detector,
    halves,
    messages,
    queries,
    triplet,
)
from tests.corpus.form import linear, net, op, saying, two


def told(project: Project) -> list[tuple[str, str]]:
    """Return the code and the node of every error."""
    said = judged(project).diagnostics
    return [(d.code, str(d.node)) for d in said if d.severity == "error"]


LOSS = "target-does-not-fit"


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (halves((B, 4), (B, 4)), []),
        (halves((B, 4), (B, 3)), [(LOSS, "l2")]),
        (detector(), []),
        (detector((0, 1, 4, 3, 2)), []),
        (saying(detector(), "data", ports={"x": RGB, "box": (B, 2, 4, 4, 4),
                                           "ob": (B, 3, 4, 4), "c": (B, 2, 4, 4)}),
         [(LOSS, "lo")]),
    ],
    ids=("halves", "one-half", "sound", "rows-for-columns", "one-target"),
)  # fmt: skip
def test_only_parts_that_are_all_refused_are_told_as_one(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert told(project) == expected


def test_what_is_made_as_large_as_it_has_to_be_is_not_blamed() -> None:
    assert told(messages(9)) == told(messages(9, added=False)) == []
    assert told(messages(10, added=False)) == []
    assert told(messages(10)) == [("made-size", "none")]


def each_with_each(loss: str) -> Project:
    """Return distances of all samples from all samples, whose loss takes one number for each."""
    row, gap = op("row", "Tensor.squeeze", dim=1), op("gap", "op.sub", two("one", "row"))
    return net(linear("one", 1), row, gap, x=nets.TABLE, y=(B,), loss=loss)


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (deep_and_wide(keepdim=True), []),
        (each_with_each("BCEWithLogitsLoss"), [(LOSS, "loss")]),
        (saying(each_with_each("BCEWithLogitsLoss"), "data", ports={"x": nets.TABLE, "y": (B, B)}),
         []),
    ],
    ids=("kept", "on-purpose", "sound-table"),
)  # fmt: skip
def test_a_table_that_is_drawn_on_purpose_is_not_blamed(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert told(project) == expected


def test_a_row_meets_a_single_number_without_harm() -> None:
    assert not crosses(("B",), ())
    assert not crosses((), ("B",))
    assert crosses(("B", 1), ("B",))


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (queries(7), []),
        (queries(8, 7, 8), [("class-target", "l1")]),
        (queries(8, 7, 6), [("class-target", "l1"), (LOSS, "l2")]),
    ],
    ids=("sound", "one-loss", "two-wishes"),
)
def test_what_is_made_is_blamed_only_where_all_losses_want_it_otherwise(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert told(project) == expected


WIDTH = "linear-in-features"


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (triplet(), []),
        (triplet(p2__input="data.p"), [(WIDTH, "p2")]),
        (triplet(a2__input="pr"), []),
    ],
    ids=("sound", "one-call", "of-another"),
)
def test_the_first_call_is_to_blame_only_where_all_others_bring_the_same(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert told(project) == expected
