"""What a dropout hands on in evaluation, where it drops nothing, and who may write over that."""

from __future__ import annotations

from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()
CONV = node("nn.Conv2d", "x", out_channels=4, kernel_size=1)
MAKERS: dict[str, tuple[dict[str, Any], str]] = {
    "weight": ({"w": node("param.tensor", shape=[2, 4, 8, 8])}, "w"),
    "part": ({"a": CONV, "w": node("torch.split", "a", split_size=2, dim=1)}, "w.chunks[0]"),
    "result": ({"w": CONV}, "w"),
}
DROPPING = ("nn.Dropout", "nn.Dropout2d", "nn.Dropout3d", "nn.AlphaDropout", "F.dropout")


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("dropping", DROPPING)
@pytest.mark.parametrize("writing", ["nn.ReLU", "nn.Dropout"])
@pytest.mark.parametrize("way", ["straight", "when", "view"])
def test_judge_and_torch_agree(maker: str, dropping: str, writing: str, way: str) -> None:
    made, source = MAKERS[maker]
    switch = {"when": "=training"} if way == "when" else {}
    nodes = {"x": node("io.input", shape=["=B", 4, 8, 8]), **made}
    nodes["drop"] = node(dropping, source, **switch)
    nodes["view"] = node("Tensor.flatten", "drop", start_dim=2)
    nodes["write"] = node(writing, "view" if way == "view" else "drop", inplace=True)
    nodes["y"] = node("io.output", "write")
    found = compare_project(JUDGE, project(nodes))
    assert found.word == "agreed", found.text()


def test_a_weight_is_not_written_over_where_nothing_is_dropped() -> None:
    nodes = {
        "w": node("param.tensor", shape=[3, 4]),
        "drop": node("nn.Dropout", "w"),
        "bend": node("nn.LeakyReLU", "drop", inplace=True),
        "y": node("io.output", "bend"),
    }
    found = compare_project(JUDGE, project(nodes))
    assert (found.word, [stop.tried for stop in found.stops]) == ("agreed", ["evaluation"])
    (told,) = found.verdict.diagnostics
    assert (told.code, told.node) == ("in-place", "bend")
    assert told.message.startswith("In evaluation: ")
