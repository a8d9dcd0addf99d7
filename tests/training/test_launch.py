"""Processes of their own: the parent's death, the standby, and starts that fail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from app.training import launch, worker
from app.training.control import request
from app.training.follow import follow, read_records
from app.training.launch import ROOT, Standby, start
from app.training.process import start_of
from app.training.status import RunStatus, read_status
from tests.training.conftest import MakeRun

ENDLESS = 10**6
PARENT = """
import sys, time
from pathlib import Path
from app.training.launch import start
print(start(Path(sys.argv[1])), flush=True)
time.sleep(600)
"""
WAITING = """
import json, sys, time
from pathlib import Path
from app.training.worker import run
line = sys.stdin.readline()
sys.exit(run(Path(json.loads(line)["run"])) if line else 0)
"""
DEAF = "import os, time; os.close(0); time.sleep(600)"


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def ended(folder: Path) -> RunStatus:
    until(lambda: read_status(folder).ended)
    return read_status(folder)


def test_the_worker_outlives_its_parent_and_obeys_from_elsewhere(make_run: MakeRun) -> None:
    folder = make_run(epochs=ENDLESS, pace=0.01)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    try:
        until(lambda: any(read_records(folder)) or read_status(folder).ended)
        assert os.getsid(pid) == pid != os.getsid(parent.pid)
        assert os.getpriority(os.PRIO_PROCESS, pid) >= 5
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()
        parent.stdout.close()
        seen = len(list(read_records(folder)))
        until(lambda: len(list(read_records(folder))) > seen + 50)
        status = read_status(folder)
        assert (status.state, status.pid) == ("running", pid)
        request(folder, "stop")
        assert ended(folder).state == "stopped"
        steps = [r["step"] for r in follow(folder) if r["event"] == "step"]
        assert steps == list(range(1, len(steps) + 1))
        assert (folder / "model.pt").exists()
    finally:
        request(folder, "stop")
        parent.kill()


def test_a_warm_start_gives_the_same_bits_as_a_cold_one(make_run: MakeRun) -> None:
    warm, plain = make_run(epochs=2), make_run(epochs=2)
    standby = Standby()
    assert start(warm, standby) == standby.pid
    assert worker.run(plain, detached=False) == 0
    assert ended(warm).state == "finished"
    without_time = [
        [{k: v for k, v in record.items() if k != "time"} for record in read_records(folder)]
        for folder in (warm, plain)
    ]
    assert without_time[0] == without_time[1]
    mine, theirs = torch.load(warm / "model.pt"), torch.load(plain / "model.pt")
    assert all(torch.equal(mine[key], theirs[key]) for key in theirs)


def test_a_standby_takes_over_and_a_killed_one_has_died(make_run: MakeRun) -> None:
    folder = make_run(epochs=ENDLESS, pace=0.01)
    standby = Standby([sys.executable, "-c", WAITING])
    assert start(folder, standby) == standby.pid
    until(lambda: any(read_records(folder)) or read_status(folder).ended)
    status = read_status(folder)
    assert (status.state, status.pid) == ("running", standby.pid)
    os.kill(standby.pid, signal.SIGKILL)
    assert ended(folder).state == "died"
    until(lambda: "reaper" not in {thread.name for thread in threading.enumerate()})


def test_without_a_living_standby_the_start_is_cold(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "WORKER", (sys.executable, "-c", "print('cold')"))
    standby = Standby([sys.executable, "-c", "pass"])
    until(lambda: standby._process.poll() is not None)
    folder = make_run()
    assert start(folder, standby) != standby.pid
    until(lambda: "cold" in (folder / "worker.log").read_text())
    standby.close()


def test_a_standby_tells_once_that_it_is_ready_and_can_still_print(make_run: MakeRun) -> None:
    told = threading.Event()
    saying = 'print(\'{"type": "ready"}\', flush=True)\n' + WAITING
    standby = Standby([sys.executable, "-c", saying], told.set)
    assert told.wait(60)
    assert standby.ready
    folder = make_run(epochs=1, at=2, act="print('a word', flush=True)")
    assert start(folder, standby) == standby.pid
    assert ended(folder).state == "finished"
    assert "a word" in (folder / "worker.log").read_text()


def test_a_standby_that_ended_is_not_ready() -> None:
    told = threading.Event()
    standby = Standby([sys.executable, "-c", "print('no word of it')"], told.set)
    until(lambda: standby._process.poll() is not None)
    assert not standby.ready
    assert not told.is_set()
    standby.close()


STARTER = """
import sys, threading, time
from app.training.launch import Standby
told = threading.Event()
standby = Standby(on_ready=told.set)
if sys.argv[1] == "ready":
    told.wait()
print(standby.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("moment", ["ready", "early"])
def test_a_standby_ends_when_its_parent_is_killed(moment: str) -> None:
    command = [sys.executable, "-c", STARTER, moment]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as said:
        pid = int(said.readline())
    parent.kill()
    parent.wait()
    until(lambda: start_of(pid) is None)


def test_a_standby_that_does_not_listen_is_no_standby(make_run: MakeRun) -> None:
    standby = Standby([sys.executable, "-c", DEAF])
    folder = make_run()
    until(lambda: not _has_input(standby.pid))
    assert not standby.hand_over(folder)
    standby.close()


def _has_input(pid: int) -> bool:
    # A link whose target is no path: exists() would follow it and say no.
    return Path(f"/proc/{pid}/fd/0").is_symlink()


def test_an_unused_standby_ends_quietly() -> None:
    standby = Standby([sys.executable, "-c", "input()"])
    standby.close()
    assert standby._process.returncode is not None


def test_a_worker_that_cannot_begin_is_told_as_failed(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        launch, "WORKER", (sys.executable, "-c", "import sys; sys.exit('no way in')")
    )
    folder = make_run()
    start(folder)
    status = ended(folder)
    assert status.state == "failed"
    assert "before it could begin" in status.reason
    assert "no way in" in (folder / "worker.log").read_text()


def test_attached_stays_in_the_session(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    telling = "import os, sys; print(os.getsid(0), sys.argv[1], sys.stdin.read() == '')"
    monkeypatch.setattr(launch, "WORKER", (sys.executable, "-c", telling))
    sessions = []
    for detached in (False, True):
        folder = make_run()
        pid = start(folder, detached=detached)
        assert ended(folder).state == "failed"
        session, first, no_input = (folder / "worker.log").read_text().split()
        assert first == (str(folder) if detached else "--attached")
        assert no_input == "True"
        sessions.append(int(session) == pid)
    assert sessions == [False, True]


def test_starting_needs_no_torch() -> None:
    code = (
        "import sys; from app.training import launch, follow, history, curve, control, board, "
        "reporter, blame, script, surroundings, worker\n"
        "print(sorted({'torch', 'numpy', 'networkx', 'PySide6'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "[]\n"
