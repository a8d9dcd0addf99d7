"""Classes whose inferred parameters follow the parameters of the class."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from app.engine.judge import Judge
from codegen.model import write_model
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Expr, Parameter, Project
from tests.codegen.drawings import Drawing
from tests.codegen.sameness import check


def classes(project: Project) -> tuple[str, dict[str, Any]]:
    """Return the text of model.py and what it defines."""
    verdict = Judge().judge(project, fixes=False)
    assert not verdict.has_errors
    text = write_model(project, specs_of(project), verdict)
    check(project, verdict)
    names: dict[str, Any] = {"__name__": "model"}
    exec(compile(text.source.text, "model.py", "exec"), names)  # noqa: S102  # what it is about
    return text.source.text, names


def residual(given: dict[str, Any]) -> Project:
    """Return a net with a residual block without, and one with, a projection."""
    shown = Expr("stride != 1 or cin != cout")
    inner = Drawing().add("x", "io.input", shape=["=B", "=cin", "=H", "=W"])
    sizes = {"out_channels": "=cout", "stride": "=stride"}
    inner.add("c", "nn.Conv2d", "x", kernel_size=3, padding=1, **sizes)
    inner.add("n", "nn.BatchNorm2d", "c")
    inner.add("p", "nn.Conv2d", "x", kernel_size=1, **sizes, _when=shown)
    inner.add("s", "op.add", {"input": "n", "other": "p"}).add("y", "io.output", "s")
    parameters = (Parameter("cin", "int"), Parameter("cout", "int"), Parameter("stride", "int", 1))
    outer = Drawing().add("image", "io.input", shape=["=B", 16, 8, 8])
    outer.add("one", "block.basic", {"x": "image"}, cout=16, **given)
    outer.add("two", "block.basic", {"x": "one.y"}, cout=32, stride=2, **given)
    outer.add("out", "io.output", "two.y")
    return outer.project(basic=inner.block("Basic block", parameters))


@pytest.mark.parametrize("given", [{}, {"cin": 16}])
def test_a_projection_that_only_some_blocks_have_follows_their_parameters(given: Any) -> None:
    text, names = classes(residual(given))
    assert "nn.Conv2d(cin, cout, 1, stride=stride)" in text
    block = names["BasicBlock"]
    image = torch.zeros(2, 4, 6, 6)
    assert block(4, 4)(image).shape == (2, 4, 6, 6)
    assert block(4, 8, stride=2)(image).shape == (2, 8, 3, 3)
