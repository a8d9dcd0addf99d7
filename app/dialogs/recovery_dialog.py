"""Offers the work of windows that ended without saving. Nothing is dropped by being offered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.dialogs.dialog import Dialog, Scroll, label
from app.dialogs.question import breakable
from app.session.ago import counted
from app.session.recovery import Lost
from graph_editor.canvas.theme import Theme, theme

RECOVER, LATER, DISCARD = "recover", "later", "discard"
CHOICES = ((RECOVER, "Recover"), (LATER, "Decide later"), (DISCARD, "Discard"))
WIDTH, HEIGHT, PER_CARD = 600, 150, 96


class RecoveryDialog(Dialog):
    """``chosen(RECOVER)`` and ``chosen(DISCARD)`` say what to do once it was accepted."""

    def __init__(
        self, lost: Sequence[Lost], look: Theme | None = None, parent: QWidget | None = None
    ) -> None:
        title = f"Unsaved work on {counted(len(lost), 'project')} was found"
        about = (
            "Netwright ended before it was saved. What is recovered opens as unsaved, and is"
            " offered again until you save or discard it."
        )
        super().__init__(title, about, parent)
        self.look = look or theme("dark")
        self.cards = [Card(each, self) for each in lost]
        scroll = Scroll(12)
        for card in self.cards:
            scroll.column.addWidget(card)
            card.group.buttonToggled.connect(self._say_what_happens)
        scroll.column.addStretch(1)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll)
        self.later = self.add_button("Decide later")
        self.later.setToolTip("Nothing is opened or dropped; you are asked at the next start")
        self.later.clicked.connect(self.reject)
        self.go = self.add_button("", "primary")
        self.go.clicked.connect(self.accept)
        self._say_what_happens()
        self.fit(WIDTH, HEIGHT + PER_CARD * min(3, len(lost)))
        self.go.setFocus()

    def chosen(self, choice: str) -> list[Lost]:
        """Return the work with a choice; until the dialog is accepted all is decided later."""
        if self.result() != self.DialogCode.Accepted:
            return [card.lost for card in self.cards] if choice == LATER else []
        return [card.lost for card in self.cards if card.choice == choice]

    def _say_what_happens(self) -> None:
        counts = {choice: 0 for choice, _ in CHOICES}
        for card in self.cards:
            counts[card.choice] += 1
        recovered, discarded = counts[RECOVER], counts[DISCARD]
        parts = []
        if recovered:
            parts.append(f"Recover {recovered}")
        if discarded:
            parts.append(f"{'discard' if parts else 'Discard'} {discarded}")
        if len(parts) == 1:
            parts[0] += " project" if recovered + discarded == 1 else " projects"
        self.go.setText(" and ".join(parts) or "Decide later")
        self.later.setVisible(bool(parts))


class Card(QFrame):
    """One project, and what is to become of its unsaved work."""

    def __init__(self, lost: Lost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lost = lost
        self.setProperty("role", "card")
        self.setAccessibleName(f"{lost.title}: {lost.words}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 8)
        column.setSpacing(2)
        column.addWidget(label(breakable(lost.title), "heading", wraps=True))
        column.addWidget(label(breakable(self._about()), "secondary", wraps=True))
        if lost.problem:
            column.addWidget(
                label(f"Nothing of it can be read: {lost.problem}.", "error", wraps=True)
            )
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(20)
        for choice, text in CHOICES:
            made = QRadioButton(text, self)
            made.setAccessibleName(f"{text}: {lost.title}")
            self.group.addButton(made)
            self.buttons[choice] = made
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        self._set_first_choice()

    def _set_first_choice(self) -> None:
        readable = self.lost.recovered is not None
        self.buttons[RECOVER].setEnabled(readable)
        if not readable:
            self.buttons[RECOVER].setToolTip("Nothing of it can be read")
        self.buttons[RECOVER if readable and not self.lost.far else LATER].setChecked(True)

    @property
    def choice(self) -> str:
        """What is to become of the work: recover, later or discard."""
        return next(choice for choice, made in self.buttons.items() if made.isChecked())

    def _about(self) -> str:
        lost = self.lost
        place = _shown(lost.path) if lost.path is not None else "never saved to a file"
        if lost.recovered is None:
            place = str(lost.journal)
        far = "; from another computer, where it may still be open" if lost.far else ""
        return f"{lost.words}{far} · {place}" if lost.words else place


def _shown(path: Path) -> str:
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
