"""Where runs can train, as the engine says it, in words for a menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.settings.store import Settings
from app.training.folder import cores, default_threads


@dataclass(frozen=True, slots=True)
class Device:
    """One device, or the number of threads on the CPU."""

    name: str
    """As torch calls it: cpu, cuda:0, mps."""
    title: str
    """``NVIDIA H100 · 76.1 of 79.1 GiB free``."""
    threads: int = 0
    """On the CPU: how many threads; 0 elsewhere."""
    reason: str = ""
    """Why it cannot be chosen; empty where it can."""


def threads_of(settings: Settings) -> int:
    """Return the threads that a run on the CPU will have."""
    return int(settings["threads"]) or default_threads()


def device_words(settings: Settings) -> str:
    """Return what the toolbar shows: ``CPU · 2 threads``."""
    name = str(settings["device"])
    if name == "cpu":
        count = threads_of(settings)
        return f"CPU · {count} thread" + ("s" if count > 1 else "")
    return name.upper() if name == "mps" else name.replace("cuda", "CUDA")


def devices_of(info: Mapping[str, Any] | None) -> tuple[Device, ...]:
    """Return all devices from the engine's answer to ``devices``; None: it is not there yet."""
    total = cores()
    counts = sorted({1, *(n for n in (2, 4, 8, 16, 32) if n < total), default_threads(), total})
    found = [Device("cpu", _thread_words(n, total), n) for n in counts]
    if info is None:
        waiting = "PyTorch is still starting; the devices are listed in a moment."
        return (
            *found,
            Device("cuda", "CUDA", reason=waiting),
            Device("mps", "MPS", reason=waiting),
        )
    others = [entry for entry in info.get("devices", ()) if entry.get("id") != "cpu"]
    found += [Device(str(entry.get("id")), _title(entry)) for entry in others]
    torch = info.get("torch", "")
    if not any(device.name.startswith("cuda") for device in found):
        found.append(Device("cuda", "CUDA", reason=f"torch {torch} finds no CUDA device here."))
    if not any(device.name == "mps" for device in found):
        found.append(Device("mps", "MPS", reason=f"torch {torch} finds no Apple GPU here."))
    return tuple(found)


def _thread_words(count: int, total: int) -> str:
    words = f"CPU · {count} thread" + ("s" if count > 1 else "")
    if count == default_threads() and count < total:
        return f"{words}, one core left for the window"
    return words


def _title(entry: Mapping[str, Any]) -> str:
    name = str(entry.get("id")).upper()
    words = name if name == "MPS" else f"{name} · {entry.get('name')}"
    free, total = (float(entry.get(key) or 0) / 2**30 for key in ("free", "total"))
    return f"{words} · {free:.1f} of {total:.1f} GiB free" if total else words
