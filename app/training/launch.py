"""Start of a run in a process of its own that outlives the one that asked for it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from app.training.folder import LOG
from app.training.status import read_status, write_status

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "-u", "-m", "app.training.worker")
STANDBY = (sys.executable, "-u", "-m", "app.engine", "standby")
FIRST_WORD = 4096
"""Bytes that the line with which a standby says that it is ready has at most."""
UNBORN = "The training process ended before it could begin. What it wrote is in worker.log."


class Standby:
    """A process that has imported torch and waits for a folder, so that a run begins at once.

    ``on_ready`` is called once, from a thread, when it says that it can begin.
    """

    def __init__(
        self, command: Sequence[str] = STANDBY, on_ready: Callable[[], object] = lambda: None
    ) -> None:
        self._process = _spawn(
            command, subprocess.PIPE, subprocess.PIPE, detached=True, errors=subprocess.DEVNULL
        )
        self._ready = False
        self._on_ready = on_ready
        threading.Thread(target=self._listen, name="standby", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process that will train."""
        return self._process.pid

    @property
    def ready(self) -> bool:
        """Whether it has said that it can begin, and is still there."""
        return self._ready and self.is_alive

    @property
    def is_alive(self) -> bool:
        """Whether its process is still there."""
        return self._process.poll() is None

    def hand_over(self, folder: Path) -> bool:
        """Let it train in a folder; False if it is not there any more. Use a standby once."""
        line = json.dumps({"run": str(folder)}) + "\n"
        pipe = self._process.stdin
        if pipe is None or self._process.poll() is not None:
            return False
        try:
            with pipe:
                pipe.write(line.encode())
        except OSError:
            return False
        _watch(self._process, folder)
        return True

    def close(self) -> None:
        """End a standby that is not needed."""
        self._process.kill()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()

    def _listen(self) -> None:
        """Take its first word; later ones go to a run's log, not to this pipe."""
        pipe = self._process.stdout
        if pipe is None:
            return
        with pipe, contextlib.suppress(OSError):
            self._ready = b'"ready"' in pipe.readline(FIRST_WORD)
        if self._ready:
            self._on_ready()


def start(folder: Path, standby: Standby | None = None, *, detached: bool = True) -> int:
    """Start the training of a run folder and return the process's pid.

    The process has its own session, low priority, no input, and its output in worker.log; neither
    Ctrl+C here nor the end of this process reaches it, unless ``detached`` is False. A standby
    that has died is replaced by a cold start.

    Raises OSError when no process can be started.
    """
    folder = folder.resolve()
    if standby is not None and detached and standby.hand_over(folder):
        return standby.pid
    command = [*WORKER, *(() if detached else ("--attached",)), str(folder)]
    with (folder / LOG).open("ab") as log:  # append-only
        process = _spawn(command, subprocess.DEVNULL, log, detached=detached)
    _watch(process, folder)
    return process.pid


def _spawn(
    command: Sequence[str],
    stdin: int,
    output: int | IO[bytes],
    *,
    detached: bool,
    errors: int = subprocess.STDOUT,
) -> subprocess.Popen[bytes]:
    # The current folder goes first on the path of ``-m``: the program is found without being
    # installed, and the environment is passed on as it is.
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS
        if detached:
            flags |= subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(
            command, cwd=ROOT, stdin=stdin, stdout=output, stderr=errors, creationflags=flags
        )
    return subprocess.Popen(
        command, cwd=ROOT, stdin=stdin, stdout=output, stderr=errors, start_new_session=detached
    )


def _watch(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait for the process from a thread: it leaves no zombie, and a stillbirth is told."""
    threading.Thread(target=_wait, args=(process, folder), name="reaper", daemon=True).start()


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    process.wait()
    status = read_status(folder)
    if status.state == "starting" and not status.pid:
        with contextlib.suppress(OSError):  # the folder may be gone as well
            write_status(folder, replace(status, state="failed", reason=UNBORN))
