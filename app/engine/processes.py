"""What the system tells of another process: how long it had to wait, how much memory it holds."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from pathlib import Path

KILL_WITH_PARENT = 1
"""Linux's PR_SET_PDEATHSIG."""


def waited(pid: int) -> float:
    """Return the seconds in which a process could have run, but had to wait for a processor.

    0.0 where the system does not tell: only Linux does.
    """
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/schedstat").read_bytes().split()[1]) / 1e9
    return 0.0


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _resident_on_windows(pid)
    with contextlib.suppress(OSError, ValueError, IndexError):
        if sys.platform == "linux":
            pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        command = ["ps", "-o", "rss=", "-p", str(pid)]
        said = subprocess.run(command, capture_output=True, text=True, timeout=1, check=False)
        return int(said.stdout) * 1024
    return 0


class _Counters(ctypes.Structure):
    """Windows' PROCESS_MEMORY_COUNTERS."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("PageFaultCount", ctypes.c_uint32),
        *(
            (name, ctypes.c_size_t)
            for name in (
                "PeakWorkingSetSize",
                "WorkingSetSize",
                "QuotaPeakPagedPoolUsage",
                "QuotaPagedPoolUsage",
                "QuotaPeakNonPagedPoolUsage",
                "QuotaNonPagedPoolUsage",
                "PagefileUsage",
                "PeakPagefileUsage",
            )
        ),
    )


def _resident_on_windows(pid: int) -> int:
    """Return what a process has asked of Windows, be it in memory or in the page file."""
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]  # only there
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return 0
    found = _Counters(cb=ctypes.sizeof(_Counters))
    handle = ctypes.c_void_p(handle)
    told = kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(found), found.cb)
    kernel.CloseHandle(handle)
    return int(found.PagefileUsage) if told else 0


def end_with_parent() -> None:
    """Let this process be killed as soon as its parent has ended, where the system can do that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(KILL_WITH_PARENT, 9)
