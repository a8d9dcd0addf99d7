"""No drawing that the judge accepts mixes devices once it is written and moved to a card.

A drawing names no device. What could still lie elsewhere is what the code makes on the way: new
tensors, in the model and in its blocks. Each way of making one is written, moved as ``train.py``
moves it, and run: on ``meta``, which is another device than the processor as well, and on a card
where there is one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from app.engine.judge import Judge
from codegen.model import ModelText, write_model
from graph_editor.catalogue.load import catalogue
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Hole, Project
from tests.catalogue.operation_examples import OPERATIONS
from tests.codegen.sameness import built
from tests.engine.drawings import node, project

JUDGE = Judge()
MAKERS = sorted(
    s.name
    for s in catalogue()
    if s.name == "const.tensor" or any(argument.name == "like" for argument in s.arguments)
)
"""What makes a tensor of nothing."""
Nodes = dict[str, Any]


def maker(spec: str, wires: dict[str, str] | None = None) -> Nodes:
    """Return a node that makes a tensor; what an example has at a wire is an argument here."""
    example = OPERATIONS[spec]
    args = dict(example.args)
    if "size" in args:
        args["size"] = [2 if isinstance(size, Hole) else size for size in args["size"]]
    return node(spec, wires or {}, **args)


def joined(made: str) -> Nodes:
    """Return nodes that add what was made to numbers of the model's own, one for each place."""
    return {
        "x": node("io.input", shape=["=B", 8]),
        "flat": node("Tensor.flatten", made),
        "wide": node("nn.Linear", "x", out_features=f"={COUNT}"),
        "sum": node("op.add", {"input": "wide", "other": "flat"}),
        "y": node("io.output", "sum"),
    }


COUNT = "count"


def sized(nodes: Nodes, count: int) -> Nodes:
    """Return nodes in which the number of places stands as it is."""
    wide = {**nodes["wide"], "args": {"out_features": count}}
    return {**nodes, "wide": wide}


def in_the_model(spec: str) -> tuple[Nodes, Nodes]:
    return {**joined("made"), "made": maker(spec)}, {}


def beside_another(spec: str) -> tuple[Nodes, Nodes]:
    like = {} if spec == "const.tensor" else {"like": "x"}
    return {**joined("made"), "made": maker(spec, like)}, {}


def in_a_block_of_its_own(spec: str) -> tuple[Nodes, Nodes]:
    block = {"nodes": {"made": maker(spec), "out": node("io.output", "made")}}
    return {**joined("own.out"), "own": node("block.own")}, {"own": block}


def in_a_block_with_a_layer(spec: str) -> tuple[Nodes, Nodes]:
    inside = {
        "made": maker(spec),
        "row": node("Tensor.flatten", "made"),
        "scale": node("param.tensor", shape=[1], init="ones"),
        "out": node("op.mul", {"input": "row", "other": "scale"}),
        "result": node("io.output", "out"),
    }
    return {**joined("own.result"), "own": node("block.own")}, {"own": {"nodes": inside}}


def in_a_block_that_takes_a_size(spec: str) -> tuple[Nodes, Nodes]:
    inside = {
        "many": node("io.input", kind="size", shape=[]),
        "made": maker(spec),
        "more": node("op.mul", {"input": "made", "other": "many"}),
        "out": node("io.output", "more"),
    }
    size = node("Tensor.size", "x", dim=1)
    nodes = {**joined("own.out"), "own": node("block.own", {"many": "size"}), "size": size}
    return nodes, {"own": {"nodes": inside}}


WAYS: list[Callable[[str], tuple[Nodes, Nodes]]] = [
    in_the_model,
    beside_another,
    in_a_block_of_its_own,
    in_a_block_with_a_layer,
    in_a_block_that_takes_a_size,
]


def drawn(way: Callable[[str], tuple[Nodes, Nodes]], spec: str) -> Project:
    """Return a drawing with a layer as wide as what is made."""
    nodes, blocks = way(spec)
    alone, _ = in_the_model(spec)
    made = JUDGE.judge(project({"made": alone["made"], "flat": alone["flat"]}))
    (count,) = made.types["flat.output"].shape
    assert isinstance(count, int)
    return project(sized(nodes, count), blocks)


def text_of(drawing: Project) -> ModelText:
    """Return the model that is written of a drawing in which the judge finds no fault."""
    verdict = JUDGE.judge(drawing)
    assert not verdict.has_errors, verdict.diagnostics
    return write_model(drawing, specs_of(drawing), verdict)


def runs_on(device: str, text: ModelText) -> None:
    """Move a model as ``train.py`` does, and run it there."""
    model = built(text).to(device)
    result = model(torch.ones(4, 8, device=device))
    assert result.device.type == device, text.source.text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spec", MAKERS)
def test_what_is_made_lies_where_the_model_does(
    way: Callable[[str], tuple[Nodes, Nodes]], spec: str
) -> None:
    runs_on("meta", text_of(drawn(way, spec)))  # which takes no tensor of the processor's either


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("spec", MAKERS)
def test_what_is_made_lies_on_the_card(
    way: Callable[[str], tuple[Nodes, Nodes]], spec: str
) -> None:
    runs_on("cuda", text_of(drawn(way, spec)))
