"""The list of runs: newest first, and spoilt folders are told, not fatal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.training import folder as run_folder
from app.training import history
from app.training.history import last_epoch, read_run, runs_in, summary
from app.training.status import RunStatus, write_status
from tests.training.conftest import PROJECT, written


def made(runs: Path, name: str, created: float, state: str = "finished", **more: Any) -> Path:
    folder = run_folder.create(
        written(), PROJECT, {"seed": 1}, project_file=runs / f"{name}.netwright", runs=runs
    )
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps(config | {"created": created}))
    write_status(folder, RunStatus(state, **more))
    return folder


def put(folder: Path, *records: dict[str, Any], tail: str = "") -> None:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "metrics.jsonl").write_text(lines + tail)


def epoch(number: int, **more: Any) -> dict[str, Any]:
    return {"event": "epoch", "step": number * 5, "epoch": number, "time": 1.0, **more}


STEP = {"event": "step", "step": 1, "epoch": 1, "time": 1.0, "train_loss": 0.5}


def test_newest_first_with_their_last_numbers(tmp_path: Path) -> None:
    old = made(tmp_path, "old", 100.0)
    new = made(tmp_path, "new", 200.0, "failed", reason="no", node="conv", epoch=2)
    put(new, STEP, epoch(1, val_loss=0.5), epoch(2, val_loss=0.25, val_accuracy=0.9), STEP)
    runs = runs_in(tmp_path)
    assert [(run.folder, run.name) for run in runs] == [(new, "new"), (old, "old")]
    assert runs[0].last["val_accuracy"] == 0.9
    assert (runs[0].status.node, runs[0].problem, runs[1].last) == ("conv", "", {})
    assert runs[0].settings["seed"] == 1


def test_the_summary_tells_the_reason(tmp_path: Path) -> None:
    folder = made(tmp_path, "n", 1.0, "failed", reason="too hot", node="conv", epoch=1)
    put(folder, epoch(1, lr=0.1, train_loss=2.0, val_loss=1.5, val_accuracy=0.5))
    assert summary(folder) == {
        "run": str(folder),
        "state": "failed",
        "epochs": 1,
        "train_loss": 2.0,
        "val_loss": 1.5,
        "val_accuracy": 0.5,
        "reason": "too hot",
        "node": "conv",
    }


def test_an_epoch_with_a_loss_that_is_no_number_is_not_the_last_result(tmp_path: Path) -> None:
    folder = made(tmp_path, "n", 1.0, "failed", epoch=1)
    put(folder, epoch(1, val_loss=1.5, val_r2=None), epoch(2, val_loss=None))
    assert (summary(folder)["epochs"], summary(folder)["val_loss"]) == (1, 1.5)
    put(folder, epoch(1, val_loss=None))
    assert "val_loss" not in summary(folder)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("config.json", None, "no config.json"),
        ("config.json", b"{", "not JSON"),
        ("config.json", b"\xff\xfe", "not JSON"),
        ("status.json", b"[]", "status.json"),
        ("status.json", None, "status.json"),
    ],
)
def test_a_spoilt_folder_is_listed_with_what_is_wrong(
    tmp_path: Path, file: str, content: bytes | None, said: str
) -> None:
    good, bad = made(tmp_path, "good", 1.0), made(tmp_path, "bad", 2.0)
    if content is None:
        (bad / file).unlink()
    else:
        (bad / file).write_bytes(content)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "a file").write_text("")
    runs = {run.folder: run for run in runs_in(tmp_path)}
    assert set(runs) == {good, bad}
    assert said in runs[bad].problem
    assert runs[good].problem == ""


def test_no_folder_means_no_runs(tmp_path: Path) -> None:
    assert runs_in(tmp_path / "none") == []
    assert "no config.json" in read_run(tmp_path / "none").problem


def test_the_last_epoch_is_found_behind_many_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "END", 64)
    put(
        tmp_path,
        epoch(1, val_loss=1.0),
        epoch(2, val_loss=0.5),
        *[STEP] * 200,
        tail='{"event": "ep',
    )
    assert last_epoch(tmp_path)["epoch"] == 2
    put(tmp_path, *[STEP] * 50)
    assert last_epoch(tmp_path) == {}


def test_numbers_that_json_has_not_become_none(tmp_path: Path) -> None:
    line = '{"event": "epoch", "epoch": 1, "val_loss": 0.5, "val_r2": NaN}\n'
    (tmp_path / "metrics.jsonl").write_text(line)
    assert last_epoch(tmp_path)["val_r2"] is None
