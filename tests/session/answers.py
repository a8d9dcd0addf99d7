"""Answers to what a keeper asks, and what was asked: a test in place of the dialogs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.session.saving import Conflict, Trouble


@dataclass
class Answers:
    """Each list is used up from the front; an empty one goes back, as Escape does."""

    closing: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    places: list[Path | None] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def save_changes(self, parent: object, title: str, edits: int) -> Any:
        self.asked.append(("closing", (title, edits)))
        return self.closing.pop(0) if self.closing else "cancel"

    def conflict(self, parent: object, conflict: Conflict) -> Any:
        self.asked.append(("conflict", conflict))
        return self.conflicts.pop(0) if self.conflicts else "cancel"

    def trouble(self, parent: object, trouble: Trouble) -> Any:
        self.asked.append(("trouble", trouble))
        return self.troubles.pop(0) if self.troubles else "cancel"

    def where(self, parent: object, suggested: Path) -> Path | None:
        self.asked.append(("where", suggested))
        return self.places.pop(0) if self.places else None

    @property
    def kinds(self) -> list[str]:
        """What was asked, in order."""
        return [kind for kind, _ in self.asked]
