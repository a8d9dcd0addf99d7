"""What came up once arguments were drawn that random graphs had never had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.document.model import FrozenMap
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project

JUDGE = Judge()


def written_over(spec: str, **args: Any) -> dict[str, Any]:
    """Return a layer of weights, the input of which another one writes over afterwards."""
    return {
        "x": node("io.input", shape=["=B", 108]),
        "d": node("data.random", ports={"p": ["=B", 108]}),
        "n": node("op.mul", {"input": "x", "other": "d.p"}),
        "kept": node("nn.Linear", "n", out_features=4),
        "over": node(spec, "n", inplace=True, **args),
        "y": node("io.output", "kept"),
        "y2": node("io.output", "over"),
        "loss": node("torch.mean", "kept"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }


def looked_up(maker: str, through: str) -> dict[str, Any]:
    """Return rows that are looked up twice, and read whole, one of which a loss is made of."""
    rows = {"num_embeddings": 5, "embedding_dim": 3, "sparse": True}
    return {
        "d": node("data.random", ports={"p": ["=B", 4]}, classes={"p": 5}),
        "once": node("nn.Embedding", "d.p", **rows),
        "again": node("nn.Embedding", "d.p", weights={"same_as": "once"}),
        "both": node("op.add", {"input": "once", "other": "again"}),
        "whole": node("param.of", of={"$at": "once"}, parameter="weight"),
        "mean": node("torch.mean", "whole"),
        "mixed": node("op.add", {"input": "once", "other": "mean"}),
        "y": node("io.output", "both"),
        "y2": node("io.output", "mixed"),
        "loss": node("torch.mean", through),
        "o": node(f"optim.{maker}", {"losses[0]": "loss"}),
    }


def drawn(dtype: str, low: int, high: int) -> dict[str, Any]:
    """Return random whole numbers of a dtype."""
    args = {"low": low, "high": high, "size": [2, 3], "dtype": {"$name": dtype}}
    return {"r": node("torch.randint", **args), "y": node("io.output", "r")}


def without_columns(shown: str) -> dict[str, Any]:
    """Return a matrix without columns, and what Muon trains: that, or another beside it."""
    return {
        "x": node("io.input", shape=["=B", 0]),
        "z": node("io.input", shape=["=B", 3]),
        "empty": node("nn.Linear", "x", out_features=2, bias=False),
        "full": node("nn.Linear", "z", out_features=2, bias=False),
        "y": node("io.output", "empty"),
        "y2": node("io.output", "full"),
        "loss": node("torch.mean", shown),
        "o": node("optim.Muon", {"losses[0]": "loss"}),
    }


ROWS, WHOLE = ("once", "again", "both"), ("whole", "mixed")
REFUSED = {
    "a result that a sigmoid needs is written over": {
        "x": node("io.input", shape=["=B", 4]),
        "n": node("nn.Linear", "x", out_features=4),
        "s": node("torch.sigmoid", "n"),
        "over": node("nn.LeakyReLU", "s", inplace=True),
        "y": node("io.output", "over"),
        "loss": node("torch.mean", "over"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    },
    "what a layer beside it needs is written over": written_over("nn.Dropout", p=0.5),
    "axes are turned in place where nothing is dropped": written_over("nn.Dropout3d", p=0.0),
    "two axes are turned in place": written_over("nn.Dropout1d", p=0.0),
    "a matrix without columns is stepped": without_columns("empty"),
    **{f"Adam, rows by way of {way}": looked_up("Adam", way) for way in ROWS},
    **{
        f"SparseAdam, a whole weight by way of {way}": looked_up("SparseAdam", way) for way in WHOLE
    },
}
TAKEN = {
    "nothing is dropped in place": written_over("nn.Dropout", p=0.0),
    "a matrix without columns gets no gradient": without_columns("full"),
    "a copy is made all the same": written_over("nn.AlphaDropout", p=0.5),
    **{f"SparseAdam, rows by way of {way}": looked_up("SparseAdam", way) for way in ROWS},
    **{f"Adam, a whole weight by way of {way}": looked_up("Adam", way) for way in WHOLE},
}


@pytest.mark.parametrize("case", REFUSED)
def test_training_is_refused_at_the_optimizer(case: str) -> None:
    found = compare_project(JUDGE, project(REFUSED[case]))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "o"


@pytest.mark.parametrize("case", TAKEN)
def test_training_is_taken(case: str) -> None:
    found = compare_project(JUDGE, project(TAKEN[case]))
    assert found.word == "agreed", found.text()
    assert found.stop is None
    assert "nothing-to-train" not in {d.code for d in found.verdict.diagnostics}


def test_a_tied_weight_has_the_gradients_of_both_layers() -> None:
    drawing = project(
        {
            "x": node("io.input", shape=["=B", 4]),
            "one": node("nn.PReLU", "x"),
            "other": node("nn.PReLU", "x"),
            "y": node("io.output", "one"),
            "y2": node("io.output", "other"),
            "loss": node("torch.mean", "one"),
            "o": node("optim.SparseAdam", {"losses[0]": "loss"}),
        }
    )
    graph = replace(drawing.main.graph, ties=FrozenMap({"one.weight": "other.weight"}))
    found = compare_project(JUDGE, drawing.with_block("main", replace(drawing.main, graph=graph)))
    assert found.word == "agreed", found.text()
    assert {d.code for d in found.verdict.diagnostics} == {"gradient-not-sparse"}


def test_another_call_of_weights_that_follow_others_learns_nothing_either() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "lead": node("nn.Linear", "x", out_features=4),
        "n": node("nn.Linear", "x", out_features=4, weights={"follows": "lead", "decay": 0.9}),
        "again": node("nn.Linear", "x", weights={"same_as": "n"}),
        "y": node("io.output", "again"),
        "y2": node("io.output", "lead"),
        "loss": node("torch.mean", "again"),
        "o": node("optim.SGD", {"losses[0]": "loss"}, lr=0.1),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.stop is not None
    assert found.word == "agreed", found.text()


@pytest.mark.parametrize(
    ("dtype", "low", "high", "is_taken"),
    [
        ("bool", 0, 2, True),
        ("bool", 0, 4, False),
        ("bool", -1, 1, False),
        ("uint8", 0, 256, True),
        ("uint8", 0, 257, False),
        ("int8", -129, 0, False),
        ("float16", 0, 70_000, False),
        ("float64", 0, 70_000, True),
    ],
)
def test_random_numbers_fit_their_dtype(dtype: str, low: int, high: int, is_taken: bool) -> None:
    found = compare_project(JUDGE, project(drawn(dtype, low, high)))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == is_taken


def stepped(switch: str, through: str) -> dict[str, Any]:
    """Return two layers, of which the model has the first, and a loss of either."""
    return {
        "x": node("io.input", shape=["=B", 4]),
        "inside": node("nn.Linear", "x", out_features=2),
        "outside": node("nn.Linear", "x", out_features=2),
        "y": node("io.output", "inside"),
        "loss": node("torch.mean", through),
        "o": node("optim.Adam", {"losses[0]": "loss"}, **{switch: True}),
    }


@pytest.mark.parametrize("switch", ["capturable", "differentiable"])
def test_what_a_step_is_refused_for_matters_where_there_is_one(switch: str) -> None:
    refused = compare_project(JUDGE, project(stepped(switch, "inside")))
    assert refused.word == "agreed", refused.text()
    assert refused.verdict.stop == "o"
    taken = compare_project(JUDGE, project(stepped(switch, "outside")))
    assert taken.word == "agreed", taken.text()
    assert taken.stop is None


@pytest.mark.parametrize("through", ["inside", "outside"])
def test_switches_that_exclude_each_other_are_refused_without_a_gradient_too(through: str) -> None:
    drawing = stepped("differentiable", through)
    drawing["o"] = node("optim.Adamax", {"losses[0]": "loss"}, differentiable=True, foreach=True)
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert found.verdict.stop == "o"


@pytest.mark.parametrize("alpha", [0, 0.0, 0.5, -1.0])
def test_what_divides_by_a_number_of_the_drawing_needs_one(alpha: float) -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 4]),
        "n": node("nn.CELU", "x", alpha=alpha),
        "y": node("io.output", "n"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.verdict.stop == "n") == (alpha == 0)


@pytest.mark.parametrize("dim", [-2, -1, 0, 1])
@pytest.mark.parametrize("places", [1, 3])
def test_a_single_number_has_one_place_to_pick(dim: int, places: int) -> None:
    drawing = {
        "w": node("param.tensor", shape=[2], init="ones"),
        "scalar": node("torch.sum", "w"),
        "index": node("torch.zeros", size=[places], dtype={"$name": "int64"}),
        "n": node("torch.index_select", {"input": "scalar", "index": "index"}, dim=dim),
        "y": node("io.output", "n"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is None) == (places == 1 and dim in (-1, 0))


@pytest.mark.parametrize("start", [0, 1, 20])
@pytest.mark.parametrize("is_moved", [False, True])
def test_the_first_bag_begins_with_the_first_row(start: int, is_moved: bool) -> None:
    rows: dict[str, Any] = {"size": [60], "dtype": {"$name": "int64"}}
    drawing = {
        "rows": node("torch.zeros", **rows),
        "begin": node("torch.arange", start=start, end=60, step=20),
        "moved": node("op.add", {"input": "begin"}, other=1),
        "bags": node(
            "nn.EmbeddingBag",
            {"input": "rows", "offsets": "moved" if is_moved else "begin"},
            num_embeddings=5,
            embedding_dim=2,
        ),
        "y": node("io.output", "bags"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert found.word == "agreed", found.text()
    assert (found.stop is not None) == bool(start or is_moved)
