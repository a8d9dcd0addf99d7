"""The window is killed in the middle of work: the next one offers it, and the run has gone on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtWidgets import QAbstractItemView

from tests.house.sources import ROOT
from tests.journeys.conftest import Open
from tests.journeys.left_alone import presses_seen, recovered

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows"),
]
LAST_SECOND = 1.0


def killed_after(log: Path, presses: int, *words: str) -> list[tuple[float, int]]:
    """Let somebody work in a process and kill it; return the times of its keys and of the kill."""
    command = [sys.executable, "-m", "tests.journeys.left_alone", str(log), *words]
    with (log.parent / "left_alone.txt").open("wb") as told:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(os.environ), stdout=told, stderr=told
        )
    end = time.monotonic() + 150
    try:
        while len(lines_of(log)) < presses:
            assert process.poll() is None, (log.parent / "left_alone.txt").read_text()
            assert time.monotonic() < end, (log.parent / "left_alone.txt").read_text()
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        now = time.time()
        process.wait()
    return [*lines_of(log), (now, -1)]


def lines_of(log: Path) -> list[tuple[float, int]]:
    try:
        words = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []
    return [(float(each[0]), int(each[1])) for each in words if len(each) == 2]


def sure(pressed: list[tuple[float, int]], kill: float) -> int:
    """Return how many presses must be kept: those before the last second."""
    return max((count for moment, count in pressed if moment < kill - LAST_SECOND), default=0)


def test_killed_in_mid_edit_the_work_is_offered_again_and_again(
    at_window: Open, tmp_path: Path
) -> None:
    pressed = killed_after(tmp_path / "log.txt", 40)
    kill = pressed.pop()[0]
    person = at_window()
    dialog = person.dialog_with("Digits CNN")
    assert person.sees("Recover", dialog)
    person.press("Escape")  # decide later: nothing is dropped by being offered
    assert presses_seen(person) == 0

    again = at_window()
    dialog = again.dialog_with("Digits CNN")
    again.click(again.recover_button(dialog))
    again.wait(lambda: any(presses_seen(p) for p in again.others()), "the lost work")
    (found,) = [presses_seen(p) for p in again.others() if presses_seen(p)]
    assert found == int(found)
    assert sure(pressed, kill) <= found <= pressed[-1][1] + 1


@pytest.mark.slow
def test_killed_again_after_a_recovery_all_of_the_work_is_offered_once_more(
    at_window: Open, tmp_path: Path
) -> None:
    kept = most = 0
    for turn, words in enumerate([(), ("recover",)]):
        pressed = killed_after(tmp_path / f"log_{turn}.txt", 40, *words)
        kill = pressed.pop()[0]
        kept += sure(pressed, kill)
        most += pressed[-1][1] + 1
    found = presses_seen(recovered(at_window()))
    assert found == int(found)
    assert kept <= found <= most


def test_killed_in_mid_training_the_run_goes_on_and_is_shown(
    at_window: Open, tmp_path: Path, own_home: Path
) -> None:
    killed_after(tmp_path / "log.txt", 3, "train")
    (status,) = (own_home / "runs").glob("*/status.json")
    metrics = status.parent / "metrics.jsonl"
    size = metrics.stat().st_size
    person = at_window(size=(1920, 1080))
    person.press("Escape")
    grown = metrics.stat().st_size
    assert grown > size, "the run did not go on"
    person.wait(lambda: json.loads(status.read_text())["state"] == "finished", "the end of the run")
    person.open_tab("Runs")
    view = next(iter(person.widgets(QAbstractItemView, person.dock("runs"))))
    person.wait(lambda: view.model().rowCount() == 1, "the run in the list")


@pytest.mark.slow
def test_the_run_of_a_killed_window_is_steered_from_the_recovered_one_alone(
    at_window: Open, tmp_path: Path, own_home: Path
) -> None:
    killed_after(tmp_path / "log.txt", 40, "train")
    (status,) = (own_home / "runs").glob("*/status.json")
    person = at_window(size=(1920, 1080))
    dialog = person.dialog_with("Digits CNN")
    assert not person.sees("Epoch "), "the example shows the run of another project"
    person.click(person.recover_button(dialog))
    person.wait(
        lambda: [bool(presses_seen(p)) for p in person.others()] == [True],
        "the lost work alone: nothing was done in the other window",
    )
    (recovered,) = person.others()
    recovered.wait(
        lambda: recovered.sees("Epoch ") or json.loads(status.read_text())["state"] == "finished",
        "the run in the window of its drawing",
    )
