"""PyTorch's own documentation of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.panels.documentation import documentation_of, flowing, readable
from app.panels.inspector_parts import Tile, label
from app.panels.inspector_subject import subject_of
from graph_editor.canvas.inspector.subject import Subject

if TYPE_CHECKING:
    from app.session.session import Session

NOBODY = "Select a node to read what PyTorch says of it."
SEVERAL = "Select one kind of node to read what PyTorch says of it."
WAITING = "PyTorch's documentation is shown once the engine is ready."
NOTHING = "PyTorch says nothing of it."


class DocsPanel(QWidget):
    """The title, the summary, and the text that ``help`` gives."""

    title = "Docs"
    glyph = "file"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Documentation")
        self.session = session
        self._docs = documentation_of(session)
        self.tile = Tile(session.theme)
        self.name = label("", "heading", wrap=True)
        self.callee = label("", "caption", wrap=True, select=True)
        self.summary = label("", "secondary", wrap=True, select=True)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("role", "mono")
        self.text.setAccessibleName("PyTorch's documentation")
        self._build()
        for signal in (session.selection_changed, session.graph_changed, session.engine_changed):
            signal.connect(self.refresh)
        session.changed.connect(self.refresh)
        session.theme_changed.connect(self.refresh)
        self._docs.ready.connect(self.refresh)

    def _build(self) -> None:
        self._head = QWidget()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.callee)
        line = QHBoxLayout(self._head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.tile)
        line.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addWidget(self._head)
        column.addWidget(self.summary)
        column.addWidget(self.text, 100)
        column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show the documentation of what is selected now, if the panel is seen."""
        if not self.isVisible():
            return
        subject = subject_of(self.session)
        kinds = {node.spec for node in subject.nodes}
        self._head.setVisible(len(kinds) == 1)
        if len(kinds) != 1:
            self.summary.setText(SEVERAL if kinds else NOBODY)
            self._show_text("")
            return
        self._show(subject)

    def _show(self, subject: Subject) -> None:
        spec, node = subject.specs[0], subject.nodes[0]
        self.tile.show_family(self.session.theme, subject.families[0])
        self.name.setText(spec.title if spec is not None else node.spec)
        self.callee.setText((spec.callee or spec.name) if spec is not None else "not known here")
        self.summary.setText(spec.summary if spec is not None else "")
        if spec is None or not spec.callee:
            self._show_text("")
            return
        text = self._docs.text(spec.name)
        self._show_text(WAITING if text is None else flowing(readable(text)) or NOTHING)

    def _show_text(self, text: str) -> None:
        self.text.setVisible(bool(text))
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
            # A text that came while the panel had no height yet would be shown from its end.
            QTimer.singleShot(0, self.text, lambda: self.text.verticalScrollBar().setValue(0))
