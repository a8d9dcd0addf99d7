"""Several data sources: the first sets the epoch, the others are gone round and round."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.judge import Judge
from codegen import generate
from codegen.reading.scripts import merge_script
from codegen.written import Written
from graph_editor.catalogue.batch import samples_to_train
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.model import (
    Address,
    At,
    Expr,
    FrozenMap,
    Hole,
    InPort,
    NodeId,
    OutPort,
    PortPath,
    Project,
)
from tests.codegen.training_projects import SIMPLE, Drawn, Recorder, executed, imported, project

functional: Any = nn.functional
B = Expr("B")
WINE_AND_IRIS: dict[str, Drawn] = {
    **SIMPLE,
    "iris": ("data.iris", {}, {}),
    "scaled": ("transform.standardize", {}, {"input": "iris.x"}),
    "near": (
        "nn.Linear",
        {"in_features": 4, "out_features": 3, "bias": False},
        {"input": "scaled"},
    ),
    "far": ("nn.MSELoss", {}, {"input": "near", "target": "logits"}),
    "adam": (
        "optim.AdamW",
        {"lr": 0.01, "trains": (At(Address(".")), At(Address("near")))},
        {"losses[0]": "loss", "losses[1]": "far"},
    ),
}
"""Wines that are classified; to each sample comes one of the irises, of which there are fewer."""
TWINS: dict[str, Drawn] = {
    "left": ("data.digits", {}, {}),
    "right": ("data.digits", {"split": FrozenMap({"train": 0.4, "val": 0.6})}, {}),
    "a": ("io.input", {"shape": (B, 1, 8, 8)}, {"input": "left.image"}),
    "b": ("io.input", {"shape": (B, 1, 8, 8)}, {"input": "right.image"}),
    "both": ("torch.cat", {"tensors": ("=?", "=?"), "dim": 1}, {}),
    "flat": ("nn.Flatten", {}, {"input": "both"}),
    "head": ("nn.Linear", {"in_features": 128, "out_features": 10}, {"input": "flat"}),
    "logits": ("io.output", {}, {"input": "head"}),
    "loss": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "left.label"}),
    "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Work in a folder of its own, and give the number of threads back."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def written(drawn: Project) -> Written:
    verdict = Judge().judge(drawn)
    assert not verdict.has_errors, verdict.diagnostics
    return generate(drawn, specs_of(drawn), verdict)


def run(files: Written, stop_after: int = 0, **settings: Any) -> tuple[Recorder, dict[str, Any]]:
    recorder = Recorder(stop_after)
    with imported(files) as train:
        model = train.train(train.Settings(**settings), recorder)
    return recorder, model.state_dict()


def turns(samples: int, seed: int) -> Iterator[int]:
    """Yield places of samples, in another order each time round."""
    shuffle = torch.Generator().manual_seed(seed)
    while True:
        yield from torch.randperm(samples, generator=shuffle).tolist()


def test_the_second_source_goes_round_as_in_a_loop_by_hand() -> None:
    files = written(project(WINE_AND_IRIS))
    whole, state = run(files, epochs=3, batch_size=40)
    data = executed(files.files["data.py"].text)
    (wines, growers), held_out = data.load_data(0)
    (irises, _), (others, _) = data.load_iris_data(0)
    assert samples_to_train(project(WINE_AND_IRIS)) == len(wines) > len(irises)
    torch.manual_seed(0)
    model, near = nn.Linear(13, 3), nn.Linear(4, 3, bias=False)
    optimizer = torch.optim.AdamW([*model.parameters(), *near.parameters()], lr=0.01)
    shuffle, places, seen = torch.Generator().manual_seed(0), turns(len(irises), 1), []
    for _ in range(3):
        for batch in torch.split(torch.randperm(len(wines), generator=shuffle), 40):
            other = [next(places) for _ in batch]
            scores = model(wines[batch])
            loss = functional.cross_entropy(scores, growers[batch])
            loss = loss + functional.mse_loss(near(irises[other]), scores)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        scores = model(held_out[0])
        again = others[[place % len(others) for place in range(len(scores))]]
        far = functional.mse_loss(near(again), scores)
        seen.append((functional.cross_entropy(scores, held_out[1]) + far).item())
    assert all(torch.equal(a, b) for a, b in zip(state.values(), model.parameters(), strict=True))
    assert [e["val_loss"] for e in whole.events if e["event"] == "epoch"] == seen


@pytest.mark.parametrize("stop", [1, 4, 5, 9])
def test_a_training_with_two_sources_goes_on_bit_for_bit(stop: int) -> None:
    files = written(project(WINE_AND_IRIS, checkpoint=100))
    settings = {"epochs": 3, "batch_size": 40}
    whole = run(files, **settings)
    first, rest = run(files, stop, **settings), run(files, resume=True, **settings)
    assert first[0].events + rest[0].events == whole[0].events
    assert all(torch.equal(whole[1][key], rest[1][key]) for key in whole[1])


def test_each_source_is_read_as_if_it_were_alone() -> None:
    text = written(project(WINE_AND_IRIS)).files["data.py"].text
    both = executed(text)
    iris = {k: v for k, v in WINE_AND_IRIS.items() if k in ("iris", "x", "head", "logits", "adam")}
    iris |= {
        "scaled": WINE_AND_IRIS["scaled"],
        "x": ("io.input", {"shape": (B, 4)}, {"input": "scaled"}),
        "head": ("nn.Linear", {"in_features": 4, "out_features": 3}, {"input": "x"}),
        "loss": ("nn.CrossEntropyLoss", {}, {"input": "logits", "target": "iris.label"}),
        "adam": ("optim.AdamW", {}, {"losses[0]": "loss"}),
    }
    apart = executed(written(project(iris)).files["data.py"].text)
    for mine, theirs in zip(both.load_iris_data(3), apart.load_data(3), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(mine, theirs, strict=True))
    assert text.count("from sklearn.datasets import load_iris, load_wine  # type") == 1


def twins() -> Project:
    drawn = project(TWINS)
    graph = drawn.main.graph
    both = graph.nodes[NodeId("both")]
    both = replace(both, args=FrozenMap({"tensors": (Hole(), Hole()), "dim": 1}))
    wires = dict(graph.wires)
    for place, node in enumerate("ab"):
        port = InPort(NodeId("both"), PortPath(f"tensors[{place}]"))
        wires[port] = OutPort(NodeId(node), "output")
    nodes = graph.nodes.set(NodeId("both"), both)
    graph = replace(graph, nodes=nodes, wires=FrozenMap(wires))
    return drawn.with_block("main", replace(drawn.main, graph=graph))


def test_two_sources_may_feed_one_model(tmp_path: Path) -> None:
    files = written(twins())
    text = files.files["train.py"].text
    assert "logits = model(images[batch], digits_images[digits_batch])" in text
    recorder, _ = run(files, 2, epochs=1)
    assert len(recorder.events) == 2
    for name, source in files.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source.text)
    ruff = ["--isolated", "--line-length", "100", "."]
    checked = ["check", "--select", "E,F,I,UP,B,SIM,D100,D101", *ruff]
    for command in (checked, ["format", "--check", *ruff]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_values_of_either_source_are_read_back() -> None:
    drawn = twins()
    verdict = Judge().judge(drawn)
    text = generate(drawn, specs_of(drawn), verdict).files["data.py"].text
    edited = text.replace("test_size=0.6", "test_size=0.3")
    assert edited != text
    merged = merge_script(drawn, specs_of(drawn), verdict, "data.py", edited)
    assert not merged.problems
    split = merged.project.main.graph.nodes[NodeId("right")].args["split"]
    assert split == FrozenMap({"train": 0.7, "val": 0.3})
