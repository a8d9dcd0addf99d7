"""Addresses without the numbers of copies."""

from __future__ import annotations

import pytest

from graph_editor.checking.copies import first_copies, plain


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("conv", "conv"),
        ("r[2]/conv", "r/conv"),
        ("r[12]", "r"),
        ("a[1]/b[0]/c.output", "a/b/c.output"),
        ("split.chunks[2]", "split.chunks[2]"),
        ("r[1]/split.chunks[2]", "r/split.chunks[2]"),
        ("r[1].y", "r.y"),
    ],
)
def test_numbers_of_copies_go_and_numbers_of_ports_stay(address: str, expected: str) -> None:
    assert plain(address) == expected


def test_the_lowest_copy_speaks_for_all() -> None:
    found = {"r[1]/conv": 1, "r[0]/conv": 0, "r[2]/conv": 2, "head": 3}
    assert first_copies(found) == {"r/conv": 0, "head": 3}
