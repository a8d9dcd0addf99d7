"""Failures that no diagnoser knows are said in plain words."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from app.engine.judge_generic import LONGEST, reason
from tests.engine.drawings import chain, node, project


def test_dtype_and_reason_are_said() -> None:
    steps = (node("torch.argmax", dim=1), node("torch.mean"))
    (said,) = Judge().judge(project(chain(*steps))).diagnostics
    assert said.node == "n1"
    assert "int64 (B)" in said.message
    assert "has to be float32" in said.message
    assert "floating point" in said.detail


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("mean(): could not infer. Got: Long", "could not infer. Got: int64"),
        ("torch.cat(): expected a list.", "expected a list"),
        (
            "expected scalar type Float but found Double\nException raised from f at x.cpp:3",
            "expected scalar type float32 but found float64",
        ),
        ("\n  shape '[3, 4]' is invalid", "shape '[3, 4]' is invalid"),
        ("Tensor.item() cannot be called on meta tensors", ""),
        ("", ""),
    ],
)
def test_torchs_words_are_cleaned(words: str, said: str) -> None:
    assert reason(words) == said


def test_long_words_end_at_a_word() -> None:
    said = reason("many words " * 100)
    assert len(said) <= LONGEST + 2
    assert said.endswith(("many …", "words …"))
