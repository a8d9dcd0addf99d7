"""Text that was typed into the code and not applied: kept in the journal until it is either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

NOTE = "typed"
FIELDS = ("file", "before", "after")


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An edit of one file."""

    file: str
    before: str
    """The text that it began with."""
    after: str
    folder: str = ""
    """Where the file was edited, if that was not in the window."""

    @property
    def words(self) -> str:
        """Return what it is, for a list of lost work."""
        return f"an edit of {self.file} that is not applied"


def unapplied_in(notes: Mapping[str, object]) -> Unapplied | None:
    """Return the edit that the notes of a journal hold; they come from outside."""
    said = notes.get(NOTE)
    if not isinstance(said, Mapping):
        return None
    parts = [said.get(name) for name in FIELDS]
    if not all(isinstance(part, str) for part in parts):
        return None
    return Unapplied(*map(str, parts))


class Typed(QObject):
    """What is typed in one session and not applied. The keeper records it, the editor shows it."""

    changed = Signal()
    """It is another text now."""
    offered = Signal()
    """It was found in what an earlier window left, and waits for the editor."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text: Unapplied | None = None
        self.waits = False

    def keep(self, text: Unapplied | None) -> None:
        """Take it that this is typed, or nothing."""
        if text != self.text:
            self.text, self.waits = text, False
            self.changed.emit()

    def offer(self, text: Unapplied | None) -> None:
        """Have the editor go on with a text from an earlier window."""
        if text is not None:
            self.text, self.waits = text, True
            self.offered.emit()

    def notes(self) -> dict[str, object]:
        """Return what a journal notes of it."""
        if self.text is None:
            return {}
        return {NOTE: {name: getattr(self.text, name) for name in FIELDS}}
