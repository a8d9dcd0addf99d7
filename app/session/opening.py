"""Opens the code of a session in the user's editor, in a thread, and says what came of it."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.session.editor import (
    COPIES,
    SETTING,
    CannotOpen,
    Opened,
    command_words,
    ready_file,
    start,
)
from app.session.places import folder as state_folder
from app.session.posting import deliver
from app.session.session import Session

EDITOR = "editor"
"""The setting with the command."""
EXPORTS = "export_folder"
"""What the export remembers: the folder in which its own folder is."""


class Opening(QObject):
    """Opens files of the present code; the answers are sentences."""

    failed = Signal(str)
    """Why nothing was opened."""
    _ready = Signal(object, str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.open_url: Callable[[QUrl], bool] = lambda url: QDesktopServices.openUrl(url)
        """What the system opens files with."""
        self._ready.connect(self._opened)
        self.failed.connect(session.said)

    def open(self, name: str, line: int) -> None:
        """Open a file of the present code at a line (from 1)."""
        written = self._session.written
        if written is None or name not in written.files:
            self.failed.emit("There is no code to open yet.")
            return
        texts = {each: source.text for each, source in written.files.items()}
        command = str(self._session.settings[EDITOR]).strip()
        export, home = export_folder(self._session), self._copy_folder()

        def work() -> None:
            try:
                ready = ready_file(texts, name, export, home)
                words = command_words(command, ready.file, line) if command else []
                process = start(words, ready.file.parent) if words else None
            except CannotOpen as reason:
                deliver(self.failed, str(reason))
                return
            deliver(self._ready, ready, command)
            if process is not None:
                process.wait()  # nobody else would take note of its end

        threading.Thread(target=work, name="editor", daemon=True).start()

    def _opened(self, ready: Opened, command: str) -> None:
        if not command and not self.open_url(QUrl.fromLocalFile(str(_for_system(ready.file)))):
            self.failed.emit(f"The system has nothing to open {ready.file.name} with. {SETTING}")
            return
        words = f"Opened {ready.file}."
        if ready.is_copy:
            words = (
                f"Opened a copy of {ready.file.name} for reading only; Export"
                f"{self._session.keys.said(' (Ctrl+E)')} writes files of your own."
            )
        self._session.said.emit(words)

    def _copy_folder(self) -> Path:
        """Return the folder for copies of this project: always the same, so that editors follow."""
        path = self._session.path
        key = str(path) if path is not None else f"untitled {os.getpid()} {id(self._session)}"
        name = path.stem if path is not None else "untitled"
        return state_folder(COPIES) / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def export_folder(session: Session) -> Path | None:
    """Return where an export of a project went last, or would have gone."""
    kept, path = session.settings.memory(EXPORTS), session.path
    name = f"{path.stem if path is not None else 'netwright'}_export"
    return Path(kept) / name if isinstance(kept, str) and kept else None


def _for_system(file: Path) -> Path:
    """Return what the system is asked to open: where it may run a .py file, the folder."""
    return file if sys.platform.startswith("linux") else file.parent
