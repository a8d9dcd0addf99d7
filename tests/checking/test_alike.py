"""Near misses of one mistake made alike: what is not the same, or meets nowhere, is told apart."""

from __future__ import annotations

import pytest

from graph_editor.document.model import Project
from tests.checking.drawings import B, judged
from tests.corpus.broken_agreed import two_heads
from tests.corpus.broken_alike import heads
from tests.corpus.form import linear, net, op, saying, two

TABLE = (B, 12)


def branches(*asked: int, meet: bool = True) -> Project:
    """Return two layers behind layers of 12, that say what they take and are added or not."""
    parts = []
    for name, wanted in zip("ab", asked, strict=True):
        parts += [linear(f"{name}1", 12, "x"), linear(name, 4, f"{name}1", in_features=wanted)]
    if meet:
        parts.append(op("sum", "op.add", two("a", "b")))
    return net(*parts, x=TABLE, classes=4)


@pytest.mark.parametrize(
    ("project", "red"),
    [
        (heads(4, 4, 4), []),
        (heads(3, 3, 3), ["qh"]),
        (heads(3, 3, 2), ["qh", "vh"]),
        (branches(16, 16), ["a"]),
        (branches(16, 10), ["a", "b"]),
        (branches(16, 12), ["a"]),
        (saying(branches(16, 16), "b1", out_features=13), ["a", "b"]),
        (two_heads(16, 32, 24), ["h1", "h2"]),
    ],
    ids=("sound", "alike", "two-alike", "branches", "other-widths", "one", "shapes", "ends"),
)
def test_only_what_is_the_same_and_meets_is_told_once(project: Project, red: list[str]) -> None:
    verdict = judged(project)
    assert [str(d.node) for d in verdict.diagnostics if d.severity == "error"] == red
    assert {str(n) for n, word in verdict.status.items() if word == "error"} == set(red)
