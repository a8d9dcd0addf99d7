"""Near misses of what is told once for several nodes: each fault keeps a word of its own."""

from __future__ import annotations

import pytest

from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.files import apply_change
from graph_editor.document.model import Expr, Project
from tests.checking.drawings import B, judged
from tests.corpus import nets
from tests.corpus.broken_agreed import (
    TURN,
    example,
    places,
    queries,
    shortcut,
    text_cnn,
    two_heads,
)
from tests.corpus.form import linear, net, nn, op, relu, saying


def wrong(project: Project) -> list[Diagnostic]:
    """Return every error."""
    return [d for d in judged(project).diagnostics if d.severity == "error"]


def told(project: Project) -> list[tuple[str, str]]:
    """Return the code and the node of every error."""
    return [(d.code, str(d.node)) for d in wrong(project)]


def three(*wanted: int | None) -> Project:
    """Return a layer of 12 read by three, of which those say what they take that are given it."""
    said = {n: {} if w is None else {"in_features": w} for n, w in zip("abc", wanted, strict=True)}
    layers = [linear(name, 8, "relu", **args) for name, args in said.items()]
    total = op("sum", "op.add", {"input": "a", "other": "b"})
    every = op("all", "op.add", {"input": "sum", "other": "c"})
    return net(
        linear("body", 12), relu("relu"), *layers, total, every, linear("head", 4),
        x=nets.TABLE, classes=4,
    )  # fmt: skip


WIDTH = "linear-in-features"


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (two_heads(16, 32, 24), [(WIDTH, "h1"), (WIDTH, "h2")]),
        (two_heads(16, 32, 16), [(WIDTH, "h1")]),
        (three(16, 16, 12), [(WIDTH, "a"), (WIDTH, "b")]),
        (three(16, None, 12), [(WIDTH, "a")]),
        (three(16, 16, None), [(WIDTH, "body")]),
        (queries(16, 16, 16, 16), []),
        (text_cnn(TURN, 8), []),
    ],
    ids=("two-wishes", "one-reader", "a-sound-one", "only-one", "one-follows", "sound", "text"),
)
def test_only_readers_that_all_agree_are_told_as_one(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert told(project) == expected


@pytest.mark.parametrize(
    ("project", "code"),
    [
        (places("o1", "o2"), None),
        (places("o1", "o2", 3), "head-width"),
        (places("o1", "o1"), "head-width"),
        (places("o2", "o2"), "head-width"),
        (places("o2", "o1", 3), "head-width"),
    ],
    ids=("sound", "few-scores", "scores-twice", "places-twice", "crossed-and-few"),
)
def test_losses_are_crossed_only_where_both_fit_the_other_way(
    project: Project, code: str | None
) -> None:
    found = {code for code, _ in told(project)}
    assert found == ({code} if code else set()) or (code and "crossed-losses" not in found)


def test_a_fix_that_moves_the_fault_to_another_copy_is_none() -> None:
    broken = saying(example("densenet"), "stem", out_channels=19)
    (found,) = wrong(broken)
    assert found.node == "dense1[0]"
    for fix in found.fixes:
        assert told(apply_change(broken, dict(fix.patch))) == []


def test_an_even_kernel_that_is_told_otherwise_is_left_alone() -> None:
    same = nn("same", "Conv2d", out_channels=8, kernel_size=4, padding="same")
    assert told(shortcut(same)) == []


def test_a_block_that_names_another_axis_first_does_not_want_the_samples_there() -> None:
    steps = (Expr("T"), B, Expr("dim"))
    changed = saying(saying(example("text_cnn"), "turned", dim0=0), "ngram/x", shape=steps)
    assert "batch-axis" not in {code for code, _ in told(changed)}
