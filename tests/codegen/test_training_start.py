"""Weights that a training starts from: loaded from a file beside it, with a report of the names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from app.engine.interpret import Interpreter
from app.engine.judge import Judge
from app.training.folder import create
from codegen import generate
from codegen.train_start import file_of, start_files
from codegen.written import CannotWrite
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.files import dumps, loads
from graph_editor.document.model import Project
from tests.codegen.training_projects import Recorder, imported

PROJECTS = Path(__file__).resolve().parents[1] / "projects"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Give the number of threads back, which a training sets."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def transfer(**starts: str) -> Project:
    """Return a classifier of digits whose layers start from files, the first of them frozen."""
    nodes: dict[str, Any] = {
        "digits": {"spec": "data.digits"},
        "image": {
            "spec": "io.input",
            "args": {"shape": ["=B", 1, 8, 8]},
            "in": {"input": "digits.image"},
        },
        "flat": {"spec": "nn.Flatten", "in": {"input": "image.output"}},
        "body": {
            "spec": "nn.Linear",
            "name": "body",
            "args": {"out_features": 8},
            "in": {"input": "flat.output"},
            "freeze": ["."],
        },
        "head": {
            "spec": "nn.Linear",
            "name": "head",
            "args": {"out_features": 10},
            "in": {"input": "body.output"},
        },
        "logits": {"spec": "io.output", "in": {"input": "head.output"}},
        "loss": {
            "spec": "nn.CrossEntropyLoss",
            "in": {"input": "logits.output", "target": "digits.label"},
        },
        "adam": {"spec": "optim.AdamW", "in": {"losses[0]": "loss.output"}},
    }
    for node, start in starts.items():
        nodes[node]["weights"] = {"start": start}
    main = {"name": "Small", "inputs": ["image"], "outputs": ["logits"], "nodes": nodes}
    head = {"format": "netwright", "format_version": 1, "min_reader": 1}
    return loads(json.dumps({**head, "main": main, "run": {"seed": 0}})).project


def trained(project: Project, folder: Path) -> dict[str, torch.Tensor]:
    """Return the weights after two steps of the script, which lies in a folder."""
    verdict = Judge().judge(project)
    files = generate(project, specs_of(project), verdict)
    with imported(files) as train:
        train.__file__ = str(folder / "train.py")
        train.__dict__["__file__"] = train.__file__
        model = train.train(train.Settings(epochs=1), Recorder(2))
    state: dict[str, torch.Tensor] = model.state_dict()
    return state


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_a_frozen_body_starts_from_a_file_and_stays(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(5)
    body = nn.Linear(64, 8)
    weights = {**body.state_dict(), "fc.weight": torch.ones(3)}
    file = tmp_path / f"weights/body{ending}"
    file.parent.mkdir()
    if ending == ".pt":
        torch.save(weights, file)
    else:
        from safetensors.torch import save_file

        save_file(weights, file)
    project = transfer(body=f"weights/body{ending}")
    state = trained(project, tmp_path)
    assert torch.equal(state["body.weight"], body.weight)
    assert torch.equal(state["body.bias"], body.bias)
    said = capsys.readouterr().out
    assert f"weights/body{ending}: 2 tensors loaded; missing: none; unexpected: fc.weight" in said
    needs = generate(project, specs_of(project), Judge().judge(project)).files["requirements.txt"]
    assert ("safetensors" in needs.text) == (ending == ".safetensors")


def test_what_a_file_lacks_is_said_and_none_at_all_ends_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"weight": torch.zeros(8, 64)}, tmp_path / "part.pt")
    state = trained(transfer(body="part.pt"), tmp_path)
    assert not state["body.weight"].any()
    assert "1 tensors loaded; missing: bias; unexpected: none" in capsys.readouterr().out
    torch.save({"other": torch.zeros(1)}, tmp_path / "part.pt")
    with pytest.raises(SystemExit, match=r"part\.pt has none of the weights"):
        trained(transfer(body="part.pt"), tmp_path)


def test_a_file_that_is_missing_or_does_not_fit_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        trained(transfer(body="weights/body.pt"), tmp_path)
    place = tmp_path / "weights/body.pt"
    assert refused.value.code == f"{place} is missing: the training starts from the weights in it."
    torch.save(nn.Linear(5, 8).state_dict(), tmp_path / "part.pt")
    with pytest.raises(SystemExit, match=r"does not hold weights that fit: .*size mismatch") as odd:
        trained(transfer(body="part.pt"), tmp_path)
    assert "\n" not in str(odd.value.code)


def test_both_kinds_of_files_are_read_by_one_function() -> None:
    project = transfer(body="a.safetensors", head="b.pth")
    text = generate(project, specs_of(project), Judge().judge(project)).files["train.py"].text
    assert text.count("def load_weights") == 1
    assert 'load_weights(model.body, "a.safetensors")' in text
    assert 'load_weights(model.head, "b.pth")' in text
    assert start_files(project) == ["a.safetensors", "b.pth"]


def test_a_file_that_holds_code_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "made"),)

    torch.save({"weight": Evil()}, tmp_path / "evil.pt")
    with pytest.raises(SystemExit, match=r"evil\.pt does not hold weights that fit: Unpickl"):
        trained(transfer(body="evil.pt"), tmp_path)
    assert not (tmp_path / "made").exists()


def test_a_run_takes_the_files_with_it(tmp_path: Path) -> None:
    project = transfer(body="weights/body.pt")
    (tmp_path / "weights").mkdir()
    torch.save(nn.Linear(64, 8).state_dict(), tmp_path / "weights/body.pt")
    written = generate(project, specs_of(project), Judge().judge(project))
    folder = create(written, dumps(project), {}, project_file=tmp_path / "small.netwright")
    assert (folder / "weights/body.pt").read_bytes() == (tmp_path / "weights/body.pt").read_bytes()
    (tmp_path / "weights/body.pt").unlink()
    with pytest.raises(FileNotFoundError, match=r"body\.pt"):
        create(written, dumps(project), {}, project_file=tmp_path / "small.netwright")


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("torchvision:ResNet18_Weights.DEFAULT", "weights of torchvision"),
        ("https://example.org/a.pt", "weights of https"),
        ("/etc/a.pt", "beside the project"),
        ("../a.pt", "beside the project"),
        ("run:../../a.pt", "beside the project"),
        ("weights\\a.pt", "beside the project"),
        ("a.bin", "no file of weights"),
        ("run:2024/model.py", "no file of weights"),
    ],
)
def test_other_places_are_refused_by_name(start: str, words: str) -> None:
    with pytest.raises(CannotWrite, match=words) as refused:
        file_of("body", start)
    assert refused.value.way_out


def test_a_file_of_an_earlier_run_lies_beside_this_run() -> None:
    assert file_of("body", "run:teacher/model.pt") == "../teacher/model.pt"
    assert start_files(transfer(body="run:teacher/model.pt")) == []


def test_the_judge_and_the_interpreter_open_no_file() -> None:
    project = transfer(body="not_there.pt")
    verdict = Judge().judge(project)
    assert not verdict.has_errors
    fresh = Interpreter(project, verdict).module.state_dict()
    plain = Interpreter(transfer(), verdict).module.state_dict()
    assert all(torch.equal(fresh[key], plain[key]) for key in plain)
