"""No diagnoser and no cure breaks at tensors without numbers, without axes, or at sizes of 0."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from app.engine.judge import Judge
from tests.engine.drawings import node, project


def image(*shape: int) -> dict[str, Any]:
    return node("io.input", shape=["=B", *shape])


DRAWINGS = {
    "attention of a single value": {
        "x": image(5, 8),
        "wide": image(5, 7),
        "one": node("torch.zeros", size=[]),
        "n": node(
            "nn.MultiheadAttention",
            {"query": "wide", "key": "one", "value": "wide"},
            embed_dim=8,
            num_heads=2,
        ),
        "y": node("io.output", "n.attn_output"),
    },
    "channels turned into places on maps of no places": {
        "x": image(8, 0, 4),
        "n": node("nn.PixelShuffle", "x", upscale_factor=2),
        "y": node("io.output", "n"),
        "target": image(3, 0, 8),
        "loss": node("nn.MSELoss", {"input": "n", "target": "target"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    },
    "axes that are merged with one batch alone": {
        "x": image(4, 8, 8),
        "flat": node("Tensor.flatten", "x", start_dim="=B - 5"),
        "row": node("buffer.tensor", shape=[2, 250]),
        "n": node("op.gt", {"input": "flat", "other": "row"}),
        "y": node("io.output", "n"),
    },
    "samples laid out as rows of nothing": {
        "x": image(5, 8),
        "flat": node("Tensor.flatten", "x", end_dim=1),
        "n": node("nn.Unflatten", "flat", dim=0, unflattened_size=[-1, 0]),
        "y": node("io.output", "n"),
    },
}


@pytest.mark.parametrize("case", DRAWINGS)
def test_nothing_breaks(case: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        verdict = Judge().judge(project(DRAWINGS[case]), batch=6)
    assert "broke" not in caplog.text
    assert any(d.severity == "error" for d in verdict.diagnostics)
