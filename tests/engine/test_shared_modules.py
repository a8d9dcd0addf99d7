"""A module or block that is called once more is made once, and takes what its first call takes."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()
WIDTHS: dict[str, tuple[dict[str, Any], list[list[int]]]] = {
    "Linear": (node("nn.Linear", "in", out_features=4), [[16], [20]]),
    "Conv2d": (node("nn.Conv2d", "in", out_channels=4, kernel_size=3), [[3, 8, 8], [1, 8, 8]]),
    "BatchNorm2d": (node("nn.BatchNorm2d", "in"), [[3, 8, 8], [1, 8, 8]]),
    "LayerNorm": (node("nn.LayerNorm", "in"), [[16], [20]]),
    "LSTM": (node("nn.LSTM", "in", hidden_size=4, batch_first=True), [[5, 3], [5, 4]]),
}


def used_twice(layer: dict[str, Any], one: list[int], other: list[int], deep: bool) -> Any:
    """Return a drawing in which a block is called with two widths and the weights of one."""
    inner = {"in": node("io.input"), "layer": layer, "out": node("io.output", "layer")}
    around = {
        "in": node("io.input"),
        "layer": node("block.inner", {"in": "in"}),
        "out": node("io.output", "layer.out"),
    }
    blocks = {"inner": {"nodes": inner}, "outer": {"nodes": around}}
    name = "outer" if deep else "inner"
    return project(
        {
            "x": node("io.input", shape=["=B", *one]),
            "z": node("io.input", shape=["=B", *other]),
            "first": node(f"block.{name}", {"in": "x"}),
            "again": node(f"block.{name}", {"in": "z"}, weights={"same_as": "first"}),
            "y": node("io.output", "first.out"),
            "y2": node("io.output", "again.out"),
        },
        blocks if deep else {"inner": blocks["inner"]},
    )


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("case", WIDTHS)
def test_a_block_is_not_called_again_with_another_width(case: str, deep: bool) -> None:
    layer, (one, other) = WIDTHS[case]
    at = "again/layer/layer" if deep else "again/layer"
    found = compare_project(JUDGE, used_twice(layer, one, other, deep))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == at
    assert [(d.code, d.node) for d in found.verdict.diagnostics] == [("shared-weights", at)]
    sound = compare_project(JUDGE, used_twice(layer, one, one, deep))
    assert (sound.word, sound.stop) == ("agreed", None)


def test_what_is_said_of_how_a_module_is_made_holds_for_all_its_calls() -> None:
    drawing = project(
        {
            "x": node("io.input", shape=["=B", 3]),
            "n": node("nn.Linear", "x", out_features=2),
            "again": node("nn.Linear", "x", out_features=8, weights={"same_as": "n"}),
            "y": node("io.output", "again"),
        }
    )
    found = compare_project(JUDGE, drawing)
    assert (found.word, found.stop) == ("agreed", None)
    assert found.verdict.types["again.output"].shape == ("B", 2)
