"""Transforms of data, and what is computed while training alone: written, run, held to torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from app.engine.measures import TRANSFORMS
from codegen import generate
from codegen.written import CannotWrite, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import Expr, NodeId, Project
from tests.codegen.training_projects import (
    SIMPLE,
    B,
    Drawn,
    Recorder,
    executed,
    imported,
    project,
)

SCALED: dict[str, Drawn] = {
    **SIMPLE,
    "scaled": ("transform.standardize", {}, {"input": "wine.x"}),
    "x": ("io.input", {"shape": (B, 13)}, {"input": "scaled"}),
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written(drawn: Project) -> Written:
    verdict = Judge().judge(drawn)
    assert not verdict.has_errors, verdict.diagnostics
    return generate(drawn, specs_of(drawn), verdict)


def parts_of(files: Written) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    train, validation = executed(files.files["data.py"].text, "data").load_data(0)
    return list(train), list(validation)


def images(transform: Drawn, **more: Drawn) -> Project:
    """Return a classifier of digits behind a transform."""
    nodes: dict[str, Drawn] = {
        "digits": ("data.digits", {}, {}),
        "normal": transform,
        "image": ("io.input", {"shape": (B, 1, 8, 8)}, {"input": "normal"}),
        "flat": ("nn.Flatten", {}, {"input": "image"}),
        "head": ("nn.Linear", {"out_features": 10}, {"input": "flat"}),
        "logits": ("io.output", {}, {"input": "head"}),
        "loss": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "digits.label"}),
        "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
        **more,
    }
    return project(nodes)


def test_standardising_takes_the_place_of_what_nothing_else_reads() -> None:
    plain, scaled = written(project(SIMPLE)), written(project(SCALED))
    (raw, labels), (raw_val, _) = parts_of(plain)
    (mine, same), (mine_val, _) = parts_of(scaled)
    mean = raw.mean(dim=0)
    deviation = raw.std(dim=0, correction=0).clamp(min=1e-12)
    assert torch.equal(mine, (raw - mean) / deviation)
    assert torch.equal(mine_val, (raw_val - mean) / deviation)
    assert torch.equal(labels, same)
    assert torch.equal(mine, TRANSFORMS["transform.standardize"](raw, {}))
    assert plain.files["train.py"].text == scaled.files["train.py"].text


def test_raw_data_stay_beside_transformed_ones_where_both_are_read() -> None:
    drawn: dict[str, Drawn] = {
        **SCALED,
        "back": ("nn.Linear", {"in_features": 13, "out_features": 13}, {"input": "x"}),
        "again": ("io.output", {}, {"input": "back"}),
        "near": ("nn.MSELoss", {}, {"input": "again", "target": "wine.x"}),
        "adam": ("optim.AdamW", {}, {"losses[0]": "loss", "losses[1]": "near"}),
    }
    files = written(project(drawn))
    assert "standardized, features, labels = (" in files.files["train.py"].text
    (scaled, raw, _), _ = parts_of(files)
    assert torch.equal(scaled, TRANSFORMS["transform.standardize"](raw, {}))
    with imported(files) as train:
        recorder = Recorder(3)
        train.train(train.Settings(epochs=1), recorder)
    assert len(recorder.events) == 3


@pytest.mark.parametrize(
    ("mean", "std"), [(0.5, 0.25), ((0.3,), (0.2,)), (0.0, (0.2,)), (-0.5, 1.0)]
)
def test_normalising_is_what_the_engine_computes(mean: object, std: object) -> None:
    args = {"mean": mean, "std": std}
    files = written(images(("transform.normalize", args, {"input": "digits.image"})))  # type: ignore[arg-type]  # arguments
    plain = written(images(("transform.normalize", {}, {"input": "digits.image"})))
    ((mine, _), (mine_val, _)), ((raw, _), (raw_val, _)) = parts_of(files), parts_of(plain)
    assert torch.equal(mine, TRANSFORMS["transform.normalize"](raw, args))
    assert torch.equal(mine_val, TRANSFORMS["transform.normalize"](raw_val, args))


def test_transforms_follow_each_other() -> None:
    normal: Drawn = ("transform.normalize", {"std": 2.0}, {"input": "first"})
    first: Drawn = ("transform.normalize", {"mean": 0.5}, {"input": "digits.image"})
    files = written(images(normal, first=first))
    plain = written(images(("transform.normalize", {}, {"input": "digits.image"})))
    assert torch.equal(parts_of(files)[0][0], (parts_of(plain)[0][0] - 0.5) / 1.0 / 2.0)


def test_noise_is_added_while_training_alone() -> None:
    drawn = project(
        {
            **SIMPLE,
            "noise": ("torch.randn_like", {}, {"input": "wine.x"}),
            "faint": ("op.mul", {"other": 0.05}, {"input": "noise"}),
            "noised": ("op.add", {}, {"input": "wine.x", "other": "faint"}),
            "x": ("io.input", {"shape": (B, 13)}, {"input": "noised"}),
        }
    )
    graph = drawn.main.graph
    node = graph.nodes[NodeId("noised")]
    nodes = graph.nodes.set(NodeId("noised"), replace(node, when=Expr("training")))
    drawn = drawn.with_block("main", replace(drawn.main, graph=replace(graph, nodes=nodes)))
    files = written(drawn)
    text = files.files["train.py"].text
    train, evaluate = text.split("def evaluate(")
    assert "torch.randn_like(features[batch])" in train
    assert "randn" not in evaluate
    recorder = Recorder(2)
    with imported(files) as module:
        state = module.train(module.Settings(epochs=1), recorder).state_dict()
    torch.manual_seed(0)
    with imported(files):
        import data  # type: ignore[import-not-found]  # the generated file
        import model  # type: ignore[import-not-found]  # the generated file
    x, labels = data.load_data(0)[0]
    by_hand = model.Small()
    optimizer = torch.optim.AdamW(by_hand.parameters(), lr=0.001)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0))
    for batch in torch.split(order, 64)[:2]:
        noisy = x[batch] + torch.randn_like(x[batch]) * 0.05
        loss = nn.CrossEntropyLoss()(by_hand(noisy), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for key, value in by_hand.state_dict().items():
        assert torch.equal(value, state[key])


def test_a_transform_of_unknown_kind_or_with_a_condition_is_refused() -> None:
    drawn = project(SCALED)
    graph = drawn.main.graph
    node = replace(graph.nodes[NodeId("scaled")], when=Expr("training"))
    changed = replace(graph, nodes=graph.nodes.set(NodeId("scaled"), node))
    with pytest.raises(CannotWrite, match="when") as refused:
        written(drawn.with_block("main", replace(drawn.main, graph=changed)))
    assert refused.value.node == "scaled"
