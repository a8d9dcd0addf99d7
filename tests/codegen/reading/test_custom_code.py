"""Custom code stands verbatim in the text: it is known by its names, and only edited as such."""

from __future__ import annotations

from codegen.model import write_model
from codegen.reading.isomorphism import isomorphic
from codegen.reading.merge import merge
from codegen.reading.model import read_model
from codegen.reading.naming import main_class, with_names
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Code, FrozenMap, Parameter, Project
from tests.codegen.drawings import Drawing
from tests.codegen.reading.texts import SPECS, stripped

SWISH = '''\
import math

import torch


def swish(x: torch.Tensor, beta: float = 1.0) -> torch.Tensor:
    """Return what a sigmoid lets through."""
    return x * torch.sigmoid(beta * x) * math.sqrt(2)
'''
GATE = """\
import torch
from torch import nn


class Gate(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.sum() > 0:
            return self.linear(x)
        return x
"""


def drawn() -> Project:
    drawing = Drawing().add("a", "io.input", shape=["=B", 6])
    drawing.add("s", "code.swish", {"x": "a"}, beta=1.5)
    drawing.add("l", "nn.Linear", "s.y", in_features=6, out_features=6)
    drawing.add("g", "code.gate", {"x": "l"}, width=6).add("o", "io.output", "g.y")
    project = drawing.project()
    swish = Code(SWISH, ("x",), ("y",), (Parameter("beta", "float", 1.0),))
    gate = Code(GATE, ("x",), ("y",), (Parameter("width", "int"),))
    return Project(project.main, code=FrozenMap({"swish": swish, "gate": gate}))


def text_of(project: Project) -> str:
    return write_model(project, specs_of(project), Verdict()).source.text


def test_a_drawing_with_custom_code_reads_back() -> None:
    project = drawn()
    text = text_of(project)
    for each in (text, stripped(text)):
        found = read_model(each, SPECS, main_class(project), project.code)
        assert found.problems == ()
        assert isomorphic(project, found.project) == ""
        assert stripped(text_of(with_names(found, SPECS))) == stripped(text)


def test_what_stands_around_it_can_be_edited() -> None:
    project = drawn()
    text = text_of(project)
    edited = text.replace("beta=1.5", "beta=2.5").replace("swish(x, 1.5", "swish(x, 2.5")
    assert edited != text
    merged = merge(project, SPECS, text, edited)
    assert merged.problems == ()
    assert merged.project.main.graph.nodes["s"].args["beta"] == 2.5
    assert text_of(merged.project) == edited


def test_an_edit_of_the_code_itself_is_named_and_changes_nothing() -> None:
    project = drawn()
    text = text_of(project)
    edited = text.replace("math.sqrt(2)", "math.sqrt(3)")
    merged = merge(project, SPECS, text, edited)
    assert merged.project is project
    (problem,) = merged.problems
    assert "swish is custom code" in problem.words
    assert edited.splitlines()[problem.line - 1].startswith("def swish")


def test_code_that_the_project_does_not_have_is_not_understood() -> None:
    project = drawn()
    problems = read_model(text_of(project), SPECS).problems
    assert any("only imports and classes" in problem.words for problem in problems)
