"""Asks before a newer version of a block replaces what was changed in it by hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.dialogs.dialog import label
from app.dialogs.question import CANCEL, Question, breakable
from app.session.ago import counted
from app.session.block_library import News
from app.session.differences import NONE, Difference
from graph_editor.canvas.theme import Theme

SHOWN = 5
"""Changes that are named; the others are counted."""


class UpdateDialog(Question):
    """``answer`` is update, keep or cancel; what was answered is handed to ``act``."""

    def __init__(
        self,
        news: News,
        act: Callable[[str], object],
        undo_key: str = "",
        look: Theme | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_heading(news), _words(news, undo_key), look, parent)
        rows = news.own or ()
        lines = [_line(row, news.name) for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            lines.append(f"and {counted(len(rows) - SHOWN, 'more change')}")
        if lines:
            text = "\n".join(f"·  {each}" for each in lines)
            self.column.addWidget(label(breakable(text), "secondary", wraps=True))
        self.column.addStretch(1)
        self.cancel = self.add_answer(CANCEL, "Cancel")
        self.update_it = self.add_answer("update", f"Take version {news.there}")
        self.keep = self.add_answer("keep", "Keep mine", "primary")
        self.keep.setToolTip(
            f"The block stays as it is here; version {news.there} is not offered again."
        )
        self.finished.connect(lambda: act(self.answer))
        self.fit_words()


def _heading(news: News) -> str:
    if news.own is None:
        return f"Was {news.name} changed here?"
    return f"{news.name} has {news.changes}"


def _words(news: News, undo_key: str) -> str:
    undo = f"undo ({undo_key})" if undo_key else "undo"
    if news.own is None:
        return (
            f"Version {news.here}, from which it came, is not kept, so nobody can tell. Version"
            f" {news.there} of the library replaces all that is in the block; {undo} brings it"
            " back. Keep mine leaves the block as it is."
        )
    number = len(news.own)
    what = "the change" if number == 1 else f"all {number:,} changes"
    it = "it" if number == 1 else "them"
    return (
        f"Version {news.there} of the library replaces {what} made in this project since version"
        f" {news.here}; {undo} brings {it} back. Keep mine leaves the block as it is."
    )


def _line(row: Difference, name: str) -> str:
    """Return a change in one line: ``Conv2d conv1: out_channels, 64 → 32``."""
    where = "" if row.graph == f"Block {name}" else f"{row.graph}: "
    if row.what == "node":
        return f"{where}{row.thing} is {'gone' if row.here == NONE else 'new'}"
    what = f": {row.what}" if row.what else ""
    change = "" if row.disk == row.here else f", {row.disk} → {row.here}"
    return f"{where}{row.thing}{what}{change}"
