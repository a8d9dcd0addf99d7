"""What a run says of itself in status.json, and what is true when its process is gone."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from app.training.process import is_running, machine
from graph_editor.document.atomic import atomic_write

FILE = "status.json"
LARGEST = 2.0**63
"""No time or count in a status reaches this."""
SILENCE = 30.0
"""Seconds without a heartbeat after which a process that cannot be looked at counts as dead."""
LIVE = ("starting", "running", "paused", "stopping")
WRITTEN_ENDS = ("finished", "stopped", "failed")
ENDED = (*WRITTEN_ENDS, "died", "unreadable")
DIED = (
    "The training process ended without a word: it was killed, ran out of memory or crashed. "
    "What it last wrote is in worker.log."
)


@dataclass(frozen=True, slots=True)
class RunStatus:
    """One reading of status.json; readers find ``died`` and ``unreadable``, nobody writes them."""

    state: str = "starting"
    pid: int = 0
    started: float = 0.0
    """Start of the process as ``process.start_of`` counts it."""
    machine: str = ""
    heartbeat: float = 0.0
    """Unix time."""
    epoch: int = 0
    """Epochs that are complete."""
    epochs: int = 0
    step: int = 0
    batches: int = 0
    """Steps of one epoch; 0 while not known."""
    checkpoint: int = 0
    """Number of the last checkpoint request that was carried out."""
    reason: str = ""
    """Why the run ended, in plain words."""
    error: str = ""
    """Type and message of the exception, where one ended the run."""
    node: str = ""
    """Address of the node at fault, where it is known."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ENDED


def write_status(folder: Path, status: RunStatus) -> None:
    """Write status.json. Raises OSError."""
    text = json.dumps({"format": 1, **asdict(status)}, indent=1, allow_nan=False)
    atomic_write(folder / FILE, text + "\n")


def read_status(folder: Path, *, now: float | None = None) -> RunStatus:
    """Read status.json and look whether the process is still there; never raises."""
    status = _read(folder)
    if status.ended or _is_alive(status, time.time() if now is None else now):
        return status
    status = _read(folder)  # its last word may have come between the two looks
    return status if status.ended else replace(status, state="died", reason=DIED)


def _read(folder: Path) -> RunStatus:
    try:
        return _from_json(json.loads((folder / FILE).read_bytes()))
    except FileNotFoundError:
        return RunStatus("unreadable", reason="The folder holds no status.json.")
    except (OSError, ValueError, RecursionError) as error:
        return RunStatus("unreadable", reason=f"status.json cannot be read: {error}")


def _is_alive(status: RunStatus, now: float) -> bool:
    if status.pid and status.machine == machine():
        return is_running(status.pid, status.started)
    return now - status.heartbeat < SILENCE


def _from_json(value: object) -> RunStatus:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")  # noqa: TRY004  # what json raises, too
    found: dict[str, Any] = {}
    for field in fields(RunStatus):
        entry = value.get(field.name, field.default)
        number = isinstance(entry, int | float) and not isinstance(entry, bool)
        wanted = type(field.default)
        if not (isinstance(entry, wanted) or (wanted is float and number)) or entry is True:
            raise ValueError(f"{field.name} is {entry!r:.60}")
        if number and not abs(entry) < LARGEST:
            raise ValueError(f"{field.name} is no number that can be")
        found[field.name] = entry
    if found["state"] not in (*LIVE, *WRITTEN_ENDS):
        raise ValueError(f"state is {found['state']!r:.60}")
    return RunStatus(**found)
