"""Whole runs in this process: what they leave, and that by hand gives the same bits."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from app.training import worker
from app.training.follow import read_records
from app.training.history import summary
from app.training.process import machine, start_of
from app.training.script import Refused
from app.training.status import RunStatus, read_status, write_status
from tests.training.conftest import MakeRun


@pytest.fixture(scope="module")
def finished(make_run: MakeRun) -> Path:
    folder = make_run(seed=5, epochs=3)
    assert worker.run(folder, detached=False) == 0
    return folder


def records_of(folder: Path) -> list[dict[str, Any]]:
    return [{k: v for k, v in r.items() if k != "time"} for r in read_records(folder)]


def end_of(folder: Path, code: int) -> RunStatus:
    assert worker.run(folder, detached=False) == code
    return read_status(folder)


def test_a_run_leaves_numbers_weights_and_its_last_word(finished: Path) -> None:
    status = read_status(finished)
    assert (status.state, status.epoch, status.epochs, status.step) == ("finished", 3, 3, 15)
    assert (status.batches, status.reason, status.error, status.pid) == (5, "", "", os.getpid())
    records = list(read_records(finished))
    assert [r["event"] for r in records] == (["step"] * 5 + ["epoch"]) * 3
    assert all(list(r)[:4] == ["event", "step", "epoch", "time"] for r in records)
    weights = torch.load(finished / "model.pt")
    keys = json.loads((finished / "state_map.json").read_bytes())["state"]
    assert set(weights) == set(keys)
    assert not list(finished.rglob("*.pyc"))
    assert not list(finished.glob(".*"))


def test_by_hand_in_a_copy_gives_the_same_bits(finished: Path, tmp_path: Path) -> None:
    for name in ("model.py", "data.py", "train.py"):
        shutil.copy(finished / name, tmp_path)
    command = json.loads((finished / "config.json").read_bytes())["command"]
    words = [sys.executable, *shlex.split(command)[1:]]
    subprocess.run(words, cwd=tmp_path, check=True, timeout=120)
    assert records_of(finished) == records_of(tmp_path)
    mine, theirs = torch.load(finished / "model.pt"), torch.load(tmp_path / "model.pt")
    assert list(mine) == list(theirs)
    assert all(torch.equal(mine[key], theirs[key]) for key in mine)


def test_a_run_is_trained_once(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in finished.iterdir() if path.is_file()}
    assert worker.run(finished, detached=False) == 2
    said = capsys.readouterr().err
    assert "has been trained before: finished. Start a new run" in said
    assert before == {p.name: p.read_bytes() for p in finished.iterdir() if p.is_file()}


def test_a_run_that_goes_on_is_left_alone(
    make_run: MakeRun, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run()
    started = start_of(os.getpid()) or 0.0
    write_status(folder, RunStatus("running", os.getpid(), started, machine()))
    before = (folder / "status.json").read_bytes()
    assert worker.run(folder, detached=False) == 2
    assert f"Process {os.getpid()} trains the run" in capsys.readouterr().err
    assert (folder / "status.json").read_bytes() == before
    assert not (folder / "metrics.jsonl").exists()


def test_a_run_whose_process_died_is_not_begun_again(make_run: MakeRun) -> None:
    folder = make_run()
    write_status(folder, RunStatus("running", os.getpid(), -100.0, machine()))
    assert worker.run(folder, detached=False) == 2
    assert read_status(folder).state == "died"


def test_of_two_workers_at_once_one_trains(make_run: MakeRun) -> None:
    """Both find a fresh folder; only one may make the file for the metrics."""
    folder = make_run()
    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(worker.claim, [folder] * 8))
    assert sum(reason == "" for reason in refused) == 1
    assert all("has begun already" in reason for reason in refused if reason)


def test_the_summary_has_the_last_epoch(finished: Path) -> None:
    last = records_of(finished)[-1]
    assert summary(finished) == {
        "run": str(finished),
        "state": "finished",
        "epochs": 3,
        "train_loss": last["train_loss"],
        "val_loss": last["val_loss"],
    }


def test_modules_of_the_process_are_left_alone(make_run: MakeRun) -> None:
    mine = type(sys)("model")
    sys.modules["model"] = mine
    path, here, wrote = list(sys.path), Path.cwd(), sys.dont_write_bytecode
    try:
        assert end_of(make_run(epochs=1), 0).state == "finished"
        assert sys.modules["model"] is mine
        assert not {"train", "data"} & set(sys.modules)
        assert (sys.path, Path.cwd(), sys.dont_write_bytecode) == (path, here, wrote)
    finally:
        del sys.modules["model"]


def test_output_goes_to_the_log(make_run: MakeRun, capfd: pytest.CaptureFixture[str]) -> None:
    act = "import os; print('said', flush=True); os.system('echo shouted'); 1 / 0"
    folder = make_run(at=1, act=act)
    assert end_of(folder, 1).state == "failed"
    log = (folder / "worker.log").read_text()
    assert "said" in log
    assert "shouted" in log
    assert "Traceback" in log
    assert "ZeroDivisionError" in log
    assert capfd.readouterr() == ("", "")


def test_an_error_is_mapped_to_the_node_by_its_line(make_run: MakeRun) -> None:
    folder = make_run(at=3, act="model.head.forward = lambda x: x.nothing")
    status = end_of(folder, 1)
    assert status.node == "head"
    assert "at head (model.py line 16)" in status.reason
    assert "after 0 epochs and 3 steps" in status.reason
    assert status.error.startswith("AttributeError")
    assert not (folder / "model.pt").exists()


def test_inside_a_sequential_the_layer_itself_is_named(make_run: MakeRun) -> None:
    folder = make_run(at=3, act="model.body[0].weight.data = torch.zeros(8, 5)")
    status = end_of(folder, 1)
    assert status.node == "first"
    assert "RuntimeError" in status.error


def test_a_loss_that_is_no_number_fails_with_the_place(make_run: MakeRun) -> None:
    status = end_of(make_run(at=7, act="loss.data.fill_(float('nan'))"), 1)
    assert status.state == "failed"
    assert "NaN" in status.reason
    assert "epoch 2, step 7" in status.reason


@pytest.mark.parametrize("device", ["cuda:99", "mps", "banana", "meta", "", "cpu:3"])
def test_a_device_that_is_not_there_fails_at_once(make_run: MakeRun, device: str) -> None:
    folder = make_run(device=device)
    status = end_of(folder, 1)
    assert status.state == "failed"
    assert f"There is no device {device!r}. Devices here: cpu" in status.reason
    assert "Run › Device in the window" in status.reason
    assert "--device in a terminal" in status.reason
    assert (folder / "metrics.jsonl").read_bytes() == b""


def test_a_device_that_does_not_work_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no driver\nhundreds of lines")

    worker.require_device("cpu:0")
    monkeypatch.setattr(torch, "ones", broken)
    with pytest.raises(Refused, match=r"'cpu' cannot be used here: no driver\. Choose"):
        worker.require_device("cpu")


def test_the_devices_here_are_those_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = torch.device("cuda")
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda check_available: gpu)
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    assert worker.devices_here() == ["cpu", "cuda", "cuda:0", "cuda:1"]


def test_a_model_elsewhere_than_chosen_fails(make_run: MakeRun) -> None:
    model = (
        "from torch import nn\n\n\nclass Net(nn.Linear):\n    def __init__(self):\n"
        "        super().__init__(4, 1)\n\n"
        "    def to(self, _):\n        return super().to('meta')\n"
    )
    status = end_of(make_run(changed={"model": model}), 1)
    assert status.reason == "cpu was chosen, but train.py put the model on meta."


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"colour": 1}, "no setting 'colour'"),
        ({"epochs": "three"}, "epochs is 'three'; train.py wants int"),
        ({"epochs": True}, "wants int"),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    make_run: MakeRun, settings: dict[str, Any], said: str
) -> None:
    status = end_of(make_run(**settings), 1)
    assert said in status.reason
    assert status.error == ""


def test_a_whole_number_serves_as_a_float(make_run: MakeRun) -> None:
    assert end_of(make_run(epochs=1, lr=1), 0).state == "finished"


def test_a_changed_folder_is_not_trained(make_run: MakeRun) -> None:
    folder = make_run()
    (folder / "train.py").write_text("raise SystemExit")
    status = end_of(folder, 1)
    assert "Changed since this run was written: train.py" in status.reason


def test_a_folder_that_is_none_or_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert worker.main([str(tmp_path / "none")]) == 2
    assert "There is no run folder" in capsys.readouterr().err
    assert worker.main([]) == 2
    assert worker.main(["a", "b"]) == 2
    status = end_of(tmp_path, 1)
    assert "config.json" in status.reason


def test_a_missing_package_is_named(make_run: MakeRun) -> None:
    status = end_of(make_run(changed={"data": "import no_such_package\n"}), 1)
    assert "the package no_such_package is not installed" in status.reason
    assert "data.py line 1" in status.reason


def test_a_script_that_exits_has_failed(make_run: MakeRun) -> None:
    status = end_of(make_run(at=2, act="raise SystemExit(0)"), 1)
    assert status.state == "failed"
    assert "SystemExit" in status.error
