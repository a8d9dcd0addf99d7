"""A size is a plain number: it may be raised to a power, as attention is scaled."""

from __future__ import annotations

import pytest
import torch

from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from tests.codegen.drawings import Drawing


@pytest.mark.parametrize("exponent", [-0.5, 2])
def test_a_power_of_a_size_is_no_error(exponent: float) -> None:
    drawing = Drawing().add("a", "io.input", shape=["=B", 4]).add("s", "Tensor.size", "a", dim=1)
    drawing.add("p", "op.pow", "s", other=exponent)
    drawing.add("m", "op.mul", {"input": "a", "other": "p"}).add("o", "io.output", "m")
    project = drawing.project()
    verdict = Judge().judge(project)
    assert not verdict.has_errors
    given = torch.ones(3, 4)
    result = Interpreter(project, verdict, 0).forward({"a": given})["o"]
    assert torch.equal(result, given * 4**exponent)
