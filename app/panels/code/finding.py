"""Finding in the text of the code panel that is in sight."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt

from app.panels.code.find_bar import FindBar
from app.panels.code.page import CodePage


class Finding(QObject):
    """Leads what is typed into the find bar to a text."""

    def __init__(self, bar: FindBar, page: Callable[[], CodePage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._page = bar, page
        bar.wanted.connect(self.find)
        bar.step_asked.connect(self._step)

    def open(self) -> None:
        """Show the bar with what is selected."""
        page = self._page()
        if page is not None:
            words = page.textCursor().selectedText()
            self._bar.open(words if "\u2029" not in words else "")

    def find(self, words: str) -> None:
        """Mark all places, and go to the first one from the cursor on."""
        page = self._page()
        if page is not None:
            count = page.find_matches(words)
            self._bar.say(page.show_match(0), count)

    def again(self) -> None:
        """Find the same in another text."""
        if self._bar.isVisible():
            self.find(self._bar.field.text())

    def _step(self, step: int) -> None:
        page = self._page()
        if page is not None:
            count = page.find_matches(self._bar.field.text())
            self._bar.say(page.show_match(step), count)

    def end(self) -> None:
        """Hide the bar, and go back to the text."""
        self._bar.hide()
        page = self._page()
        if page is not None:
            page.find_matches("")
            page.setFocus(Qt.FocusReason.OtherFocusReason)
