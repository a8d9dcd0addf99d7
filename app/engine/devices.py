"""The devices that torch can train on here: their names, and how much memory is free."""

from __future__ import annotations

from typing import Any

import torch

from app.engine.free_memory import free_memory


def devices() -> list[dict[str, Any]]:
    """Return one entry for each device, the CPU first.

    ``id`` is what a run is given (``cpu``, ``cuda:0``, ``mps``), ``name`` what a person calls it;
    ``free`` and ``total`` are bytes of its memory where the device can say, else 0.
    """
    free, total = free_memory()
    found: list[dict[str, Any]] = [{"id": "cpu", "name": "CPU", "free": free, "total": total}]
    if torch.cuda.is_available():
        found += [_cuda(index) for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append({"id": "mps", "name": "Apple GPU (MPS)", **_mps()})
    return found


def _mps() -> dict[str, int]:
    """Return what Metal recommends at most, and what of it this process has not taken."""
    try:
        total = torch.mps.recommended_max_memory()
        return {"free": max(0, total - torch.mps.driver_allocated_memory()), "total": total}
    except (AttributeError, RuntimeError):  # a torch that cannot say
        return {"free": 0, "total": 0}


def _cuda(index: int) -> dict[str, Any]:
    name = torch.cuda.get_device_name(index)
    try:
        free, total = torch.cuda.mem_get_info(index)
    except RuntimeError:  # a device that others have taken for themselves
        free = total = 0
    return {"id": f"cuda:{index}", "name": name, "free": free, "total": total}
