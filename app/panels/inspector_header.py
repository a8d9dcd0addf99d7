"""The head of the inspector: what is selected, under which name."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.panels.inspector_parts import Tile, label
from graph_editor.canvas.anatomy import type_word
from graph_editor.canvas.inspector.line_edit import NameEdit
from graph_editor.canvas.inspector.subject import Subject
from graph_editor.canvas.theme import Theme


class Header(QWidget):
    """Glyph, name and spec of a node; of several, how many of what."""

    renamed = Signal(str)
    left = Signal()
    code_asked = Signal()
    """The custom code of the node is to be shown."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tile = Tile(look)
        self.name = NameEdit()
        self.name.setProperty("part", "name")
        self.name.setAccessibleName("Name of the node")
        self.count = label("", "heading")
        self.spec: QLabel = label("", "caption", wrap=True, select=True)
        self.name.textEdited.connect(self.renamed)
        self.name.left.connect(self.left)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.name.setFixedHeight(26)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addWidget(self.name)
        words.addWidget(self.count)
        words.addWidget(self.spec)
        self.code = QPushButton("Edit code…")
        self.code.setAutoDefault(False)
        self.code.clicked.connect(self.code_asked)
        words.addWidget(self.code, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.tile)
        line.addLayout(words, 1)

    def show_subject(self, subject: Subject, look: Theme) -> None:
        """Show which nodes are selected."""
        one = len(subject.ids) == 1
        self.code.setVisible(one and subject.nodes[0].kind == "code")
        self.name.setVisible(one)
        self.count.setVisible(not one)
        self.tile.show_family(look, subject.families[0])
        self.tile.setVisible(len(set(subject.families)) == 1)
        if one:
            node, spec = subject.nodes[0], subject.specs[0]
            self.name.show_text(node.name)
            is_block = node.kind == "block" and spec is not None
            self.name.setPlaceholderText(type_word(node.spec, spec))
            known = "Block" if is_block else node.spec
            self.spec.setText(known if spec is not None else f"{node.spec} is not known here")
            self.spec.setToolTip(spec.summary if spec is not None else "")
            return
        counts = Counter(node.spec for node in subject.nodes)
        self.count.setText(f"{len(subject.ids)} nodes")
        self.spec.setText(", ".join(f"{c} × {s}" if c > 1 else s for s, c in counts.items()))
        self.spec.setToolTip("")
