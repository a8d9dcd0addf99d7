"""On a card: runs train as on the processor, can be steered, and take the memory foretold."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from app.engine.judge import Judge
from app.training.status import read_status
from graph_editor.checking.training_memory import training_memory
from graph_editor.document.files import load, save
from graph_editor.document.model import Project
from tests.training.test_steering import until

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "assets/examples").glob("*.netwright"))
FREE_ROOM = 80 * 2**20
"""What cuBLAS and cuDNN may take to work in, whatever the network."""
MEASURE = """
import json, sys, torch
sys.path.insert(0, sys.argv[1])
import train
peaks = []
def report(event):
    if event["event"] == "start":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        weights = sum(p.nbytes for p in event["model"].parameters())
        peaks.append(torch.cuda.memory_allocated() - weights)
    if event["event"] == "step" and event["step"] == 3:
        torch.cuda.synchronize()
        print(json.dumps({"data": peaks[0], "peak": torch.cuda.max_memory_allocated()}))
        return True
train.train(train.Settings(device="cuda", epochs=3), report)
"""

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]


def netwright(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "main.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)


def trained(file: Path, folder: Path, device: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Train two epochs; return how the run ended and its lines."""
    done = netwright(
        "train", file, "--device", device, "--epochs", "2", "--threads", "4",
        "--runs", folder / device, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    status: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    (metrics,) = (folder / device).glob("*/metrics.jsonl")
    return status, [json.loads(line) for line in metrics.read_text().splitlines()]


def without_chance(project: Project) -> Project:
    """Return a project without dropout: a card draws other numbers than the processor."""
    graph = project.main.graph
    for id_, node in graph.nodes.items():
        if "Dropout" in node.spec:
            still = replace(node, args=node.args.set("p", 0.0))
            graph = replace(graph, nodes=graph.nodes.set(id_, still))
    return project.with_block("main", replace(project.main, graph=graph))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_a_run_on_the_card_is_the_run_on_the_processor(file: Path, tmp_path: Path) -> None:
    even = tmp_path / file.name
    save(even, without_chance(load(file).project))
    (there, on_card), (here, plain) = (trained(even, tmp_path, d) for d in ("cuda", "cpu"))
    assert there["state"] == here["state"] == "finished"
    assert len(on_card) == len(plain)
    first = [(a["train_loss"], b["train_loss"]) for a, b in zip(on_card, plain, strict=True)][:5]
    for card, processor in first:
        assert card == pytest.approx(processor, rel=2e-2)


def test_a_run_on_the_card_can_be_paused_and_stopped(tmp_path: Path) -> None:
    file = next(f for f in EXAMPLES if f.stem == "digits_cnn")
    started = netwright(
        "train", file, "--device", "cuda", "--epochs", "500", "--runs", tmp_path, "--detach"
    )
    assert started.returncode == 0, started.stderr
    until(lambda: any(tmp_path.glob("*/metrics.jsonl")))
    (run,) = (p.parent for p in tmp_path.glob("*/metrics.jsonl"))
    for word, state in (("pause", "paused"), ("resume", "running"), ("stop", "stopped")):
        assert netwright("runs", f"--{word}", run).returncode == 0
        until(lambda state=state: read_status(run).state == state)  # type: ignore[misc]  # bound now
    assert (run / "model.pt").exists()


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda f: f.stem)
def test_a_step_takes_the_memory_that_was_foretold(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project: Project = load(file).project
    large = replace(project, run=project.run.set("batch_size", 256))
    save(tmp_path / "large.netwright", large)
    told = training_memory(large, Judge().judge(large))
    done = netwright("generate", tmp_path / "large.netwright", "-o", tmp_path / "code")
    assert done.returncode == 0, done.stderr
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, tmp_path / "code"], capture_output=True, text=True
    )
    assert measured.returncode == 0, measured.stderr
    found = json.loads(measured.stdout.strip().splitlines()[-1])
    peak = found["peak"] - found["data"]
    with capsys.disabled():
        print(f"\n{file.stem}: {told.low:,} to {told.high:,} foretold, {peak:,} at the peak")
    assert 0.9 * told.low <= peak <= told.high + FREE_ROOM
