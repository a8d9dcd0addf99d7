"""The row over the list of problems: one button cures what is safe, or words say why it cannot."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.panels.pointed_at import Pointing
from app.panels.running.elided import Elided
from app.session.cure_words import cure_words
from app.session.seeking import STILL
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.document.model import Project

APPLY, STOP = "Apply all safe fixes", "Stop"
TRYING = "Trying the fixes on a copy, to show what they would change…"
WHAT = (
    "Apply the first safe fix of every error and warning as one step; each is checked before "
    "the next (Alt+Shift+Enter)"
)


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
        self.button = QPushButton(APPLY, self)
        self.button.setProperty("role", "flat")
        self.button.setAutoDefault(True)  # Enter presses it, as Space does
        self.button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 2, 8, 2)
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self._pointing = Pointing(self.button, self._foresee, self._leave)
        self._asked: Project | None = None
        """What was asked about last: no answer may come, and once is enough."""
        session.curing.changed.connect(self.refresh)
        session.foreseeing.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now, or what it would do while somebody points at it."""
        self._foresee_again()
        curing, look = self._session.curing, self._session.theme
        running = curing.is_running
        reason = "" if running else self._session.why_not_cure()
        self.words.say(self._count() if running else reason or self._ready())
        self.button.setText(STOP if running else APPLY)
        self.button.setAccessibleName(STOP if running else APPLY)
        self.button.setIcon(glyph_icon("stop" if running else "wrench", look["text2"]))
        self.button.setEnabled(not reason)
        self.button.setToolTip("Apply nothing" if running else reason or WHAT)

    def _count(self) -> str:
        count = self._session.curing.count
        found = "1 fix was" if count == 1 else f"{count or 'No'} fixes were"
        return f"Trying one fix after another… {found} found safe so far."

    def _ready(self) -> str:
        session = self._session
        if session.seeking.is_on:
            return STILL
        if self._pointing.is_on:
            if session.foreseeing.is_running:
                return TRYING
            known = session.foreseeing.answer(session.project)
            if known is not None:
                return cure_words(session.project, known["steps"], known["left"], "Would apply")
        problems = [p for p in self._session.problems() if p.severity != "info"]
        fixable = sum(bool(p.fixes) for p in problems)
        if fixable < len(problems):
            return f"{fixable} of {len(problems)} problems can be fixed."
        return (
            "The problem can be fixed." if fixable == 1 else f"All {fixable} problems can be fixed."
        )

    def _foresee(self) -> None:
        """Have it shown what would be changed, where that can be said now."""
        session = self._session
        is_busy = session.curing.is_running or session.seeking.is_on
        if not is_busy and not session.why_not_cure():
            self._asked = session.project
            session.foreseeing.begin(session.project)
            self.refresh()

    def _leave(self) -> None:
        self._session.foreseeing.end()
        self.refresh()

    def _foresee_again(self) -> None:
        """Go on where the drawing has been judged anew under the pointer."""
        if self._pointing.is_on and self._asked is not self._session.project:
            self._foresee()

    def _press(self) -> None:
        if self._session.curing.is_running:
            self._session.curing.stop()
            self._session.said.emit("No fix was applied: it was stopped.")
        else:
            self._session.cure()
