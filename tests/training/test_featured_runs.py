"""Runs whose drawing asks for features: the worker's numbers are the script's, and go on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from app.training import folder as run_folder
from app.training import reporter, worker
from app.training.control import Control, request
from app.training.follow import read_records
from app.training.status import read_status
from codegen import generate
from codegen.written import Written
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import dumps
from graph_editor.document.model import Arg, FrozenMap, Project
from tests.codegen.training_projects import SIMPLE, Recorder, imported, project

EVERYTHING: Mapping[str, Arg] = {
    "precision": "bf16",
    "early_stop": FrozenMap({"metric": "val_loss", "patience": 2}),
    "keep_best": True,
    "ema_decay": 0.9,
    "checkpoint": 2,
    "ddp": True,
    "epochs": 3,
}


def drawn(**run: Arg) -> Project:
    return project(SIMPLE, **{"batch_size": 50, **run})


def files_of(given: Project) -> Written:
    return generate(given, specs_of(given), Verdict())


def made(given: Project, place: Path, **settings: Any) -> Path:
    """Write a run folder of a drawing."""
    return run_folder.create(
        files_of(given),
        dumps(given),
        {"threads": 1, **settings},
        project_file=place / "wine.netwright",
    )


def numbers(folder: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in r.items() if k != "time"} for r in read_records(folder)]


def by_hand(given: Project, place: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    recorder = Recorder()
    monkeypatch.chdir(place)
    with imported(files_of(given)) as train:
        train.train(train.Settings(), recorder)
    return recorder.events


def test_a_run_with_every_feature_gives_the_bits_of_its_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = drawn(**EVERYTHING)
    folder = made(given, tmp_path)
    assert worker.run(folder, detached=False) == 0
    assert read_status(folder).state == "finished"
    assert numbers(folder) == by_hand(given, tmp_path, monkeypatch)
    ours, theirs = (torch.load(place / "best.pt") for place in (folder, tmp_path))
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)
    weights = torch.load(folder / "model.pt")
    averaged = torch.load(folder / "checkpoint.pt", weights_only=True)["parts"]["ema"]
    assert all(torch.equal(weights[key], averaged[key]) for key in averaged)


def test_a_stopped_run_goes_on_in_a_copy_of_its_folder(tmp_path: Path) -> None:
    given = drawn(checkpoint=100, epochs=3)
    whole = made(given, tmp_path)
    assert worker.run(whole, detached=False) == 0
    first = made(given, tmp_path)
    request(first, "stop")
    assert worker.run(first, detached=False) == 0
    assert not (first / "checkpoint.pt").exists()  # it had not begun
    longer = made(given, tmp_path, resume=True, epochs=4)
    shutil.copy(whole / "checkpoint.pt", longer)
    assert worker.run(longer, detached=False) == 0
    told = numbers(longer)
    assert [event["event"] for event in told] == ["step"] * 3 + ["epoch"]
    fresh = made(given, tmp_path, epochs=4)
    assert worker.run(fresh, detached=False) == 0
    assert numbers(fresh) == [*numbers(whole), *told]


def test_a_checkpoint_that_is_asked_for_is_one_to_go_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polls: list[int] = []

    def wished(_: Path) -> Control:
        polls.append(1)
        if len(polls) == 5:
            raise KeyboardInterrupt
        return Control(checkpoint=int(len(polls) >= 3))

    monkeypatch.setattr(worker, "read_control", wished)
    monkeypatch.setattr(reporter, "INTERVAL", 0)  # a look at the wishes after every event
    folder = made(drawn(checkpoint=10**6, epochs=2), tmp_path)
    assert worker.run(folder, detached=False) == 0
    kept = torch.load(folder / "checkpoint.pt", weights_only=True)
    assert kept["places"][0]["step"] == 2  # the third look, after the one at the start


def test_fp16_on_a_processor_fails_with_its_reason(tmp_path: Path) -> None:
    folder = made(drawn(precision="fp16"), tmp_path)
    assert worker.run(folder, detached=False) == 1
    assert "fp16 needs a CUDA device" in read_status(folder).reason


@pytest.mark.parametrize(
    ("chosen", "words"), [(True, ["--resume"]), (False, []), (3, ["--resume", "3"])]
)
def test_a_switch_is_repeated_as_one(chosen: bool | int, words: list[str]) -> None:
    assert run_folder.repeat_command({"resume": chosen}).split()[2:] == words
