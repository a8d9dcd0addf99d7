"""What depends on values: the judge refuses exactly where the largest declared one makes torch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from app.engine.judge import Judge
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg, FrozenMap, Node
from tests.checking.drawings import B, drawing, project
from tests.checking.numbered import more

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


TARGETS: dict[str, Callable[[Tensor], Tensor]] = {
    "nn.Identity": lambda given: given,
    "torch.sigmoid": torch.sigmoid,
    "torch.tanh": torch.tanh,
    "torch.relu": torch.relu,
    "torch.abs": torch.abs,
    "torch.sign": torch.sign,
    "op.neg": torch.neg,
}


def answered(told: str, classes: int | None) -> Verdict:
    """Return what is said of a BCELoss whose target are labels or noise, through a function."""
    layers = (("head", "nn.Linear", {"out_features": 8}), ("sig", "nn.Sigmoid", {}))
    made = drawing(*layers, x=(B, 6), y=(B, 8), loss="nn.BCELoss", classes=classes)  # type: ignore[arg-type]  # arguments of any kind
    nodes = {"float": Node("Tensor.float"), "told": Node(told)}
    wires = {"float.input": "data.y", "told.input": "float.output", "loss.target": "told.output"}
    return JUDGE.judge(more(made, nodes, wires), fixes=False)


@pytest.mark.parametrize("told", TARGETS)
@pytest.mark.parametrize("classes", [None, 1, 2, 3])
def test_targets_that_have_to_be_probabilities(told: str, classes: int | None) -> None:
    generator = torch.Generator().manual_seed(0)
    given = torch.randn(64, 8, generator=generator)
    if classes is not None:
        given = torch.randint(classes, (64, 8), generator=generator).float()
    target = TARGETS[told](given)
    refused = raises(lambda: nn.BCELoss()(torch.full((64, 8), 0.5), target))
    verdict = answered(told, classes)
    assert verdict.has_errors is refused, [d.message for d in verdict.diagnostics]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("places", [(), (20,)])
def test_noise_that_is_made_whole_is_no_label(loss: str, places: tuple[int, ...]) -> None:
    # of few numbers it is not certain that one is below -1
    made = drawing(("head", "nn.Linear", {"out_features": 5}), x=(B, *places, 6), y=(B, *places),
                   loss=loss, classes=None)  # fmt: skip
    nodes = {"whole": Node("Tensor.long")}
    wires = {"whole.input": "data.y", "loss.target": "whole.output"}
    if places:
        nodes["turn"] = Node("Tensor.transpose", args=FrozenMap({"dim0": 1, "dim1": 2}))
        wires |= {"turn.input": "out.output", "loss.input": "turn.output"}
    if places and loss == "nn.MultiMarginLoss":
        return  # takes no places
    codes = {d.code for d in JUDGE.judge(more(made, nodes, wires), fixes=False).diagnostics}
    assert "too-few-classes" in codes
    scores, labels = torch.zeros(1, 5), torch.randn(256).long()
    made_loss = getattr(nn, loss.removeprefix("nn."))()
    assert raises(lambda: made_loss(scores.expand(256, 5), labels))
