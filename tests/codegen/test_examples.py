"""The six example projects: canonical files, clean verdicts, clean code, and curves that repeat."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from app.engine.judge import Judge
from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import dumps, load
from graph_editor.document.model import Project
from tests.codegen.training_projects import EXAMPLES, Recorder, executed, imported
from tests.first_examples import FIRST_EXAMPLES

NAMES = ["diabetes", "digits_cnn", "digits_lstm", "digits_mlp", "digits_residual", "wine"]
SEEDS = (0, 1, 2)
GOALS = {
    "diabetes": ("val_r2", 0.3),
    "digits_cnn": ("val_accuracy", 0.97),
    "digits_lstm": ("val_accuracy", 0.93),
    "digits_mlp": ("val_accuracy", 0.95),
    "digits_residual": ("val_accuracy", 0.96),
    "wine": ("val_accuracy", 0.93),
}
SCRIPTS = {"model.py", "data.py", "train.py", "predict.py", "tests/test_model.py"}
FILES = {*SCRIPTS, "requirements.txt", "README.md"}
MYPY = "[mypy]\n"
"""What a folder says that says nothing of its own."""
WALK = """\
import os, sys
from mypy import api
worst = 0
for folder in sys.argv[3:]:
    os.chdir(folder)
    flags = ["--strict", "--no-warn-return-any", "--config-file", sys.argv[1], "--cache-dir"]
    out, err, code = api.run([*flags, sys.argv[2], "."])
    print(folder, out, err)
    worst = max(worst, code)
sys.exit(worst)
"""


@pytest.fixture(autouse=True)
def same_threads() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@cache
def judged(name: str) -> tuple[Project, Verdict]:
    project = load(EXAMPLES / f"{name}.netwright").project
    return project, Judge().judge(project)


@cache
def written(name: str) -> Written:
    project, verdict = judged(name)
    return generate(project, specs_of(project), verdict)


def export(name: str, folder: Path) -> Path:
    """Write an example's files into a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, source in written(name).files.items():
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(source.text, encoding="utf-8", newline="\n")
    return folder


def by_hand(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``python train.py`` where nothing of ours can be imported."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "train.py", *options],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def lines_of(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "metrics.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_these_are_the_first_examples() -> None:
    assert [path.stem for path in FIRST_EXAMPLES] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_canonical_and_clean(name: str) -> None:
    path = EXAMPLES / f"{name}.netwright"
    project, verdict = judged(name)
    assert dumps(project) == path.read_text(encoding="utf-8")
    assert verdict.diagnostics == ()
    assert project.main.name
    assert project.main.doc


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_written_whole(name: str) -> None:
    files = written(name)
    assert set(files.files) == FILES
    for file, source in files.files.items():
        assert source.text.endswith("\n")
        assert len(source.text.splitlines()) == len(source.lines), file
    model = executed(files.files["model.py"].text)
    (model_class,) = [v for v in vars(model).values() if _is_main(v, files)]
    assert set(model_class().state_dict()) == set(files.state_map)


def _is_main(value: object, files: Written) -> bool:
    imported_name = next(
        line.rpartition(" ")[2]
        for line in files.files["train.py"].text.splitlines()
        if line.startswith("from model import")
    )
    return isinstance(value, type) and value.__name__ == imported_name


@pytest.mark.slow
def test_the_code_passes_the_linters_as_it_is(tmp_path: Path) -> None:
    folders = [str(export(name, tmp_path / name)) for name in NAMES]
    (tmp_path / "mypy.ini").write_text(MYPY)
    ruff = [sys.executable, "-m", "ruff"]
    for folder in folders:  # in the folder, where ruff finds data and model to be its own
        rules = ["check", "--isolated", "--select", "E,F,I,UP,B,SIM,D100,D101"]
        for command in (rules, ["format", "--isolated", "--diff"]):
            done = subprocess.run(
                [*ruff, *command, "--line-length", "100", "--no-cache", "."],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    places = [str(tmp_path / "mypy.ini"), str(tmp_path / "cache"), *folders]
    done = subprocess.run(
        [sys.executable, "-c", WALK, *places], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_curve_by_hand_is_that_of_the_app_bit_for_bit(name: str, tmp_path: Path) -> None:
    folder = export(name, tmp_path / name)
    done = by_hand(folder, "--epochs", "2", "--seed", "3")
    assert done.returncode == 0, done.stderr
    recorder = Recorder()
    with imported(written(name)) as train:
        model = train.train(train.Settings(epochs=2, seed=3), recorder)
    assert lines_of(folder) == recorder.events
    saved = torch.load(folder / "model.pt", weights_only=True)
    for key, value in model.state_dict().items():
        assert torch.equal(saved[key], value)


def test_options_of_the_command_line_reach_the_training(tmp_path: Path) -> None:
    folder = export("wine", tmp_path)
    done = by_hand(folder, "--epochs", "1", "--batch-size", "142", "--lr", "0.25", "--threads", "1")
    assert done.returncode == 0, done.stderr
    step, epoch = lines_of(folder)
    assert (step["event"], epoch["event"], epoch["step"], epoch["lr"]) == ("step", "epoch", 1, 0.25)
    assert "epoch" not in done.stdout
    assert "100%" in done.stderr
    refused = by_hand(folder, "--epochs", "many")
    assert refused.returncode == 2


def test_a_loss_that_is_no_number_ends_the_training_with_a_reason(tmp_path: Path) -> None:
    folder = export("wine", tmp_path)
    done = by_hand(folder, "--epochs", "3", "--lr", "1e9")
    assert done.returncode == 1
    reason = done.stderr.splitlines()[-1]
    *before, last = lines_of(folder)
    assert f"train_loss is not a finite number at epoch 1, step {last['step']}." in reason
    assert last["train_loss"] is None
    assert "NaN" not in (folder / "metrics.jsonl").read_text(encoding="utf-8")
    assert all(isinstance(line["train_loss"], float) for line in before)
    assert not (folder / "model.pt").exists()


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C is another thing there")
def test_ctrl_c_ends_the_training_and_keeps_what_was_done(tmp_path: Path) -> None:
    folder = export("wine", tmp_path)
    process = subprocess.Popen(
        [sys.executable, "train.py", "--epochs", "100000"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        metrics = folder / "metrics.jsonl"
        until = time.monotonic() + 120
        while time.monotonic() < until and not (metrics.exists() and metrics.stat().st_size):
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
    lines = lines_of(folder)
    assert lines
    assert lines[-1]["event"] in ("step", "epoch")
    assert (folder / "model.pt").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_example_learns(name: str) -> None:
    metric, goal = GOALS[name]
    reached = []
    for seed in SEEDS:
        recorder = Recorder()
        with imported(written(name)) as train:
            train.train(train.Settings(seed=seed), recorder)
        reached.append(recorder.events[-1][metric])
    assert statistics.mean(reached) >= goal, reached
