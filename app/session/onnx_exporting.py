"""Exports the model of a drawing as ONNX in a process of its own, and tells how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.engine.client import Engine, EngineError
from app.engine.protocol import Message
from app.session.posting import deliver
from app.session.run_list import folders_in
from app.training.folder import WEIGHTS
from graph_editor.document.files import dumps
from graph_editor.document.model import Project

PATIENCE = 900.0
"""Seconds that an export may take."""


class OnnxExport(QObject):
    """One export at a time; it can be called off at any moment, and then leaves no file."""

    progressed = Signal(float, str)
    ended = Signal(object)
    """What was written, as the job says it; or ``reason``, and ``node`` where it is known."""

    def __init__(
        self,
        parent: QObject | None = None,
        make: Callable[[], Engine] = lambda: Engine("job", timeout=PATIENCE),
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._engine: Engine | None = None

    @property
    def is_running(self) -> bool:
        """Whether an export goes on."""
        return self._engine is not None

    def start(self, project: Project, path: Path, weights: Path | None) -> None:
        """Begin to write the model into a file; weights are a file or the folder of a run."""
        engine = self._engine = self._make()
        question = {
            "type": "job",
            "job": "onnx",
            "project": dumps(project),
            "path": str(path),
            "weights": str(weights) if weights is not None else None,
        }
        words = (engine, question)
        threading.Thread(target=self._run, args=words, name="onnx", daemon=True).start()

    def cancel(self) -> None:
        """End the export at once, if one goes on; nothing more is told of it."""
        engine, self._engine = self._engine, None
        if engine is not None:
            threading.Thread(target=engine.close, name="onnx end", daemon=False).start()

    def _run(self, engine: Engine, question: Mapping[str, Any]) -> None:
        def also(message: Message) -> None:
            if engine is self._engine and message.get("text"):
                fraction, text = float(message.get("fraction", 0.0)), str(message["text"])
                deliver(self.progressed, fraction, text)

        found: object
        try:
            found = engine.send(question, also).result(PATIENCE)["result"]
        except EngineError as error:
            found = {"reason": str(error), "node": ""}
        except TimeoutError:
            found = {"reason": "The export took too long, and was ended.", "node": ""}
        if engine is self._engine:
            self._engine = None
            deliver(self.ended, found)
            engine.close()


def runs_with_weights(project: Path | None) -> list[Path]:
    """Return the folders of runs beside a project's file that hold weights, the newest first."""
    if project is None:
        return []
    found = [run for run in folders_in(project.parent / "runs") if (run / WEIGHTS).is_file()]
    return sorted(found, key=lambda run: run.name, reverse=True)
