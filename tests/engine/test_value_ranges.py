"""What depends on values: the judge refuses exactly where the largest declared one makes torch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg, FrozenMap, Node
from tests.checking.drawings import B, drawing, project

JUDGE = Judge()
SIZES = [(classes, rows) for classes in (2, 5, 9, 10, 11) for rows in (1, 5, 10)]
LOSSES = ("nn.CrossEntropyLoss", "nn.NLLLoss", "nn.MultiMarginLoss")


def raises(work: Callable[[], object]) -> bool:
    try:
        work()
    except (RuntimeError, IndexError):
        return True
    return False


def judged(*layers: tuple[str, str, dict[str, object]], loss: str, classes: int | None) -> Verdict:
    return JUDGE.judge(drawing(*layers, x=(B, 6), loss=loss, classes=classes), fixes=False)  # type: ignore[arg-type]  # arguments of any kind


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("classes", "rows"), SIZES)
def test_class_labels_and_scores(loss: str, classes: int, rows: int) -> None:
    layers: list[tuple[str, str, dict[str, object]]] = [
        ("head", "nn.Linear", {"out_features": rows})
    ]
    if loss == "nn.NLLLoss":
        layers.append(("log", "nn.LogSoftmax", {"dim": 1}))
    verdict = judged(*layers, loss=loss, classes=classes)
    made = getattr(nn, loss.removeprefix("nn."))()
    refused = raises(lambda: made(torch.zeros(1, rows), torch.tensor([classes - 1])))
    assert verdict.has_errors is refused, [d.message for d in verdict.diagnostics]


@pytest.mark.parametrize(("classes", "rows"), SIZES)
def test_labels_that_are_looked_up_in_a_table(classes: int, rows: int) -> None:
    ports: FrozenMap[str, Arg] = FrozenMap({"y": (B,)})
    data: dict[str, Arg] = {"ports": ports, "classes": FrozenMap({"y": classes})}
    nodes = {
        "data": Node("data.random", args=FrozenMap(data)),
        "table": Node("nn.Embedding", args=FrozenMap({"num_embeddings": rows, "embedding_dim": 4})),
        "loss": Node("torch.mean"),
        "adam": Node("optim.AdamW"),
    }
    wires = {
        "table.input": "data.y",
        "loss.input": "table.output",
        "adam.losses[0]": "loss.output",
    }
    verdict = JUDGE.judge(project(nodes, wires, {"batch_size": 16}), fixes=False)
    refused = raises(lambda: nn.Embedding(rows, 4)(torch.tensor([classes - 1])))
    assert verdict.has_errors is refused, [d.message for d in verdict.diagnostics]


ENDS: dict[str, tuple[tuple[str, dict[str, object]], ...]] = {
    "none": (),
    "sigmoid": (("nn.Sigmoid", {}),),
    "softmax": (("nn.Softmax", {"dim": 1}),),
    "hard sigmoid": (("nn.Hardsigmoid", {}),),
    "tanh": (("nn.Tanh", {}),),
    "dropped": (("nn.Sigmoid", {}), ("nn.Dropout", {"p": 0.0})),
}


@pytest.mark.parametrize("end", ENDS)
def test_numbers_that_have_to_be_probabilities(end: str) -> None:
    made: list[tuple[str, str, dict[str, object]]] = [("head", "nn.Linear", {"out_features": 8})]
    made += [(f"end{k}", spec, args) for k, (spec, args) in enumerate(ENDS[end])]
    given = drawing(*made, x=(B, 6), y=(B, 8), loss="nn.BCELoss", classes=None)  # type: ignore[arg-type]  # arguments of any kind
    codes = {d.code for d in JUDGE.judge(given, fixes=False).diagnostics}
    last = [getattr(nn, spec.removeprefix("nn."))(**args) for _, spec, args in made[1:]]
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 8), *last)
    refused = raises(lambda: nn.BCELoss()(model(torch.randn(64, 6)), torch.rand(64, 8)))
    assert ("logits-into-probability-loss" in codes) is refused, codes
