"""Begins a run in a thread: writes its folder and starts its process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from errno import EACCES
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.session.posting import deliver
from app.session.run_tracked import TrackedRun, read_tracked
from app.training.folder import Setting, create
from app.training.launch import Standby, start
from app.training.status import read_status, write_status
from app.trust import is_trusted
from codegen.written import Written
from graph_editor.document.files import dumps
from graph_editor.document.model import Project


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be trained, where its folder goes, and with what."""

    project: Project
    written: Written
    settings: Mapping[str, Setting]
    project_file: Path
    """The project's file; of an unsaved one the place that it would have."""
    runs: Path
    standby: Standby | None = None


class Beginning(QObject):
    """Carries orders out, one at a time; the answer is a signal."""

    begun = Signal(object)
    """The TrackedRun, whose process has been started."""
    refused = Signal(str)
    """Why nothing was started, in words."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False

    def begin(self, order: Order) -> None:
        """Begin a run."""
        threading.Thread(target=self._begin, args=(order,), name="run start", daemon=False).start()

    def close(self) -> None:
        """Emit nothing any more; a run that is being started is started."""
        self._closed = True

    def _begin(self, order: Order) -> None:
        try:
            run = begin(order)
        except Exception as fault:  # a fault of ours must not leave the window waiting
            self._emit_refused(words_of(fault, order.runs))
        else:
            if not self._closed:
                deliver(self.begun, run)

    def _emit_refused(self, words: str) -> None:
        if not self._closed:
            deliver(self.refused, words)


def begin(order: Order) -> TrackedRun:
    """Write a run folder, start its process, and return the run. Raises OSError.

    Raises PermissionError, which is one, for custom code that the user has not trusted.
    """
    if not is_trusted(order.project):
        raise PermissionError(EACCES, "its custom code is not trusted")
    folder = create(
        order.written,
        dumps(order.project),
        order.settings,
        project_file=order.project_file,
        runs=order.runs,
    )
    try:
        start(folder, order.standby)
    except OSError as fault:
        reason = f"The training process could not be started: {fault}."
        with contextlib.suppress(OSError):
            write_status(folder, replace(read_status(folder), state="failed", reason=reason))
    return read_tracked(folder)


def words_of(fault: Exception, runs: Path) -> str:
    """Say why a run was not begun."""
    if isinstance(fault, PermissionError) and fault.filename is None:
        return f"The run was not begun: {fault.strerror}."
    if isinstance(fault, OSError):
        return f"The run's folder cannot be written in {runs}: {fault.strerror or fault}."
    return f"The run could not be started ({type(fault).__name__}: {fault})."
