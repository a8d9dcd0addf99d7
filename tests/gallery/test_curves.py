"""A run in the app gives the bits that ``python train.py`` gives in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from app.session.exporting import export_python
from app.training import folder as run_folder
from app.training import worker
from app.training.follow import read_records
from app.training.start_weights import start_weights
from app.training.status import read_status
from codegen import generate
from codegen.written import SourceText, Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import dumps
from graph_editor.document.model import Address, Arg, At, FrozenMap, Project
from tests.codegen.training_projects import EXAMPLES
from tests.gallery.gallery import NAMES, project_of, verdict_of

Said = Mapping[str, Arg]
EIGHT: Mapping[str, tuple[Said, Said]] = {
    "diabetes": ({"precision": "bf16"}, {}),  # clips, has a schedule
    "digits_lstm": ({}, {"accumulate": 2}),
    "digits_mlp": ({"ema_decay": 0.9}, {"lr_factors": ((At(Address("head")), 0.1),)}),
    "distillation": ({}, {}),  # has a teacher that rests, and start weights
    "gan": ({"checkpoint": 2}, {}),  # has two optimizers in phases
    "mini_gpt": ({"early_stop": 1}, {}),  # has tied weights in blocks
    "transfer_learning": ({"ddp": True}, {}),  # loads a body, and trains a head alone
    "wine": ({"keep_best": True}, {}),  # measures accuracy
}
"""Settings of the run and of the optimizers that switch on what no template has by itself."""
FEATURES = (
    "autocast(", "clip_grad_norm_(", "accumulate", "patience", "best.pt", "def save_checkpoint",
    "follow(ema", "lr_scheduler.", "\"params\":", "requires_grad_(False)", "load_weights(",
    "dist.init_process_group", "accuracy", "evaluate(", ".backward(inputs=",
)  # fmt: skip
"""What the training scripts of all features have. Compiling takes its time in the slow tier."""
CUT = """

_whole = load_data


def load_data(seed=0):
    return tuple(tuple(tensor[:{samples}] for tensor in part) for part in _whole(seed))
"""
"""Makes an epoch two steps long: data that are cut are as good as others here."""


def drawn(name: str, run: Said, optimizer: Said) -> Project:
    """Return a template with more said of its run and of its optimizers."""
    project = project_of(name)
    nodes = dict(project.main.graph.nodes)
    for node_id, node in nodes.items():
        if node.kind == "optim":
            nodes[node_id] = replace(node, args=node.args.merged(FrozenMap(optimizer)))
    graph = replace(project.main.graph, nodes=FrozenMap(nodes))
    settings = project.run.merged(FrozenMap({**run, "epochs": 2}))
    return replace(project, main=replace(project.main, graph=graph), run=settings)


def cut(name: str, project: Project) -> Written:
    """Return the files of a template, with data for two steps."""
    written = generate(project, specs_of(project), verdict_of(name))
    batch = project.run["batch_size"]
    assert isinstance(batch, int)
    source = SourceText(written.files["data.py"].text + CUT.format(samples=batch + 3))
    return replace(written, files=written.files.set("data.py", source))


def by_hand(folder: Path) -> list[dict[str, Any]]:
    """Run the exported script where nothing of ours can be imported; return its numbers."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "train.py", "--threads", "1"]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def hold(name: str, run: Said, optimizer: Said, place: Path) -> str:
    """Hold a run to its script, and return that script."""
    project = drawn(name, run, optimizer)
    written = cut(name, project)
    file = place / "drawing.netwright"
    folder = run_folder.create(written, dumps(project), {"threads": 1}, project_file=file)
    assert worker.run(folder, detached=False) == 0
    assert read_status(folder).state == "finished"
    weights = start_weights(project, EXAMPLES)
    exported = export_python(written, place / "exported", weights=weights).folder
    told = by_hand(exported)
    assert [{k: v for k, v in r.items() if k != "time"} for r in read_records(folder)] == told
    assert [event["event"] for event in told].count("step") == 4
    ours, theirs = (torch.load(at / "model.pt", weights_only=True) for at in (folder, exported))
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)
    return written.files["train.py"].text


@pytest.fixture(autouse=True)
def same_threads() -> Any:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", EIGHT)
def test_the_curve_of_the_button_is_that_of_the_script(name: str, tmp_path: Path) -> None:
    hold(name, *EIGHT[name], tmp_path)


def test_these_eight_have_every_feature() -> None:
    written = [cut(name, drawn(name, *said)).files["train.py"].text for name, said in EIGHT.items()]
    missing = [feature for feature in FEATURES if not any(feature in text for text in written)]
    assert missing == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in EIGHT])
def test_the_curve_of_every_other_template(name: str, tmp_path: Path) -> None:
    hold(name, {}, {}, tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method`")  # the compiler's own
def test_a_compiled_run_is_its_script(tmp_path: Path) -> None:
    assert ".compile()" in hold("linear_regression", {"compile": True}, {}, tmp_path)
