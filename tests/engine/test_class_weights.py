"""Weights of classes, given as numbers: judged as torch judges them."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from tests.engine.drawings import node, project

WEIGHTED = [
    ("nn.CrossEntropyLoss", "weight", "int64"), ("nn.NLLLoss", "weight", "int64"),
    ("nn.MultiMarginLoss", "weight", "int64"), ("nn.BCELoss", "weight", "float32"),
    ("nn.BCEWithLogitsLoss", "weight", "float32"),
    ("nn.BCEWithLogitsLoss", "pos_weight", "float32"),
    ("nn.MultiLabelSoftMarginLoss", "weight", "float32"),
]  # fmt: skip


@pytest.mark.parametrize("weights", [(1, 2, 3), (1.0, 2.5, 3.0), (1.0, 2.0), (5.0,), 2.0], ids=str)
@pytest.mark.parametrize(("spec", "argument", "dtype"), WEIGHTED)
def test_weights_of_classes_are_taken_exactly_where_torch_takes_them(
    spec: str, argument: str, dtype: str, weights: object
) -> None:
    labels = ["=B"] if dtype == "int64" else ["=B", 3]
    nodes = {
        "x": node("io.input", shape=["=B", 3]),
        "t": node("io.input", shape=labels, dtype={"$name": dtype}),
        "p": node("torch.sigmoid", "x"),
        "loss": node(spec, {"input": "p", "target": "t"}, **{argument: weights}),
        "y": node("io.output", "loss"),
    }
    verdict = Judge().judge(project(nodes), batch=4, fixes=False)
    target = torch.zeros((4,) if dtype == "int64" else (4, 3), dtype=getattr(torch, dtype))
    try:
        given = {argument: torch.tensor(weights, dtype=torch.float32)}
        getattr(nn, spec.partition(".")[2])(**given)(torch.rand(4, 3), target)
        refused = False
    except (RuntimeError, ValueError):
        refused = True
    assert verdict.has_errors == refused
    errors = {d.code for d in verdict.diagnostics if d.severity == "error"}
    assert errors == ({"class-weights"} if refused else set())
