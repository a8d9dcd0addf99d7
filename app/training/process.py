"""Which process a number means: pids are used again, so a process is known by pid and start."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

CLOCK_FORMAT = "%a %b %d %H:%M:%S %Y"


@functools.cache
def machine() -> str:
    """Return a name of this machine since its last start; pids mean something only within it."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    try:
        return f"{platform.node()}:{boot.read_text().strip()}"
    except OSError:
        return platform.node()


def start_of(pid: int) -> float | None:
    """Return when a process began, as the system counts it, or None where it does not run.

    The number only identifies: seconds since the machine's start on Linux (so that setting the
    clock changes nothing), Unix time elsewhere. A process that ended but was not yet waited for
    counts as not running.
    """
    if pid <= 0:
        return None
    if sys.platform == "win32":
        return _start_on_windows(pid)
    if Path("/proc/self/stat").exists():
        return _start_on_linux(pid)
    return _start_by_ps(pid)


def is_running(pid: int, started: float) -> bool:
    """Whether the very process that began at ``started`` still runs."""
    found = start_of(pid)
    return found is not None and abs(found - started) < 0.5


def lower_priority() -> None:
    """Let the window and everything else go first, without adding up when called twice."""
    if sys.platform != "win32":  # there the launcher asks for it when it starts the process
        with contextlib.suppress(OSError):  # some containers forbid it
            os.nice(max(0, 5 - os.nice(0)))


def _start_on_linux(pid: int) -> float | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field is the program's name in parentheses and may hold spaces (proc(5)).
    state, *rest = text.rpartition(")")[2].split()
    if state in "ZX":
        return None
    return int(rest[18]) / os.sysconf("SC_CLK_TCK")


def _start_by_ps(pid: int) -> float | None:
    asked = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    environment = {**os.environ, "LC_ALL": "C"}
    answer = subprocess.run(asked, capture_output=True, text=True, env=environment, check=False)
    state, _, began = answer.stdout.strip().partition(" ")
    if not began or state.startswith("Z"):
        return None
    return time.mktime(time.strptime(began.strip(), CLOCK_FORMAT))


def _start_on_windows(pid: int) -> float | None:
    if sys.platform != "win32":
        raise AssertionError("only for Windows")
    import ctypes
    from ctypes import wintypes

    query, still_active = 0x1000, 259
    kernel = ctypes.windll.kernel32
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = wintypes.HANDLE(kernel.OpenProcess(query, False, pid))
    if not handle:
        return None
    code, times = wintypes.DWORD(), [wintypes.FILETIME() for _ in range(4)]
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.GetProcessTimes(handle, *(ctypes.byref(moment) for moment in times))
    kernel.CloseHandle(handle)
    if code.value != still_active:
        return None
    ticks = (times[0].dwHighDateTime << 32) + times[0].dwLowDateTime
    return ticks / 1e7 - 11_644_473_600  # from 1601 to 1970
