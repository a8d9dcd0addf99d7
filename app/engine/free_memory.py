"""How much memory this machine has and could still give, as its operating system says it."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
KIB = 1024


def free_memory() -> tuple[int, int]:
    """Return the bytes of memory that are free and that there are; 0 where nobody says.

    Linux says what it could give without swapping (``MemAvailable``), and a container has a limit
    of its own; Windows is asked through ``GlobalMemoryStatusEx``. Elsewhere, on macOS, only the
    whole is known (``sysconf``): a share of it is taken to be in use.
    """
    if sys.platform == "win32":
        return _windows()
    if MEMINFO.exists():
        return _limited(*_linux(MEMINFO.read_text(encoding="ascii", errors="replace")))
    return _whole()


def _linux(text: str) -> tuple[int, int]:
    said = {}
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        number = rest.split()[:1]
        if number and number[0].isdigit():
            said[name] = int(number[0]) * KIB
    total = said.get("MemTotal", 0)
    return said.get("MemAvailable", said.get("MemFree", 0)), total


def _limited(free: int, total: int, group: Path = GROUP) -> tuple[int, int]:
    """Return the same within the limit of the control group (version 2) that this runs in."""
    limit, used = (_number(group / f"memory.{name}") for name in ("max", "current"))
    if not limit or limit >= total:
        return free, total
    cached = _linux_stat(group / "memory.stat")
    return max(0, min(free, limit - max(0, used - cached))), limit


def _linux_stat(path: Path) -> int:
    """Return the bytes of cached files, which are given up where memory is wanted."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return 0
    return sum(int(x.split()[1]) for x in lines if x.startswith("inactive_file "))


def _number(path: Path) -> int:
    """Return the number in a file; 0 where there is none, or the word ``max``."""
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return 0
    return int(text) if text.isdigit() else 0


IN_USE = 0.4
"""The share of memory taken to be in use where the system does not say."""


def _whole() -> tuple[int, int]:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0, 0
    return round(total * (1 - IN_USE)), total


class _Status(ctypes.Structure):
    """What ``GlobalMemoryStatusEx`` fills: MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "free", "pages", "free_pages")),
        *((name, ctypes.c_ulonglong) for name in ("virtual", "free_virtual", "extended")),
    )


def _windows() -> tuple[int, int]:
    status = _Status(length=ctypes.sizeof(_Status))
    windows = getattr(ctypes, "windll", None)
    if windows is None or not windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return 0, 0
    return int(status.free), int(status.total)
