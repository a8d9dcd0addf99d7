"""The inspector: parameters, tensors, cost and training of what is selected."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.panels.documentation import documentation_of, first_lines
from app.panels.inspector_block import BlockUse
from app.panels.inspector_edits import (
    Edit,
    argument_edit,
    former_argument_edit,
    former_use_edit,
    freeze_edit,
    name_edit,
    promote_edit,
    repeat_edit,
    silence_edit,
    when_edit,
)
from app.panels.inspector_facts import Cost, Tensors, cost_lines, tensor_lines
from app.panels.inspector_header import Header
from app.panels.inspector_parts import DocumentationCard, Section
from app.panels.inspector_problems import Problems
from app.panels.inspector_project import ProjectPage
from app.panels.inspector_subject import subject_of
from app.panels.inspector_training import COPIES, FROZEN, SHARED, WHEN, Use
from app.panels.inspector_waiting import told_of
from app.panels.pointed_at import PointedAt
from app.panels.problems.acting import fix_chosen
from app.panels.tab_order import TabOrder
from app.session.locating import address_of
from graph_editor.canvas.inspector.form import ParameterForm, sheet
from graph_editor.canvas.inspector.state import Said
from graph_editor.canvas.inspector.subject import Subject, arguments_of, states_of
from graph_editor.canvas.inspector.values import Former, Unset
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.spec import Argument
from graph_editor.document.addresses import MAIN
from graph_editor.document.changes import Change
from graph_editor.document.edits import EditError
from graph_editor.document.model import Node, NodeId

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.canvas.findings import Findings
    from graph_editor.checking.verdict import Diagnostic

OWN = {a.name: a for a in (COPIES, SHARED, WHEN, FROZEN)}


class InspectorPanel(QWidget):
    """Shows the selected nodes and changes them; typing in it survives every change."""

    title = "Inspector"
    glyph = "gear"
    code_asked = Signal()
    """The custom code of the selected node is to be shown."""
    command_asked = Signal(str)
    """The id of a command that is to be run."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(self.title)
        self.session = session
        self._subject: Subject | None = None
        self._focused = ""
        self._former_key = self._device = ""
        self._former: dict[NodeId, Node] = {}
        self._documented: object = None
        self._docs = documentation_of(session)
        look = session.theme
        self.header = Header(look)
        self.problems = Problems(look)
        self.form = ParameterForm(look)
        self.card = DocumentationCard()
        self.tensors = Tensors()
        self.cost = Cost()
        self.use = Use()
        self.block = BlockUse()
        self.project = ProjectPage(session)
        self.parameters = Section("Parameters")
        self.parameters.column.addWidget(self.form)
        self._build()
        self._connect()
        self._restyle()
        self.refresh()

    def _build(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(16)
        parts = (self.header, self.problems, self.parameters, self.card)
        for part in (*parts, self.block, self.tensors, self.cost, self.use, self.project):
            column.addWidget(part)
        column.addStretch()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(page)
        self._order = TabOrder(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.area)
        self.setMinimumWidth(200)

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self._changed)
        for signal in (session.verdict_changed, session.selection_changed, session.graph_changed):
            signal.connect(self.refresh)
        session.refusal_changed.connect(self.refresh)
        session.room.changed.connect(self._follow_room)
        session.theme_changed.connect(self._restyle)
        session.problem_chosen.connect(self._reveal)
        session.engine_changed.connect(self._document)
        self._docs.ready.connect(self._document)
        self.header.renamed.connect(self._rename)
        self.header.left.connect(self._leave)
        self.header.code_asked.connect(self.code_asked)
        self.form.edited.connect(self._edit)
        self.form.left.connect(self._leave)
        self.form.entered.connect(self._focus)
        self.form.promoted.connect(self._promote)
        self.form.why_not_promote = self._why_not_promote
        self.block.entered.connect(partial(self.command_asked.emit, "graph.enter"))
        self.block.made_unique.connect(partial(self.command_asked.emit, "graph.unique"))
        self.block.updated.connect(partial(self.command_asked.emit, "graph.update_block"))
        self.project.form.changed_rows.connect(self._order.follow)
        self.form.aligned.connect(self.use.set_label_width)
        self.use.edited.connect(self._edit_use)
        self.use.left.connect(self._leave)
        self.use.entered.connect(self._focus)
        self.use.reported.connect(lambda rule: self._silence(rule, False))
        self.problems.silenced.connect(lambda rule: self._silence(rule, True))
        self.problems.fix_chosen.connect(self._fix)
        self.problems.fix_made.connect(
            lambda button, fix: PointedAt(button, session.previewing, partial(session.fix, fix))
        )

    # What it shows

    def _changed(self, change: Change) -> None:
        if not change.is_only_layout:
            self.refresh()

    def _follow_room(self) -> None:
        """Follow what is free; another device has all tensors told anew."""
        device = self.session.room.device
        if device != self._device:
            self._device = device
            self.refresh()
        self.project.show_fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show what is selected as it is now; nothing is done while the panel is hidden."""
        if not self.isVisible():
            return
        session = self.session
        findings = session.findings if session.verdict is not None else None
        subject = subject_of(session)
        before, self._subject = self._subject, subject
        some = bool(subject.ids)
        for part in (self.header, self.problems, self.parameters, self.card):
            part.setVisible(some)
        for part in (self.block, self.tensors, self.cost, self.use):
            part.setVisible(some)
        self.project.setVisible(not some)
        if not some:
            self.project.refresh(findings)
            self._order.follow()
            return
        if before is None or before.identity != subject.identity:
            self._focused = ""
            self.area.verticalScrollBar().setValue(0)
        self._show(subject, findings)

    def _show(self, subject: Subject, findings: Findings | None) -> None:
        session = self.session
        one = len(subject.ids) == 1
        self.header.show_subject(subject, session.theme)
        found = told_of(session, subject.ids[0], findings) if one and findings is not None else ()
        self.problems.show_problems(found, session.theme)
        states = states_of(subject, findings)
        self.form.show_states(states, subject.identity)
        self.parameters.setVisible(bool(states))
        self.block.show_subject(subject, session)
        device = findings.device if findings is not None else ""
        lines = tensor_lines(subject, findings) if one else ()
        self.tensors.show_lines(lines, session.theme, device)
        memory = session.room.memory_of(address_of(session.prefix, key) for key in subject.ids)
        self.cost.show_lines(cost_lines(subject, findings, session.verdict, memory))
        self.use.show_subject(subject, _may_have_weights(subject, findings), session.theme)
        self._order.follow()
        self._document()

    def _focus(self, name: str) -> None:
        self._focused = name
        self._document()

    def _document(self, *_: object) -> None:
        """Show what the focused parameter means; without one, what the node does."""
        subject = self._subject
        if subject is None or not subject.ids or not self.isVisible():
            return
        spec = subject.specs[0]
        arguments = {a.name: a for a in arguments_of(subject)}
        argument = arguments.get(self._focused) or OWN.get(self._focused)
        if argument is None:
            alike = len({node.spec for node in subject.nodes}) == 1
            self.card.show_words("", "", spec.summary if spec is not None and alike else "")
            return
        words = argument.doc
        if not words and spec is not None and argument.name in arguments:
            words = self._docs.parameter(spec.name, argument.name)
            words = words or first_lines(self._docs.text(spec.name) or "")
        self.card.show_words(argument.name, _type_words(argument), words or _nothing(argument))

    def _restyle(self) -> None:
        look = self.session.theme
        self.form.set_theme(look)
        self.setStyleSheet(sheet(look) + _own_sheet(look))
        self.refresh()

    def _reveal(self, problem: Diagnostic) -> None:
        """Put the keyboard on the parameter at fault of a problem that somebody chose."""
        if problem.argument and self.isVisible() and self.session.selection:
            row = self.form.rows.get(problem.argument)
            if row is not None:
                self.area.ensureWidgetVisible(row)

    # What it does

    def _apply(self, edit: Edit, title: str, merge: str | None) -> None:
        if not self.session.apply(edit, title, merge):
            self.refresh()

    def _edit(self, name: str, value: Said | Former, going: bool) -> None:
        subject = self._subject
        if subject is None:
            return
        self._remember(name, going)
        if isinstance(value, Former):
            edit = former_argument_edit(subject.key, self._former, name)
        else:
            edit = argument_edit(subject.key, subject.ids, name, value)
        words = "Reset" if isinstance(value, Unset) else "Set"
        title = f"{words} {name} of {subject.title()}"
        self._apply(edit, title, self._merge(name) if going else None)

    def _why_not_promote(self, name: str) -> str | None:
        """Return why a parameter cannot become one of the block; None: no block is shown."""
        subject = self._subject
        if subject is None or subject.key == MAIN or len(subject.ids) != 1:
            return None
        try:
            subject.parameter(name)
        except EditError as refusal:
            return str(refusal)
        return ""

    def _promote(self, name: str) -> None:
        subject = self._subject
        if subject is not None and self._why_not_promote(name) == "":
            edit = promote_edit(subject.key, subject.ids[0], name, subject.parameter(name))
            self._apply(edit, f"Make {name} of {subject.title()} a parameter", None)

    def _edit_use(self, name: str, value: Said | Former, going: bool) -> None:
        subject = self._subject
        if subject is None:
            return
        key, ids = subject.key, subject.ids
        self._remember(name, going)
        if isinstance(value, Former):
            edit = former_use_edit(key, self._former, name)
        elif name == "frozen":
            edit = freeze_edit(key, ids, value is True)
        elif name == "when":
            edit = when_edit(key, ids, value)
        elif name == "shared":
            counts = [node.repeat.count for node in subject.nodes if node.repeat is not None]
            edit = repeat_edit(key, ids, counts[0] if counts else 1, shared=value is True)
        else:
            edit = repeat_edit(key, ids, value)
        title = f"Set {name} of {subject.title()}"
        self._apply(edit, title, self._merge(name) if going else None)

    def _remember(self, name: str, going: bool) -> None:
        """Keep what the nodes said before a visit to a field, which may end without a value."""
        if not going:
            self._former_key = ""
        elif self._subject is not None and self._former_key != self._merge(name):
            self._former_key = self._merge(name)
            self._former = dict(zip(self._subject.ids, self._subject.nodes, strict=True))

    def _merge(self, name: str) -> str:
        assert self._subject is not None
        return f"inspector {self._subject.key} {' '.join(self._subject.ids)} {name}"

    def _rename(self, name: str) -> None:
        subject = self._subject
        if subject is not None and len(subject.ids) == 1:
            edit = name_edit(subject.key, subject.ids[0], name)
            self._apply(edit, f"Rename {subject.ids[0]}", self._merge("name of it"))

    def _leave(self, *_: object) -> None:
        self._former_key = ""
        self.session.document.break_merge()

    def _silence(self, rule: str, silent: bool) -> None:
        subject = self._subject
        if subject is not None and len(subject.ids) == 1:
            edit = silence_edit(subject.key, subject.ids[0], rule, silent)
            self._apply(edit, f"{'Silence' if silent else 'Report'} {rule}", None)

    def _fix(self, fix_id: str) -> None:
        fix = self.session.fix(fix_id)
        if fix is not None:
            fix_chosen(self.session, fix)


def _may_have_weights(subject: Subject, findings: Findings | None) -> bool:
    """Whether nodes have weights, as far as the engine could tell."""
    if findings is None:
        return True
    counts = (findings.parameters.get(key, 0) for key in subject.ids)
    return any(counts) or any(findings.status.get(key) != "ok" for key in subject.ids)


def _type_words(argument: Argument) -> str:
    words = {"size": "int", "sizes": "ints", "any": "", "str": "word", "expression": "formula"}
    word = words.get(argument.type, argument.type)
    if argument.type in ("size", "numbers") and argument.rank > 1:
        word = f"{'int' if argument.type == 'size' else 'number'} or {argument.rank} of them"
    return f"{word} or None" if word and argument.nullable else word


def _nothing(argument: Argument) -> str:
    if argument.choices:
        return f"One of {', '.join(str(choice) for choice in argument.choices)}."
    return "PyTorch's documentation is shown once the engine is ready."


def _own_sheet(look: Theme) -> str:
    colours = {"LINE": look.hex("line2"), "RING": look.hex("ring"), "INPUT": look.hex("input")}
    colours["TEXT"] = look.hex("text2")
    text = """
QLineEdit[part="name"] {
  background: transparent; border: 1px solid transparent; font-size: 13px; font-weight: 600;
  padding: 0 3px; min-height: 20px; margin-left: -4px; placeholder-text-color: TEXT;
}
QLineEdit[part="name"]:hover { border-color: LINE; }
QLineEdit[part="name"]:focus { border: 2px solid RING; padding: 0 2px; background: INPUT; }
QLabel[part="problem"] { font-weight: 600; }
"""
    for word, colour in colours.items():
        text = text.replace(word, colour)
    return text
