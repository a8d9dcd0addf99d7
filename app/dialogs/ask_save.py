"""Asks what becomes of unsaved changes, and says why a project was not saved."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.dialogs.question import CANCEL, Question
from app.session.ago import counted
from app.session.saving import Trouble
from graph_editor.canvas.theme import Theme


class AskSave(Question):
    """Save, discard or go back, before a window closes; ``answer`` is one of these words."""

    def __init__(
        self, title: str, edits: int, look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        changes = counted(edits, "change") if edits > 0 else ""
        heading = f"Save {title} before closing?"
        verb = "is" if edits == 1 else "are"
        words = f"{changes or 'Its changes'} {verb} in no file yet. What is discarded is gone."
        super().__init__(heading, words, look, parent, ("save", "text2"))
        self.discard = self.add_left(f"Discard {changes or 'changes'}")
        self.discard.clicked.connect(lambda: self.give("discard"))
        self.cancel = self.add_answer(CANCEL, "Cancel")
        self.save = self.add_answer("save", "Save", "primary")
        self.fit_words()


class TroubleDialog(Question):
    """Says why nothing was saved; the project can be saved under another name."""

    def __init__(
        self, trouble: Trouble, look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(trouble.heading, trouble.words, look, parent, ("warning", "error"))
        self.cancel = self.add_answer(CANCEL, "Cancel")
        self.save_as = self.add_answer("save_as", "Save as…", "primary")
        self.fit_words()
