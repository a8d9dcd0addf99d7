"""Which weights get gradients, of which kind and in which try, as eager torch has it."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()


def called_again(**more: Any) -> dict[str, Any]:
    """Return a layer that is called twice, of which the second call alone leads to the loss."""
    return {
        "x": node("io.input", shape=["=B", 3]),
        "n": node("nn.Linear", "x", out_features=3, **more),
        "again": node("nn.Linear", "x", weights={"same_as": "n"}, freeze=["."]),
        "y": node("io.output", "n"),
        "z": node("io.output", "again"),
        "loss": node("torch.mean", "again"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    }


@pytest.mark.parametrize("freeze", [[], ["."]])
def test_a_freeze_says_nothing_where_weights_are_those_of_another(freeze: list[str]) -> None:
    found = compare_project(JUDGE, project(called_again(freeze=freeze)))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == (not freeze)


def test_what_is_written_does_not_freeze_them_either() -> None:
    nodes = {n: v for n, v in called_again().items() if n not in ("loss", "o")}
    drawn = project(nodes)
    text = generate(drawn, specs_of(drawn), JUDGE.judge(drawn)).files["model.py"].text
    assert "requires_grad_" not in text
