"""The row over the list of problems: one button cures what is safe, or words say why it cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.panels.problems.cure_button import APPLY, STOP, TRYING, CureButton
from app.panels.running.elided import Elided
from app.session.no_code import problems_now
from app.session.seeking import STILL
from app.session.session import Session

__all__ = ["APPLY", "STOP", "TRYING", "CureBar"]


class CureBar(QFrame):
    """How many problems have a fix, and the button that applies those that are safe."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setProperty("role", "panel")
        self.setAccessibleName("All fixes")
        self.words = Elided(self)
        self.words.setProperty("role", "secondary")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = CureButton(session, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.button.refreshed.connect(self._say)
        self._say()

    def refresh(self) -> None:
        """Show what can be done now, or what it would do while somebody points at it."""
        self.button.refresh()

    def _say(self) -> None:
        session = self._session
        running = session.curing.is_running
        reason = "" if running else session.why_not_cure()
        self.words.say(reason or self.button.words() or self._ready())

    def _ready(self) -> str:
        session = self._session
        if session.seeking.is_on:
            return STILL
        problems = [p for p in problems_now(session) if p.severity != "info"]
        fixable = sum(bool(p.fixes) for p in problems)
        if fixable < len(problems):
            return f"{fixable} of {len(problems)} problems can be fixed."
        return (
            "The problem can be fixed." if fixable == 1 else f"All {fixable} problems can be fixed."
        )
