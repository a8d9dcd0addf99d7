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


def tied(spec: str, loss: str, maker: str, **more: Any) -> dict[str, Any]:
    """Return rows that are looked up sparsely, with a weight that is that of another layer."""
    return {
        "d": node("data.random", ports={"p": ["=B"], "q": ["=B", 3]}, classes={"p": 5}),
        "rows": node("nn.Embedding", "d.p", num_embeddings=5, embedding_dim=3, sparse=True),
        "other": node(spec, "d.p" if spec == "nn.Embedding" else "d.q", **more),
        "y": node("io.output", "rows"),
        "z": node("io.output", "other"),
        "a": node("torch.mean", "rows"),
        "b": node("torch.mean", "other"),
        "both": node("op.add", {"input": "a", "other": "b"}),
        "o": node(f"optim.{maker}", {"losses[0]": loss}),
    }


LOOKED_UP = ("nn.Embedding", {"num_embeddings": 5, "embedding_dim": 3, "sparse": True})
FULL = ("nn.Embedding", {"num_embeddings": 5, "embedding_dim": 3})
LINEAR = ("nn.Linear", {"out_features": 5})
TIES = [{"rows.weight": "other.weight"}, {"other.weight": "rows.weight"}]


@pytest.mark.parametrize("maker", ["ASGD", "SparseAdam"])
@pytest.mark.parametrize("loss", ["a", "b", "both"])
@pytest.mark.parametrize("layer", [LOOKED_UP, FULL, LINEAR], ids=["sparse", "full", "linear"])
@pytest.mark.parametrize("ties", TIES, ids=["of the other", "of its own"])
def test_the_gradient_of_a_tied_weight_is_sparse_if_all_that_come_to_it_are(
    ties: dict[str, str], layer: tuple[str, dict[str, Any]], loss: str, maker: str
) -> None:
    spec, more = layer
    more = more | ({"bias": False} if spec == "nn.Linear" else {})
    found = compare_project(JUDGE, project(tied(spec, loss, maker, **more), ties=ties))
    assert found.word == "agreed", found.text()
    comes_sparse = loss == "a" or more.get("sparse", False)
    assert (found.stop is None) == (comes_sparse == (maker == "SparseAdam"))


@pytest.mark.parametrize("read", ["tail.0.0.weight", "tail.0.1.weight", "head.weight"])
def test_a_weight_that_is_read_alone_is_stepped_alone(read: str) -> None:
    drawing = {
        "x": node("io.input", shape=[2, 3]),
        "d": node("data.random", ports={"p": [2]}, classes={"p": 10}),
        "n": node(
            "nn.AdaptiveLogSoftmaxWithLoss",
            {"input_": "x", "target_": "d.p"},
            n_classes=10,
            cutoffs=[4],
        ),
        "w": node("param.of", of={"$at": "n"}, parameter=read),
        "y": node("io.output", "n.loss"),
        "loss": node("torch.sum", "w"),
        "o": node("optim.Muon", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == (read != "tail.0.1.weight")


def test_no_gradient_goes_on_from_a_weight_that_is_read() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "before": node("nn.Linear", "x", out_features=3),
        "n": node("nn.Linear", "before", out_features=2),
        "w": node("param.of", of={"$at": "n"}, parameter="weight"),
        "v": node("param.tensor", shape=[2, 3], init="ones"),
        "y": node("io.output", "n"),
        "loss": node("nn.MSELoss", {"input": "w", "target": "v"}),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert "before" in {d.node for d in found.verdict.diagnostics if d.code == "no-gradient"}


@pytest.mark.parametrize("is_size", [False, True])
def test_no_gradient_goes_back_by_way_of_a_size(is_size: bool) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 3]),
        "n": node("nn.Linear", "x", out_features=3),
        "halves": node("op.floordiv", "n", other=2),
        "rows": node("Tensor.size", "halves", dim=0),
        "shaped": node("Tensor.view", {"input": "n", "args[0]": "rows"}, args=["=?", -1]),
        "y": node("io.output", "shaped"),
        "z": node("io.output", "halves"),
        "loss": node("torch.mean", "shaped" if is_size else "halves"),
        "o": node("optim.SGD", {"losses[0]": "loss"}),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == is_size
