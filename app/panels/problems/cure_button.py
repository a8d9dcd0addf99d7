"""The button that applies all safe fixes, and shows what they would do while it is pointed at."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.panels.pointed_at import Pointing
from app.session.cure_words import cure_words
from app.session.session import Session
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.document.model import Project

APPLY, APPLY_SHORT, STOP = "Apply all safe fixes", "All safe fixes", "Stop"
TRYING = "Trying the fixes on a copy, to show what they would change…"
WHAT = (
    "Apply the first safe fix of every error and warning as one step; each is checked before "
    "the next (Alt+Shift+Return)"
)


class CureButton(QPushButton):
    """Follows the session's verdict; while fixes are tried, it stops that."""

    refreshed = Signal()
    """What it says, or what there is to say of it, may be another."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(APPLY, parent)
        self._session = session
        self._short = False
        self._asked: Project | None = None
        """What was asked about last: no answer may come, and once is enough."""
        self.setProperty("role", "flat")
        self.setAutoDefault(True)  # Enter presses it, as Space does
        self.clicked.connect(self._press)
        self._pointing = Pointing(self, self._foresee, self._leave)
        session.curing.changed.connect(self.refresh)
        session.foreseeing.changed.connect(self.refresh)
        session.keys.changed.connect(self.refresh)
        self.refresh()

    def shorten(self, short: bool) -> None:
        """Say it in fewer words, or not."""
        if short is not self._short:
            self._short = short
            self.refresh()

    def refresh(self) -> None:
        """Show what can be done now."""
        self._foresee_again()
        running, look = self._session.curing.is_running, self._session.theme
        reason = "" if running else self._session.why_not_cure()
        words = STOP if running else APPLY_SHORT if self._short else APPLY
        self.setText(f" {words}")  # the style puts the glyph right before it
        self.setAccessibleName(STOP if running else APPLY)
        self.setIcon(glyph_icon("stop" if running else "wrench", look["text2"]))
        self.setEnabled(not reason)
        self.setToolTip("Apply nothing" if running else reason or self._session.keys.said(WHAT))
        self.refreshed.emit()

    def words(self) -> str:
        """Return what is being tried, or would be applied while it is pointed at; or nothing."""
        session = self._session
        if session.curing.is_running:
            count = session.curing.count
            found = "1 fix was" if count == 1 else f"{count or 'No'} fixes were"
            return f"Trying one fix after another… {found} found safe so far."
        if not self._pointing.is_on or session.seeking.is_on or session.why_not_cure():
            return ""
        if session.foreseeing.is_running:
            return TRYING
        known = session.foreseeing.answer(session.project)
        if known is None:
            return ""
        return cure_words(session.project, known["steps"], known["left"], "Would apply")

    def _foresee(self) -> None:
        """Have it shown what would be changed, where that can be said now."""
        if self._session.foresee():
            self._asked = self._session.project
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
