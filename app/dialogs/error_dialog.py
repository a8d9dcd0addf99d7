"""Shown when something failed that should not have: what, where the work is, and a report."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from app.dialogs.dialog import Dialog, Scroll, breakable, button, label
from app.dialogs.error_report import report_of

TITLE = "Something went wrong"
NOTHING_UNSAVED = "Nothing was unsaved, so nothing is lost."
NOT_SAVED = (
    "The work could not be saved aside. Save the project now, under a new name, before you go on."
)
LAST_STEP = "What you did last may not have been done."
IN_THREAD = "A task in the background failed. It changed nothing in your drawing."


class ErrorDialog(Dialog):
    """Needs no session and no theme, so that it works when these are what is broken.

    ``exec()`` returns ``CONTINUE`` or ``CLOSE_WINDOW``; Esc continues.
    """

    CONTINUE, CLOSE_WINDOW = 0, 2

    def __init__(
        self,
        error: BaseException,
        saved: Path | str = NOTHING_UNSAVED,
        log: Iterable[str] = (),
        parent: QWidget | None = None,
        in_thread: bool = False,
    ) -> None:
        """Take as ``saved`` where the work is, ``NOTHING_UNSAVED`` or ``NOT_SAVED``."""
        super().__init__(TITLE, IN_THREAD if in_thread else LAST_STEP, parent)
        self.report = report_of(error, log)
        scroll = Scroll()
        scroll.column.setSpacing(10)
        scroll.column.addWidget(_card(self.report.summary, "error"))
        scroll.column.addLayout(self._whereabouts(saved))
        scroll.column.addWidget(label("Report", "section"))
        self.text = QPlainTextEdit(self.report.text, self)
        self.text.setReadOnly(True)
        self.text.setProperty("role", "mono")
        self.text.setAccessibleName("Report of the error")
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMinimumHeight(110)
        scroll.column.addWidget(self.text, 1)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.copy_button = button("Copy report", "", self)
        self.copy_button.clicked.connect(self._copy)
        left = QWidget(self)
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        self.set_foot_left(left)
        self.close_button = self.add_button("Close window")
        self.close_button.clicked.connect(lambda: self.done(self.CLOSE_WINDOW))
        self.continue_button = self.add_button("Continue", "primary")
        self.continue_button.clicked.connect(lambda: self.done(self.CONTINUE))
        self.fit(640, 460)
        self.continue_button.setFocus()

    def _whereabouts(self, saved: Path | str) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(4)
        if isinstance(saved, str):
            warns = saved == NOT_SAVED
            column.addWidget(_card(saved, "warning") if warns else label(saved))
            return column
        column.addWidget(label("Your work as it is now was saved aside:"))
        place = QLineEdit(str(saved), self)
        place.setReadOnly(True)
        place.setProperty("role", "mono")
        place.setAccessibleName("Where the work was saved aside")
        place.setCursorPosition(0)
        column.addWidget(place)
        return column

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.text)
        self.copy_button.setText("Copied")


def _card(text: str, role: str) -> QFrame:
    card = QFrame()
    card.setProperty("role", role)
    row = QHBoxLayout(card)
    row.setContentsMargins(10, 8, 10, 8)
    words = label(breakable(text), wraps=True)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    row.addWidget(words)
    return card
