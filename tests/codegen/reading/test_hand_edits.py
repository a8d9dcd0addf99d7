"""Edits by hand in exported files: taken in as the same function, or refused by line."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from codegen import generate
from codegen.model import write_model
from codegen.reading.merge import Merged, merge
from codegen.reading.scripts import merge_script
from codegen.reading.settling import settle
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Project
from tests.codegen.reading.hand_edits import (
    MODEL_EDITS,
    NOTHING,
    SAME,
    SCRIPT_EDITS,
    Edit,
    Refused,
)
from tests.codegen.reading.texts import SPECS, stripped
from tests.codegen.sameness import sample
from tests.gallery.gallery import project_of, verdict_of, written


@cache
def judge() -> Judge:
    return Judge()


def some(edits: dict[str, Edit], each: int) -> list[Any]:
    """Return the names of all edits; most are for the slow tier."""
    return [
        name if place % each == 0 else pytest.param(name, marks=pytest.mark.slow)
        for place, name in enumerate(edits)
    ]


def edited(edit: Edit) -> tuple[str, str]:
    """Return the text of a file before and after an edit."""
    before = after = written(edit.template).files[edit.file].text
    for old, new in edit.changes:
        assert old in after, old
        after = after.replace(old, new) if old.isdecimal() else after.replace(old, new, 1)
    assert after != before
    return before, after


def assert_refused(merged: Merged, project: Project, outcome: Refused, after: str) -> None:
    assert merged.project is project
    assert merged.changes == ()
    first = merged.problems[0]
    assert (first.line, first.words[: len(outcome.words)]) == (outcome.line, outcome.words)
    assert first.line <= after.count("\n")


@pytest.mark.parametrize("name", some(MODEL_EDITS, 4))
def test_an_edit_of_the_model_is_the_same_function_or_is_refused(name: str) -> None:
    edit = MODEL_EDITS[name]
    project = project_of(edit.template)
    before, after = edited(edit)
    merged = merge(project, SPECS, before, after)
    if isinstance(edit.outcome, Refused):
        assert_refused(merged, project, edit.outcome, after)
        return
    assert merged.problems == ()
    if edit.outcome == NOTHING:
        assert merged.changes == ()
        assert_same_function(after, project, verdict_of(edit.template))
        return
    assert merged.changes
    settled = settle(merged, after, judge().judge)
    assert not settled.verdict.has_errors
    assert (stripped(settled.text) == stripped(after)) == (edit.outcome == SAME)
    assert_same_function(after, settled.project, settled.verdict)


def test_an_edit_from_which_no_code_could_be_written_is_refused_with_the_reason() -> None:
    project, before = project_of("mini_gpt"), written("mini_gpt").files["model.py"].text
    after = before.replace("nn.Embedding(vocab_size, dim)", "nn.Embedding(vocab_size, dim, 0)")
    merged = merge(project, SPECS, before, after)
    assert merged.changes
    settled = settle(merged, after, judge().judge)
    assert not settled.verdict.has_errors
    assert settled.text == ""
    assert settled.refusal.startswith("init_std beside a repeat, a condition or padding_idx")


def assert_same_function(text: str, project: Project, verdict: Verdict) -> None:
    """Assert that a text, run as Python, gives what the drawing gives, with the same weights."""
    ours = write_model(project, specs_of(project), verdict)
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, "model.py", "exec"), space)  # noqa: S102  # what it is about
    torch.manual_seed(0)
    model = space[ours.class_name]()
    direct = Interpreter(project, verdict, 0)
    _share_weights(model, direct.module, ours.state_map)
    for batch in (2, 3):
        inputs = sample(project, batch)
        for training in (False, True):
            model.train(training)
            direct.module.train(training)
            torch.manual_seed(1)
            found = model(*[inputs[node].clone() for _, node in ours.inputs])
            torch.manual_seed(1)
            wanted = direct.forward({node: value.clone() for node, value in inputs.items()})
            results = found if isinstance(found, tuple) else (found,)
            for mine, (_, node) in zip(results, ours.outputs, strict=True):
                assert torch.equal(mine, wanted[node])


def _share_weights(model: nn.Module, drawn: nn.Module, places: dict[str, tuple[str, str]]) -> None:
    """Give the drawing's module the weights of a text; where chains differ, in their order."""
    own, theirs = model.state_dict(), drawn.state_dict()
    keys = list(own) if set(own) != set(places) else list(places)
    assert len(keys) == len(places)
    for key, (address, parameter) in zip(keys, places.values(), strict=True):
        target = theirs[f"{address}.{parameter}" if parameter else address]
        assert target.shape == own[key].shape
        target.copy_(own[key])


@pytest.mark.parametrize("name", some(SCRIPT_EDITS, 3))
def test_an_edit_of_a_script_is_written_again_or_refused(name: str) -> None:
    edit = SCRIPT_EDITS[name]
    project, verdict = project_of(edit.template), verdict_of(edit.template)
    _, after = edited(edit)
    merged = merge_script(project, specs_of(project), verdict, edit.file, after)
    if isinstance(edit.outcome, Refused):
        assert_refused(merged, project, edit.outcome, after)
        return
    assert merged.problems == ()
    assert merged.changes
    made = merged.project
    files = generate(made, specs_of(made), judge().judge(made)).files
    assert (stripped(files[edit.file].text) == stripped(after)) == (edit.outcome == SAME)
    again = merge_script(made, specs_of(made), judge().judge(made), edit.file, after)
    assert (again.problems, again.changes) == ((), ())
    assert files["model.py"].text == written(edit.template).files["model.py"].text
