"""The sizes of a split's parts are those that the written data.py comes to."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.data import write_data
from graph_editor.catalogue.data_split import Parts, parts_of, shares_of
from graph_editor.catalogue.load import catalogue
from graph_editor.document.model import Address, FrozenMap, Node

SPLITS = [(0.8, 0.2), (0.7, 0.2), (0.5, 0.5), (0.33, 0.67), (0.1, 0.9), (0.9, 0.05)]


def loaded(node: Node) -> Parts:
    """Return the sizes that the text written for a source really gives."""
    scope: dict[str, Any] = {}
    exec(write_data("Test", Address("data"), node).text, scope)  # noqa: S102  # our own text
    train, val = scope["load_data"]()
    return Parts(len(train[0]), len(val[0]))


@pytest.mark.parametrize(("train", "val"), SPLITS)
@pytest.mark.parametrize("spec", ["data.iris", "data.wine", "data.diabetes", "data.random"])
def test_parts_are_counted_as_the_code_counts_them(spec: str, train: float, val: float) -> None:
    node = Node(spec, args=FrozenMap({"split": FrozenMap({"train": train, "val": val})}))
    known = catalogue().get(spec)
    assert known is not None
    assert parts_of(known, node) == loaded(node)


@pytest.mark.parametrize("samples", [2, 7, 100, 333])
def test_a_count_of_ones_own_is_cut_at_rounded_places(samples: int) -> None:
    node = Node("data.random", args=FrozenMap({"samples": samples}))
    known = catalogue().get("data.random")
    assert known is not None
    assert parts_of(known, node) == loaded(node)


NO_SPLITS = [
    0.8,
    FrozenMap({"train": 0.8}),
    FrozenMap({"train": 0.8, "val": "a.csv"}),
    FrozenMap({"train": 0.8, "val": 0.3}),
]


@pytest.mark.parametrize("split", NO_SPLITS)
def test_what_is_no_split_has_no_shares_and_no_parts(split: Any) -> None:
    node = Node("data.iris", args=FrozenMap({"split": split}))
    known = catalogue().get("data.iris")
    assert known is not None
    assert shares_of(known, node) is None
    assert parts_of(known, node) is None
