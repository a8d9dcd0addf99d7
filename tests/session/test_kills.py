"""A window that is killed in mid-edit loses at most the last second of it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.session.recovery import lost_work
from app.session.session import Session
from graph_editor.document.files import load
from graph_editor.document.model import Project
from tests.session.scripted import acts

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "assets" / "examples" / "digits_mlp.netwright"
SECOND = 1.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")


def _killed(seed: int, folder: Path, file: Path | None) -> tuple[list[float], float]:
    """Let a process act and kill it; return when it acted, and when it was killed."""
    log = folder / "log"
    words = [sys.executable, "-m", "tests.session.edited_until_killed", str(seed), str(log)]
    with subprocess.Popen([*words, *([str(file)] if file else [])], cwd=ROOT) as window:
        while not (log.exists() and log.stat().st_size):
            assert window.poll() is None
            time.sleep(0.01)
        time.sleep(random.Random(seed).uniform(0.0, 2.5))
        moment = time.time()
        window.send_signal(signal.SIGKILL)
    return [float(line) for line in log.read_text().splitlines()], moment


def _states(start: Project, seed: int, count: int) -> list[Project]:
    """Return the project before and after each act."""
    session = Session(start)
    script, found = acts(seed), [start]
    for _ in range(count):
        next(script)(session)
        found.append(session.project)
    session.close()
    return found


def _check(seed: int, tmp_path: Path, file: Path | None) -> None:
    start = load(file).project if file is not None else Project()
    moments, killed = _killed(seed, tmp_path, file)
    # one more may have been made whose line was not written any more
    states = _states(start, seed, len(moments) + 1)
    lost = lost_work()
    assert len(lost) <= 1
    if lost:
        assert lost[0].recovered is not None
        found = lost[0].recovered.project
        assert lost[0].path == file
    else:
        found = load(file).project if file is not None else start
    kept = max((at for at, state in enumerate(states) if state == found), default=-1)
    assert kept >= 0, "what was recovered never was"
    missing = moments[kept:]
    assert all(killed - moment <= SECOND for moment in missing)
    assert lost_work() == [] if not lost else len(lost_work()) == 1


@pytest.mark.parametrize("seed", range(10))
def test_at_most_the_last_second_is_lost(qapp: object, seed: int, tmp_path: Path) -> None:
    file = None
    if seed % 2:
        file = tmp_path / "digits.netwright"
        file.write_bytes(EXAMPLE.read_bytes())
    _check(seed, tmp_path, file)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 50))
def test_at_most_the_last_second_is_lost_by_many_kills(
    qapp: object, seed: int, tmp_path: Path
) -> None:
    test_at_most_the_last_second_is_lost(qapp, seed, tmp_path)
