"""status.json, its heartbeat, and whether the process behind it still lives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.training import process
from app.training.board import Board
from app.training.process import is_running, machine, start_of
from app.training.status import RunStatus, read_status, write_status

SLEEPER = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(SLEEPER, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def status_of(pid: int, started: float, state: str = "running", beat: float = 0.0) -> RunStatus:
    return RunStatus(state, pid=pid, started=started, machine=machine(), heartbeat=beat)


def test_a_process_is_known_by_pid_and_start(child: subprocess.Popen[bytes]) -> None:
    started = start_of(child.pid)
    assert started is not None
    assert is_running(child.pid, started)
    assert not is_running(child.pid, started - 3)  # the number was used before
    assert start_of(0) is None
    assert start_of(-1) is None


def test_a_zombie_does_not_run(child: subprocess.Popen[bytes]) -> None:
    started = start_of(child.pid)
    assert started is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, but not taken from the table
    assert start_of(child.pid) is None


def test_a_program_name_with_spaces_and_parentheses(tmp_path: Path) -> None:
    program = tmp_path / "a) R (b"
    program.symlink_to("/bin/sleep")
    running = subprocess.Popen([program, "30"])
    try:
        deadline = time.monotonic() + 10
        while b") R (" not in Path(f"/proc/{running.pid}/stat").read_bytes():
            assert time.monotonic() < deadline
        found, own = start_of(running.pid), start_of(os.getpid())
        assert found is not None
        assert own is not None
        assert found >= own
    finally:
        running.kill()
        running.wait()


def test_ps_is_asked_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "Ss   Sun Nov 23 01:06:07 2025\n"
    answer = subprocess.CompletedProcess([], 0, stdout=said)
    monkeypatch.setattr(process.subprocess, "run", lambda *_, **__: answer)
    assert process._start_by_ps(5) == time.mktime((2025, 11, 23, 1, 6, 7, 0, 0, -1))
    answer.stdout = "Z+   Sun Nov 23 01:06:07 2025\n"
    assert process._start_by_ps(5) is None
    answer.stdout = ""
    assert process._start_by_ps(5) is None


def test_a_dead_worker_without_a_last_word_has_died(
    tmp_path: Path, child: subprocess.Popen[bytes]
) -> None:
    started = start_of(child.pid)
    assert started is not None
    write_status(tmp_path, status_of(child.pid, started))
    assert read_status(tmp_path).state == "running"
    child.kill()
    child.wait()
    found = read_status(tmp_path)
    assert found.state == "died"
    assert found.ended
    assert "worker.log" in found.reason


def test_a_pid_that_was_given_again_is_no_sign_of_life(tmp_path: Path) -> None:
    own = start_of(os.getpid())
    assert own is not None
    write_status(tmp_path, status_of(os.getpid(), own - 100, beat=time.time()))
    assert read_status(tmp_path).state == "died"


@pytest.mark.parametrize("state", ["finished", "stopped", "failed"])
def test_a_last_word_stands_whatever_became_of_the_process(tmp_path: Path, state: str) -> None:
    write_status(tmp_path, status_of(2**22 + 5, 1.0, state))
    assert read_status(tmp_path).state == state


def test_a_run_of_another_machine_lives_while_its_heart_beats(tmp_path: Path) -> None:
    other = RunStatus("running", pid=os.getpid(), machine="elsewhere", heartbeat=1000.0)
    write_status(tmp_path, other)
    assert read_status(tmp_path, now=1010).state == "running"
    assert read_status(tmp_path, now=1100).state == "died"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"state": 3}',
        b'{"state": "dancing"}',
        b'{"state": "died"}',
        b'{"state": "running", "epoch": "x"}',
        b'{"state": "running", "heartbeat": 1' + b"0" * 400 + b"}",
        b'{"state": "running", "heartbeat": NaN}',
        b'{"state": "running", "epoch": true}',
    ],
)
def test_a_spoilt_status_says_so(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "status.json").write_bytes(text)
    found = read_status(tmp_path)
    assert found.state == "unreadable"
    assert "status.json" in found.reason


def test_unknown_fields_and_whole_numbers_are_no_harm(tmp_path: Path) -> None:
    text = json.dumps({"state": "finished", "heartbeat": 5, "later": [1]})
    (tmp_path / "status.json").write_text(text)
    assert read_status(tmp_path).heartbeat == 5


def test_the_heart_beats_beside_a_long_step(tmp_path: Path) -> None:
    board = Board(tmp_path, RunStatus(), beat=0.01)
    board.open()
    try:
        before = read_status(tmp_path).heartbeat
        board.note(step=7)
        deadline = time.monotonic() + 10
        while read_status(tmp_path, now=before).step != 7:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert read_status(tmp_path, now=before).heartbeat > before
    finally:
        board.close()
    assert "heartbeat" not in {thread.name for thread in threading.enumerate()}


def test_a_change_of_state_is_written_at_once_and_only_once(tmp_path: Path) -> None:
    board = Board(tmp_path, RunStatus(), beat=1000)
    board.show(state="paused")
    first = (tmp_path / "status.json").stat().st_ino
    board.show(state="paused")
    assert (tmp_path / "status.json").stat().st_ino == first
    assert read_status(tmp_path).state == "paused"


def test_a_missed_beat_is_no_end(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    board = Board(folder, RunStatus(), beat=0.01)
    board.open()
    (folder / "status.json").unlink()
    folder.rename(tmp_path / "gone")
    time.sleep(0.1)
    (tmp_path / "gone").rename(folder)
    deadline = time.monotonic() + 10
    while not (folder / "status.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    board.close()
