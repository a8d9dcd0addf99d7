"""What the run panel shows where there are no curves, and the banner of a run that failed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.session.run_tracked import TrackedRun

NO_RUN = "No run yet"
HINT = "Press Train (Ctrl+R) to run the files that the code panel shows. Their curves appear here."
LOADING = "The plots are being loaded."


class EmptyPage(QWidget):
    """Says in the middle what is not there, and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.words = QLabel(self), QLabel(self)
        self.heading.setProperty("role", "heading")
        self.words.setProperty("role", "secondary")
        self.words.setWordWrap(True)
        self.words.setMaximumWidth(460)
        self.words.setMinimumWidth(120)
        self.caution = QLabel(self)
        self.caution.setProperty("role", "warning")
        self.caution.setWordWrap(True)
        self.caution.setMaximumWidth(460)
        self.caution.setAccessibleName("Memory to train")
        self.caution.hide()
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(1)
        for label in (self.heading, self.words, self.caution):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 8)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(2)

    def say(self, heading: str, words: str) -> None:
        """Show a heading and a sentence."""
        if (self.heading.text(), self.words.text()) != (heading, words):
            self.heading.setText(heading)
            self.words.setText(words)
            self.setAccessibleName(f"{heading}. {words}")

    def warn(self, words: str, is_error: bool) -> None:
        """Show one more sentence, amber or red; an empty one takes it away."""
        self.caution.setText(words)
        self.caution.setVisible(bool(words))
        role = "error" if is_error else "warning"
        if role != self.caution.property("role"):
            self.caution.setProperty("role", role)
            self.caution.style().unpolish(self.caution)
            self.caution.style().polish(self.caution)


class FaultBanner(QFrame):
    """Why a run ended before its plan did, with the way to the node at fault."""

    show_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "error")
        self.words = QLabel(self)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setProperty("role", "dense")
        self.jump = QPushButton(self)
        self.jump.clicked.connect(self.show_pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        row.addWidget(self.jump)
        self.hide()

    def show_run(self, run: TrackedRun | None) -> None:
        """Show why a run failed; hide for one that did not."""
        words = fault_words(run)
        self.setVisible(bool(words))
        if run is not None and words:
            self.words.setText(words)
            self.setAccessibleName(words)
            self.jump.setVisible(bool(run.status.node))
            self.jump.setText(f"Show {run.status.node}")


def fault_words(run: TrackedRun | None) -> str:
    """Return why a run failed or cannot be read; empty where all is well."""
    if run is None:
        return ""
    if run.status.state in ("failed", "died", "unreadable"):
        return run.status.reason or run.problem or "The run failed; worker.log says more."
    return run.problem
