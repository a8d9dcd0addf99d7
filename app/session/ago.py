"""How long ago something was, in words."""

from __future__ import annotations

import time

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def ago(moment: float, now: float | None = None) -> str:
    """Return ``3 minutes ago`` for a Unix time; what lies ahead (a clock set back) is just now."""
    passed = (time.time() if now is None else now) - moment
    for name, seconds in _UNITS:
        if passed >= seconds:
            return f"{counted(int(passed // seconds), name)} ago"
    return "just now" if passed < 10 else f"{int(passed)} seconds ago"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 change`` or ``3 changes``; thousands are parted."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
