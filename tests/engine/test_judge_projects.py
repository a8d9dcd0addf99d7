"""The sample projects through the real judge: sound, but for what this machine cannot know."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.engine.judge import Judge
from graph_editor.document.files import load

PROJECTS = sorted((Path(__file__).parents[1] / "projects").glob("*.netwright"))
ABSENT = {
    "actor_critic": {"moves"},  # data of an environment
    "arguments": {"odd"},  # a function of a library that nobody has
    "gcn": {"papers"},  # data in the form of a graph
    "imported": {"scaled"},  # a function of torchvision
    "seq2seq": {"pairs"},  # data in two languages
    "small_gpt": {"text"},  # data from a text file
    "splits": {"more"},  # data from a table in a file
    "transforms": {"noised"},  # noise, which no transform makes yet
    "unknown_spec": {"mystery", "plain"},  # meant to be unknown everywhere
    "wide_and_deep": {"table"},  # data from a table in a file
}
"""Nodes, by project, of specs that the catalogue does not have."""

LATER = {"run_settings", "unknown_fields"}
"""Projects with run settings of a later version, which is the run's matter and no node's."""


@pytest.mark.parametrize("path", PROJECTS, ids=lambda p: p.stem)
def test_a_sample_is_wrong_only_where_a_spec_is_unknown(path: Path) -> None:
    verdict = Judge().judge(load(path).project, fixes=False)
    errors = [
        (d.code, d.node, d.message)
        for d in verdict.diagnostics
        if d.severity == "error" and (d.node != "." or path.stem not in LATER)
    ]
    assert {node for _, node, _ in errors} == ABSENT.get(path.stem, set()), errors
    assert all(code == "unknown-spec" for code, _, _ in errors), errors
    for node in ABSENT.get(path.stem, ()):
        assert verdict.status[node] == "unknown"
