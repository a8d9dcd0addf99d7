"""The runs of a project, and what became of each."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.training.folder import METRICS, Setting, read_config
from app.training.status import RunStatus, read_status
from graph_editor.document.model import NOTHING

END = 64 * 1024
"""Bytes from the end of metrics.jsonl in which the last epoch is looked for first."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run folder, as far as it can be read."""

    folder: Path
    name: str
    created: float
    """Unix time; of a spoilt folder, when it was last changed."""
    settings: Mapping[str, Setting]
    status: RunStatus
    last: Mapping[str, Any]
    """The record of the last complete epoch; empty before the first."""
    problem: str = ""
    """What is wrong with the folder."""


def runs_in(folder: Path) -> list[Run]:
    """Return the runs in a folder of runs, newest first; spoilt ones say what is wrong."""
    try:
        entries = [entry for entry in folder.iterdir() if entry.is_dir()]
    except OSError:
        return []
    runs = [read_run(entry) for entry in entries if not entry.name.startswith(".")]
    return sorted(runs, key=lambda run: (run.created, run.folder.name), reverse=True)


def read_run(folder: Path) -> Run:
    """Read what a run folder says; never raises."""
    status = read_status(folder)
    last = last_epoch(folder)
    try:
        config = read_config(folder)
    except (OSError, ValueError) as error:
        created = folder.stat().st_mtime if folder.exists() else 0.0
        return Run(folder, folder.name, created, NOTHING, status, last, _plain(error))
    problem = status.reason if status.state == "unreadable" else ""
    return Run(folder, config.name, config.created, config.settings, status, last, problem)


def summary(folder: Path) -> dict[str, Any]:
    """Return what ``train --json`` ends with: the folder, how it ended, and the last numbers."""
    run = read_run(folder)
    status = run.status
    found: dict[str, Any] = {
        "run": str(folder),
        "state": status.state,
        "epochs": status.epoch,
        **{k: v for k, v in run.last.items() if k.startswith(("train_", "val_"))},
    }
    told = {"reason": status.reason, "error": status.error, "node": status.node}
    return found | {name: text for name, text in told.items() if text}


def last_epoch(folder: Path) -> dict[str, Any]:
    """Return the last record of a whole epoch with finite losses, looked for from the end.

    An epoch in which a loss was no number ended its run; {} where there is none before it.
    """
    try:
        with (folder / METRICS).open("rb") as file:
            size, portion = file.seek(0, 2), END
            while True:
                file.seek(max(0, size - portion))
                found = _last_epoch_in(file.read(size))
                if found or portion >= size:
                    return found
                portion *= 8
    except OSError:
        return {}


def _last_epoch_in(text: bytes) -> dict[str, Any]:
    for line in reversed(text.split(b"\n")):
        if b'"epoch"' not in line[:18]:
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):  # the first line of a portion, or a torn last one
            continue
        if isinstance(record, dict) and record.get("event") == "epoch":
            found = {name: _finite(value) for name, value in record.items()}
            if not any(name.endswith("loss") and found[name] is None for name in found):
                return found
    return {}


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "It holds no config.json."
    return str(error)
