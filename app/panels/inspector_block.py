"""How the block of a selected node is used, and what can be done with that use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.panels.inspector_parts import FittingButton, Section, label
from app.session.block_library import update_words
from graph_editor.document.addresses import block_of
from graph_editor.document.edits import instances_of

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.inspector.subject import Subject


def use_words(session: Session, block: str) -> str:
    """Return how often a block is used: ``used 4 times``."""
    count = sum(map(len, instances_of(session.project, block).values()))
    return {0: "used nowhere", 1: "used once", 2: "used twice"}.get(count, f"used {count} times")


class BlockUse(Section):
    """How often the block is used, with buttons that go into it and make this use unique."""

    entered = Signal()
    made_unique = Signal()
    updated = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Block", parent)
        self.words = label("", "secondary", wrap=True)
        self.enter = FittingButton("Go inside", self.entered.emit)
        self.unique = FittingButton("Make unique", self.made_unique.emit)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(6)
        buttons.addWidget(self.enter)
        buttons.addWidget(self.unique)
        self.news = label("", "secondary", wrap=True)
        self.update_it = FittingButton("Update", self.updated.emit)
        self.column.addWidget(self.words)
        self.column.addLayout(buttons)
        self.column.addWidget(self.news)
        self.column.addWidget(self.update_it)

    def show_subject(self, subject: Subject, session: Session) -> None:
        """Show the block of the one selected node; nothing where it is no block."""
        block = block_of(subject.nodes[0]) if len(subject.ids) == 1 else ""
        found = next((b for key, b in session.project.blocks.items() if key == block), None)
        self.setVisible(found is not None)
        if found is None:
            return
        words = use_words(session, block)
        alone = words == "used once"
        what = "." if alone else "; what is changed inside changes all of them."
        self.words.setText(f"{found.name or block} is {words}{what}")
        news = update_words(session, block)
        self.news.setText(news)
        self.news.setVisible(bool(news))
        self.update_it.setVisible(bool(news))
        self.unique.setEnabled(not alone)
        self.unique.setToolTip("This is its only use: it is unique." if alone else "")
