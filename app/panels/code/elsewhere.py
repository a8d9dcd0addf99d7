"""Takes in what was edited in the files of an export: one file after another, in the editor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.exported import READ, CannotRead, edited_in, note
from app.panels.code.edit_pane import NOT_NOW, EditPane
from app.session.opening import export_folder
from app.session.typed import Unapplied

if TYPE_CHECKING:
    from app.session.session import Session


class Elsewhere(QObject):
    """Offers the edits of a folder to the editor, which marks what is not understood."""

    def __init__(self, session: Session, editing: EditPane, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._editing, self._window = session, editing, parent
        self._folder: Path | None = None
        self._edits: dict[str, tuple[str, str]] = {}
        """What waits for its turn: by file, the text before the edit and after it."""
        self._goes_on = False
        editing.applied.connect(self._taken)
        editing.ended.connect(self._ended)

    def ask(self) -> None:
        """Ask for the folder."""
        if reason := self.why_not():
            self._session.said.emit(reason)
            return
        usual = export_folder(self._session) or Path.home()
        ask = QFileDialog(self._window, "Folder with the edited code", str(usual))
        ask.setFileMode(QFileDialog.FileMode.Directory)
        ask.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ask.fileSelected.connect(lambda chosen: self.take(Path(chosen)))
        ask.open()

    def why_not(self) -> str:
        """Return why nothing can be taken in now; empty where something can."""
        if self._editing.is_open:
            return f"An edit of {self._editing.file} is open: apply or cancel that first."
        is_written = self._session.is_written and self._session.written is not None
        return "" if is_written else NOT_NOW

    def take(self, folder: Path) -> None:
        """Open what was edited in a folder since it was written, or say that nothing was."""
        reason, written = self.why_not(), self._session.written
        if reason or written is None:
            self._session.said.emit(reason)
            return
        now = {name: written.files[name].text for name in READ if name in written.files}
        try:
            found = edited_in(folder, now)
        except CannotRead as refusal:
            self._session.said.emit(f"{refusal}.")
            return
        found = {name: each for name, each in found.items() if name in now}
        if not found:
            self._session.said.emit(f"Nothing was edited in {folder} since it was written or read.")
            return
        self._folder, self._edits = folder, found
        self._offer()

    def _offer(self) -> None:
        name, (before, after) = next(iter(self._edits.items()))
        self._session.typed.offer(Unapplied(name, before, after, str(self._folder)))

    def _taken(self, name: str) -> None:
        if self._folder is not None and name in self._edits:
            note(self._folder, {name: self._edits.pop(name)[1]})
            self._goes_on = True

    def _ended(self) -> None:
        """Go on with the next file; where an edit was given up, so are the others."""
        goes_on, self._goes_on = self._goes_on, False
        if not goes_on:
            self._edits = {}
        elif self._edits:
            self._offer()
