"""What the inspector shows while nothing is selected: the shown graph as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.panels.block_form import BlockForm
from app.panels.inspector_block import use_words
from app.panels.inspector_facts import Cost, Line, Tensors, memory_lines
from app.panels.inspector_parts import Section, label
from graph_editor.canvas.inspector.line_edit import NameEdit, ProseEdit
from graph_editor.checking.summary import work_unit
from graph_editor.checking.training_memory import count_of_nodes, in_units, unjudged
from graph_editor.document.edits import describe_block, rename_block
from graph_editor.document.model import Block, Project

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.findings import Findings

MERGE = "about"
GRADES = {"tight": "warning", "too_large": "error"}
"""Look of the line that says whether a training fits."""


class ProjectPage(QWidget):
    """Name, description, totals, inputs and outputs of the main graph, or of a block."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.name = NameEdit()
        self.name.setPlaceholderText("Untitled")
        self.name.setAccessibleName("Name")
        self.doc = ProseEdit()
        self.doc.setAccessibleName("Description")
        self.doc.setPlaceholderText("What it is for; the code says it too.")
        self.doc.setFixedHeight(84)
        self.doc.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.form = BlockForm(session)
        self.totals = Cost()
        self.totals.heading.setText("Totals")
        self.fit = label("", "secondary", wrap=True)
        self.fit.setAccessibleName("Whether a training fits")
        self.ports = Tensors()
        self.ports.heading.setText("Inputs and outputs")
        self.hint = label("Select a node to see and change its parameters.", "secondary", wrap=True)
        about = Section("About")
        about.column.addWidget(self.name)
        about.column.addWidget(self.doc)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(about)
        column.addWidget(self.form)
        column.addWidget(self.totals)
        column.addWidget(self.fit)
        column.addWidget(self.ports)
        column.addWidget(self.hint)
        self._heading = about.heading
        self.name.textEdited.connect(self._rename)
        self.name.left.connect(self._leave)
        self.doc.textChanged.connect(self._describe)
        self.doc.left.connect(self._leave)

    def refresh(self, findings: Findings | None) -> None:
        """Show the graph as it is now."""
        session = self._session
        key = session.graph_key
        block = session.project.block(key)
        self._heading.setText("Project" if key == "main" else f"Block, {use_words(session, key)}")
        self.name.show_text(block.name)
        blocked = self.doc.blockSignals(True)
        self.doc.show_text(block.doc)
        self.doc.blockSignals(blocked)
        self.form.refresh()
        self.totals.show_lines(self._totals(block, findings))
        device = findings.device if findings is not None else ""
        lines = _ports(block, findings) if key == "main" else ()
        self.ports.show_lines(lines, session.theme, device)
        self.show_fit()

    def show_fit(self) -> None:
        """Say whether a training fits on the chosen device: red where it will not."""
        room = self._session.room
        words = room.words if self._session.graph_key == "main" else ""
        self.fit.setVisible(bool(words))
        role = GRADES.get(room.fit, "secondary")
        if (words, role) != (self.fit.text(), self.fit.property("role")):
            self.fit.setText(words)
            self.fit.setAccessibleDescription(words)
            self.fit.setProperty("role", role)
            self.fit.style().unpolish(self.fit)
            self.fit.style().polish(self.fit)

    def _totals(self, block: Block, findings: Findings | None) -> tuple[tuple[str, str, str], ...]:
        graph = block.graph
        lines = [("nodes", f"{len(graph.nodes):,}", f"{len(graph.wires):,} wires")]
        if findings is not None:
            parameters, flops = sum(findings.parameters.values()), sum(findings.flops.values())
            verdict = self._session.verdict
            is_main = self._session.graph_key == "main"
            least = unjudged(verdict) if is_main and verdict is not None else 0
            left = f"({count_of_nodes(least)} not judged)" if least else ""
            before = "at least " if least else ""
            unit = work_unit(verdict) if verdict is not None else "per sample"
            lines.append(("parameters", f"{before}{parameters:,}", left))
            lines.append(("FLOPs", f"{before}{flops:,}", "" if least else unit))
            kept = sum(findings.activations.values())
            words = f"{before}{in_units(kept)}"
            lines.append(("activations", words, "" if least else "for a batch"))
            need = self._session.room.need
            if self._session.graph_key == "main" and need is not None:
                lines += memory_lines(need)
        return tuple(lines)

    def _rename(self, text: str) -> None:
        key = self._session.graph_key

        def edit(project: Project) -> Project:
            return rename_block(project, key, text)

        self._session.apply(edit, "Rename", merge=f"{MERGE} name {key}")

    def _describe(self) -> None:
        key, text = self._session.graph_key, self.doc.toPlainText()
        if text == self._session.project.block(key).doc:
            return

        def edit(project: Project) -> Project:
            return describe_block(project, key, text)

        self._session.apply(edit, "Describe", merge=f"{MERGE} text {key}")

    def _leave(self) -> None:
        self._session.document.break_merge()


def _ports(block: Block, findings: Findings | None) -> tuple[Line, ...]:
    lines: list[Line] = []
    for key in (*block.inputs, *block.outputs):
        facts = findings.ports.get(f"{key}.output") if findings is not None else None
        node = block.graph.nodes.get(key)
        name = (node.name if node is not None else "") or str(key)
        lines.append((name, "waiting", facts))
    return tuple(lines)
