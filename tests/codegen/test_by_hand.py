"""train.py as a command: what it is given by hand and cannot use is told in one line."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.model import Arg
from tests.codegen.training_projects import SIMPLE, imported, project


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work in a folder of its own, and give back what a command sets for its process."""
    threads, handler = torch.get_num_threads(), signal.getsignal(signal.SIGINT)
    monkeypatch.chdir(tmp_path)
    yield
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, handler)


def written(**settings: Arg) -> Written:
    drawn = project(SIMPLE, **settings)
    return generate(drawn, specs_of(drawn), Verdict())


def refusal(files: Written, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    """Return what the command says as it ends; nothing has been written then."""
    monkeypatch.setattr(sys, "argv", ["train.py", *words])
    with imported(files) as train, pytest.raises(SystemExit) as refused:
        train.main()
    assert list(Path().iterdir()) == []
    told = str(refused.value.code)
    assert "\n" not in told
    return told


@pytest.mark.parametrize("device", ["gpu", "", "cuda:99", "meta", "cpu:first"])
def test_a_device_that_cannot_be_used(device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(written(), monkeypatch, "--device", device)
    assert told.startswith(f"--device {device} cannot be used here: ")


def test_the_device_is_looked_at_before_an_earlier_training_is_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("metrics.jsonl").write_text("{}\n")
    monkeypatch.setattr(sys, "argv", ["train.py", "--device", "gpu"])
    with imported(written()) as train, pytest.raises(SystemExit):
        train.main()
    assert Path("metrics.jsonl").read_text() == "{}\n"


@pytest.mark.parametrize("processes", [{}, {"ddp": True}])
def test_no_checkpoint_to_go_on_from(
    processes: dict[str, Arg], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = written(checkpoint=10, **processes)
    told = "There is no checkpoint.pt to go on from: begin without --resume."
    assert refusal(files, monkeypatch, "--resume") == told
    monkeypatch.setenv("RANK", "1")  # a process that shows nothing says so, too
    assert refusal(files, monkeypatch, "--resume") == told


def commands(**settings: Arg) -> list[str]:
    """Return the commands that the docstring of train.py says."""
    docstring = written(**settings).files["train.py"].text.split('"""')[1]
    return docstring.strip().splitlines()[2:]


def test_the_docstring_says_the_commands_that_are_there() -> None:
    plain = ["python train.py", "python train.py --device cuda --epochs 40"]
    assert commands() == commands(precision="bf16", compile=True) == plain
    assert commands(checkpoint=9) == [*plain, "python train.py --resume"]
    shared = "torchrun --standalone --nproc_per_node=2 train.py"
    assert commands(ddp=True) == [*plain, shared]
    assert commands(precision="fp16", checkpoint=9, ddp=True) == [
        "python train.py --device cuda",
        "python train.py --device cuda --epochs 40",
        "python train.py --device cuda --resume",
        f"{shared} --device cuda",
    ]
