"""Optimizers that name what they train: torch is asked with these weights, and no others."""

from __future__ import annotations

import pytest

from app.engine.judge import Judge
from graph_editor.document.edits import nodes, projects
from graph_editor.document.model import Address, NodeId, Project
from tests.corpus.broken_alike import two_steps
from tests.engine.differential import compare_project


def resting(project: Project, *layers: str) -> Project:
    """Return a project some of whose layers are frozen."""
    for layer in layers:
        project = projects.in_block(
            project, "main", lambda g, n=layer: nodes.set_freeze(g, NodeId(n), (Address("."),))
        )
    return project


@pytest.mark.parametrize(
    ("project", "stop", "grade"),
    [
        (two_steps("body", "head"), "", ""),
        (two_steps("body", "."), "", ""),
        (two_steps("body", "relu"), "sgd", "error"),
        (two_steps("relu", "head"), "adam", "error"),
        (two_steps("relu", "relu"), "adam", "error"),
        (resting(two_steps("body", "head"), "head"), "", "warning"),
        (resting(two_steps("body", "head"), "body"), "", "warning"),
        (resting(two_steps("body", "relu"), "body"), "sgd", "error"),
        (resting(two_steps("body", "head"), "body", "head"), "adam", "error"),
    ],
    ids=(
        "each-one", "here", "second-none", "first-none", "both-none", "second-rests",
        "first-rests", "first-rests-second-none", "all-rest",
    ),
)  # fmt: skip
def test_an_optimizer_is_judged_by_what_it_names(project: Project, stop: str, grade: str) -> None:
    found = compare_project(Judge(), project)
    assert found.word == "agreed", found.text()
    assert (found.stop.node if found.stop else "") == stop
    said = [d.severity for d in found.verdict.diagnostics if d.code == "nothing-to-train"]
    assert max(said, key=("warning", "error").index, default="") == grade
