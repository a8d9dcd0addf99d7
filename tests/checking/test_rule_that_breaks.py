"""A diagnoser that breaks is passed over: the drawing is judged all the same."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Never

import pytest

from app.engine.judge import Judge
from graph_editor.checking import explain
from graph_editor.document.model import Expr
from tests.checking.drawings import FLAT, HEAD, drawing, with_node
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

FAULTY = with_node(drawing(FLAT, HEAD), "loss", when=Expr("False"))


def breaking(*_: object) -> Never:
    raise IndexError("tuple index out of range")


def test_the_next_one_is_asked(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = [found.code for found in Judge().judge(FAULTY).diagnostics]
    broken = SimpleNamespace(__name__="broken", diagnose=breaking)
    known = (broken, *explain._knowing())
    monkeypatch.setattr(explain, "_knowing", lambda: known)
    monkeypatch.setattr(explain, "STRICT", False)
    with caplog.at_level(logging.ERROR):
        assert [found.code for found in Judge().judge(FAULTY).diagnostics] == wanted
    assert "broken broke at" in caplog.text
    monkeypatch.setattr(explain, "STRICT", True)
    with pytest.raises(IndexError):
        Judge().judge(FAULTY)


def test_what_has_no_axes_in_training_may_have_some_in_evaluation() -> None:
    nodes = {
        "x": node("io.input", shape=["=B", 3]),
        "wide": node("io.input", shape=["=B", 5]),
        "mean": node("torch.mean", "x", when="=training"),
        "product": node("op.mul", {"input": "mean", "other": "wide"}),
        "y": node("io.output", "product"),
    }
    found = compare_project(Judge(), project(nodes))
    assert found.word == "agreed", found.text()
    assert found.stop is not None
    assert found.verdict.stop == "product"
