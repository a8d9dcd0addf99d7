"""Accuracy along another axis: scores of a language model have their classes on the last one."""

from __future__ import annotations

import pytest
import torch

from app.engine.judge import Judge
from app.engine.measures import METRICS
from codegen import generate
from graph_editor.catalogue.scope import specs_of
from tests.codegen.training_projects import B, Drawn, Recorder, imported, project
from tests.gallery.gallery import project_of, verdict_of, written

DIMS = {"last": -1, "second": 1}


@pytest.mark.parametrize("axis", DIMS.values(), ids=DIMS)
def test_the_metric_is_what_torch_says(axis: int) -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(4, 5, 5, generator=generator)
    target = torch.randint(5, (4, 5), generator=generator)
    expected = (scores.max(dim=axis).indices == target).float().mean()
    assert torch.equal(METRICS["metric.accuracy"](scores, target, {"class_dim": axis}), expected)


def test_the_code_takes_the_best_along_the_same_axis() -> None:
    text = written("char_gru").files["train.py"].text
    assert "(logits.argmax(dim=-1) == " in text
    assert verdict_of("char_gru").diagnostics == ()
    assert project_of("char_gru").main.graph.nodes["accuracy"].args["class_dim"] == -1  # type: ignore[index]  # an id


def test_an_axis_that_the_scores_do_not_have_is_an_error() -> None:
    nodes: dict[str, Drawn] = {
        "wine": ("data.wine", {}, {}),
        "x": ("io.input", {"shape": (B, 13)}, {"input": "wine.x"}),
        "head": ("nn.Linear", {"in_features": 13, "out_features": 3}, {"input": "x"}),
        "logits": ("io.output", {}, {"input": "head"}),
        "loss": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "wine.label"}),
        "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
        "hits": ("metric.accuracy", {"class_dim": -1}, {"input": "logits", "target": "wine.label"}),
    }
    sound = project(nodes)
    recorder = Recorder(stop_after=1)
    verdict = Judge().judge(sound)
    assert not verdict.has_errors
    with imported(generate(sound, specs_of(sound), verdict)) as train:
        train.train(train.Settings(), recorder)
    spec, _, wires = nodes["hits"]
    far = project({**nodes, "hits": (spec, {"class_dim": 4}, wires)})
    assert [d.node for d in Judge().judge(far).diagnostics if d.severity == "error"] == ["hits"]
