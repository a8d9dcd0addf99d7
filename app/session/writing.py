"""Writes the code of the drawing in a thread, the newest drawing first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance

from app.session.posting import deliver

if TYPE_CHECKING:
    from graph_editor.checking.verdict import Verdict
    from graph_editor.document.model import Project


class Writing(QObject):
    """Turns a judged project into files; the answer is a signal."""

    written = Signal(object, object)
    """The Project and its Written."""
    refused = Signal(object, object)
    """The Project and why it has no code: a CannotWrite."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[Project, Verdict] | None = None
        self._wake = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._write_all, name="writing", daemon=True)

    def ask(self, project: Project, verdict: Verdict) -> None:
        """Have a project written; the verdict is on this very project."""
        with self._wake:
            self._wanted = (project, verdict)
            self._wake.notify()
        if not self._thread.is_alive() and not self._ended:
            self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is emitted any more."""
        with self._wake:
            self._ended = True
            self._wake.notify()

    def _write_all(self) -> None:
        # Code generation is imported here, in the thread: the window paints long before.
        from codegen.model_memo import ModelWriter
        from codegen.project import generate
        from codegen.written import CannotWrite
        from graph_editor.catalogue.scope import specs_of

        writer = ModelWriter()
        while True:
            with self._wake:
                while self._wanted is None and not self._ended:
                    self._wake.wait()
                if self._ended or self._wanted is None:
                    return
                (project, verdict), self._wanted = self._wanted, None
            try:
                made = generate(project, specs_of(project), verdict, writer)
            except CannotWrite as refusal:
                self._emit(self.refused, project, refusal)
            except Exception as fault:  # a fault of ours must not end the thread
                writer = ModelWriter()
                text = f"the code could not be written ({type(fault).__name__}: {fault})"
                self._emit(self.refused, project, CannotWrite(".", text, "Please report it."))
            else:
                self._emit(self.written, project, made)

    def _emit(self, signal: SignalInstance, *values: object) -> None:
        if not self._ended:
            deliver(signal, *values)
