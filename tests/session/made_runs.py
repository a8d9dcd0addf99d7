"""Run folders made up for tests: no process trains, this one stands in for the worker."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from app.training import folder as run_folder
from app.training.process import machine, start_of
from app.training.status import RunStatus, write_status
from codegen.written import SourceText, Written
from graph_editor.document.files import dumps
from graph_editor.document.model import FrozenMap, Project

README = "# A net\n\n- 1,234 parameters\n"
NO_PROCESS = 2**22 + 1
"""No system here gives a process such a number."""


class MadeRun:
    """A run folder and the worker's pen: steps, epochs and states are written when a test says."""

    def __init__(
        self, project_file: Path, project: Project | None = None, **settings: run_folder.Setting
    ) -> None:
        files = FrozenMap(
            {"train.py": SourceText("raise SystemExit\n"), "README.md": SourceText(README)}
        )
        text = dumps(project if project is not None else Project())
        written = Written(files, FrozenMap())
        self.folder = run_folder.create(written, text, settings, project_file=project_file)
        self.step = self.epoch = 0
        self.batches, self.epochs = 5, 4
        self.start = time.time() - 100

    def say(self, state: str, *, alive: bool = True, **fields: Any) -> None:
        """Write the status, as this process or as one that is gone."""
        pid = os.getpid() if alive else NO_PROCESS
        began = start_of(os.getpid()) or 0.0
        place = {"epoch": self.epoch, "epochs": self.epochs, "step": self.step}
        status = RunStatus(
            state,
            pid,
            began,
            machine(),
            time.time(),
            **{**place, "batches": self.batches, **fields},
        )
        write_status(self.folder, status)

    def steps(self, count: int = 5, loss: float = 1.0) -> None:
        """Append steps, a tenth of a second apart."""
        lines = []
        for _ in range(count):
            self.step += 1
            lines.append({**self._place("step"), "train_loss": loss / self.step})
        self._append(lines)

    def whole_epoch(self, **numbers: float) -> None:
        """Append an epoch: its steps and its line."""
        self.steps(self.batches)
        self.epoch += 1
        usual = {"lr": 0.01, "train_loss": 0.5, "val_loss": 0.4, "val_accuracy": 0.9}
        self._append([{**self._place("epoch"), "epoch": self.epoch, **usual, **numbers}])

    def _place(self, event: str) -> dict[str, Any]:
        moment = round(self.start + 0.1 * self.step, 3)
        return {"event": event, "step": self.step, "epoch": self.epoch + 1, "time": moment}

    def _append(self, lines: list[dict[str, Any]]) -> None:
        with (self.folder / run_folder.METRICS).open("a") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)


def finished(project_file: Path, epochs: int = 3, **settings: run_folder.Setting) -> MadeRun:
    """Return a run that has ended well."""
    run = MadeRun(project_file, **settings)
    for k in range(epochs):
        run.whole_epoch(val_loss=0.4 / (k + 1), val_accuracy=0.9 + 0.02 * k)
    run.epochs = epochs
    run.say("finished", alive=False)
    return run
