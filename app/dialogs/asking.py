"""What keeping a project has to ask of the user, asked in dialogs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

from PySide6.QtWidgets import QFileDialog, QWidget

from app.dialogs.ask_save import AskSave, TroubleDialog
from app.dialogs.conflict_dialog import ConflictDialog
from app.dialogs.question import Question
from app.session.saving import SUFFIX, Conflict, Trouble
from graph_editor.canvas.theme import Theme, theme

FILTER = f"Netwright projects (*{SUFFIX})"


class Dialogs:
    """Answers ``saving.Asks`` by modal dialogs."""

    def __init__(self, look: Callable[[], Theme] | None = None) -> None:
        """Look says in which theme to show them: ``lambda: session.theme``."""
        self._look = look or (lambda: theme("dark"))

    def save_changes(
        self, parent: QWidget | None, title: str, edits: int
    ) -> Literal["save", "discard", "cancel"]:
        """Ask what becomes of changes when their window is closed."""
        answer = _asked(AskSave(title, edits, self._look(), parent))
        return cast('Literal["save", "discard", "cancel"]', answer)

    def conflict(
        self, parent: QWidget | None, conflict: Conflict
    ) -> Literal["save_as", "overwrite", "cancel"]:
        """Ask what to do where a save would replace what somebody else wrote."""
        answer = _asked(ConflictDialog(conflict, self._look(), parent))
        return cast('Literal["save_as", "overwrite", "cancel"]', answer)

    def trouble(self, parent: QWidget | None, trouble: Trouble) -> Literal["save_as", "cancel"]:
        """Say that nothing was saved, and offer another place."""
        answer = _asked(TroubleDialog(trouble, self._look(), parent))
        return cast('Literal["save_as", "cancel"]', answer)

    def where(self, parent: QWidget | None, suggested: Path) -> Path | None:
        """Ask for a file to save to; one that exists is asked about by the file dialog."""
        return asked_path(parent, "Save project as", suggested, saving=True)


def asked_path(
    parent: QWidget | None, title: str, suggested: Path, *, saving: bool = False
) -> Path | None:
    """Ask for a project file to open, or to save to; return None where the user goes back."""
    dialog = QFileDialog(parent, title, str(suggested.parent), FILTER)
    mode = QFileDialog.AcceptMode.AcceptSave if saving else QFileDialog.AcceptMode.AcceptOpen
    dialog.setAcceptMode(mode)
    kinds = QFileDialog.FileMode
    dialog.setFileMode(kinds.AnyFile if saving else kinds.ExistingFile)
    dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
    if saving:
        dialog.selectFile(suggested.name)
    try:
        accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
        chosen = dialog.selectedFiles() if accepted else []
    finally:
        dialog.deleteLater()
    return Path(chosen[0]) if chosen else None


def _asked(question: Question) -> str:
    try:
        question.exec()
        return question.answer
    finally:
        question.deleteLater()
