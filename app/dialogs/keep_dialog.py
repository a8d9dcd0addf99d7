"""Asks before a block is kept where another block, or a version it never had, is kept already."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.dialogs.question import CANCEL, Question
from app.session.block_keeping import Rival
from graph_editor.canvas.theme import Theme


class KeepDialog(Question):
    """``answer`` is new, version or cancel; what was answered is handed to ``act``."""

    def __init__(
        self,
        rival: Rival,
        act: Callable[[str], object],
        look: Theme | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_heading(rival), _words(rival), look, parent)
        self.column.addStretch(1)
        self.cancel = self.add_answer(CANCEL, "Cancel")
        self.version = self.add_answer("version", f"Keep as version {rival.next}")
        self.version.setToolTip(f"Version {rival.mark.version} stays in the block library.")
        self.new = self.add_answer("new", "Keep as new block", "primary")
        self.new.setToolTip(f"It is called {rival.free}.")
        self.finished.connect(lambda: act(self.answer))
        self.fit_words()


def _heading(rival: Rival) -> str:
    if rival.here:
        return f"Your blocks have another version of {rival.name}"
    return f"Another of your blocks is called {rival.name}"


def _words(rival: Rival) -> str:
    there, made = rival.mark.version, rival.next
    if rival.here:
        what = (
            f"They have version {there}; the one in this project came from version {rival.here},"
            " so it may lack what was changed elsewhere."
        )
    else:
        what = "It says something else than this one, and this one did not come from it."
    return (
        f"{what} As a new block this one is called {rival.free}. As version {made} it takes the"
        f" other's place; version {there} stays, and the block library can bring it back."
    )
