"""The walk through an argument meets everything in it once, and in order."""

import json
from typing import Any

from hypothesis import given

from graph_editor.document.arguments import parts
from graph_editor.document.files import arg_to_json
from graph_editor.document.model import Address, Arg, At, Expr, FrozenMap, Hole, Slice
from tests.document.strategies import ARGS


def test_the_outer_comes_before_the_inner() -> None:
    bounds = Slice(Expr("a"), None, (1, Hole()))
    table = FrozenMap({"x": At(Address("b")), "y": ()})
    value = (bounds, table)
    expected: list[Arg] = [value, bounds, Expr("a"), None, (1, Hole()), 1, Hole()]
    assert list(parts(value)) == [*expected, table, At(Address("b")), ()]


@given(ARGS)
def test_every_leaf_of_the_file_form_is_met(value: Arg) -> None:
    found = [arg_to_json(part) for part in parts(value)]
    assert found[0] == arg_to_json(value)
    leaves: list[str] = []

    def note(tree: Any) -> None:
        """Collect what stands at the ends of the tree of JSON, slices being inner parts of it."""
        if isinstance(tree, list):
            for item in tree:
                note(item)
        elif isinstance(tree, dict) and set(tree) == {"$slice"}:
            note(tree["$slice"])
        elif isinstance(tree, dict) and not any(key.startswith("$") for key in tree):
            for item in tree.values():
                note(item)
        else:
            leaves.append(json.dumps(tree))

    note(arg_to_json(value))
    inner = [json.dumps(arg_to_json(p)) for p in parts(value) if not _holds_more(p)]
    assert sorted(inner) == sorted(leaves)


def _holds_more(value: Arg) -> bool:
    return isinstance(value, (tuple, FrozenMap, Slice))
