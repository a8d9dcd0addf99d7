"""A weight that is read before its layer is called, as in an autoencoder of one matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.engine.judge import Judge
from graph_editor.document.model import NodeId
from tests.codegen.sameness import check
from tests.engine.differential import compare_project
from tests.engine.drawings import node, project, with_argument

JUDGE = Judge()


def tied_autoencoder(layer: dict[str, Any], which: str = "weight") -> dict[str, Any]:
    """Return nodes that multiply by a layer's weight and then call the layer."""
    return {
        "x": node("io.input", shape=["=B", 6]),
        "w": node("param.of", of={"$at": "decoder"}, parameter=which),
        "code": node("op.matmul", {"input": "x", "other": "w"}),
        "decoder": layer,
        "y": node("io.output", "decoder"),
        "target": node("torch.zeros_like", "decoder"),
        "loss": node("nn.MSELoss", {"input": "decoder", "target": "target"}),
        "step": node("optim.SGD", {"losses[0]": "loss"}),
    }


def linear(**args: Any) -> dict[str, Any]:
    return node("nn.Linear", "code", **{"in_features": 3, "out_features": 6, **args})


def test_a_layer_whose_sizes_are_said_is_there_before_it_is_called() -> None:
    found = compare_project(JUDGE, project(tied_autoencoder(linear())))
    assert (found.word, found.stop) == ("agreed", None), found.text()
    assert found.verdict.types["code.output"].shape == ("B", 3)
    assert found.verdict.types["w.output"].requires_grad


@pytest.mark.parametrize(
    ("layer", "which"),
    [
        (linear(out_features=5), "weight"),
        (linear(in_features=4), "weight"),
        (linear(bias=False), "bias"),
        (linear(out_features=-1), "weight"),
        (linear(), "weigth"),
        (linear(freeze=["."]), "weight"),
        (linear(repeat={"count": 2}), "weight"),
        (node("nn.Linear", "x", in_features=3, out_features=6), "weight"),
        (node("nn.LayerNorm", "code", normalized_shape=[6, 6]), "weight"),
        (node("nn.Embedding", "code", num_embeddings=6, embedding_dim=3), "weight"),
    ],
)
def test_judge_and_torch_stop_at_the_same_node(layer: dict[str, Any], which: str) -> None:
    found = compare_project(JUDGE, project(tied_autoencoder(layer, which)))
    assert found.word == "agreed", found.text()


def test_a_size_that_would_follow_from_the_weight_itself_is_asked_for() -> None:
    drawing = project(tied_autoencoder(node("nn.Linear", "code", out_features=6)))
    found = compare_project(JUDGE, drawing)
    assert (found.word, found.verdict.stop) == ("agreed", "w")
    (error,) = [d for d in found.verdict.diagnostics if d.severity == "error"]
    assert (error.code, error.node) == ("no-such-weight", "w")
    assert error.message.endswith("give in_features a value.")
    cured = with_argument(drawing, NodeId("decoder"), "in_features", 3)
    found = compare_project(JUDGE, cured)
    assert (found.word, found.stop) == ("agreed", None)


def test_the_weight_follows_each_edit_of_its_layer() -> None:
    judge, drawing = Judge(), project(tied_autoencoder(linear()))
    for width in (3, 4, 3, 5):
        edited = with_argument(drawing, NodeId("decoder"), "in_features", width)
        found = judge.judge(edited)
        assert found.types["code.output"].shape == ("B", width)
        assert replace(found, evaluated=0) == replace(Judge().judge(edited), evaluated=0)


def test_the_written_module_reads_it_as_well() -> None:
    nodes = tied_autoencoder(linear())
    for name in ("target", "loss", "step"):
        del nodes[name]
    drawing = project(nodes)
    text = check(drawing, JUDGE.judge(drawing)).source.text
    assert "self.linear(x @ self.linear.weight)" in text


def test_a_weight_is_read_behind_its_layer_wherever_that_can_be() -> None:
    drawing = {
        "x": node("io.input", shape=["=B", 5]),
        "n2": node("nn.Linear", "x", out_features=3),
        "n3": node("param.of", of={"$at": "n2"}),
        "n4": node("nn.ReLU", "n3"),
        "n19": node("nn.ReLU", "n3", weights={"same_as": "n4"}),  # which is looked at before n3
        "y": node("io.output", "n2"),
        "z": node("io.output", "n19"),
    }
    found = compare_project(JUDGE, project(drawing))
    assert (found.word, found.stop) == ("agreed", None), found.text()
    assert found.verdict.types["n19.output"].shape == (3, 5)
