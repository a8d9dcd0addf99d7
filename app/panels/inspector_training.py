"""How the selected nodes are used and trained: copies, conditions, freezing, silence."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.panels.inspector_parts import FittingButton, Section, label
from graph_editor.canvas.inspector.row import ParameterRow
from graph_editor.canvas.inspector.state import FieldState, Said, alike
from graph_editor.canvas.inspector.subject import Subject
from graph_editor.canvas.inspector.values import UNSET
from graph_editor.canvas.theme import Theme
from graph_editor.catalogue.meaning import means
from graph_editor.catalogue.spec import Argument
from graph_editor.document.model import Expr, Node

COPIES = Argument(
    "copies",
    type="int",
    default=1,
    doc="So many copies of this node stand in a chain; each takes what the one before gives.",
)
SHARED = Argument("shared", type="bool", default=False, doc="Whether the copies share weights.")
WHEN = Argument(
    "when",
    type="expression",
    nullable=True,
    doc="Where this is false, the first input passes through unchanged; it may use training.",
)
FROZEN = Argument("frozen", type="bool", default=False, doc="Frozen weights never change.")
APART = 10
"""Pixels over the second heading, beside what the column leaves."""
TITLES = {"when": "only when"}


class Use(Section):
    """Copies, condition, freezing, and the rules that are not reported here."""

    edited = Signal(str, object, bool)
    left = Signal(str)
    entered = Signal(str)
    reported = Signal(str)
    """The code of a rule that is to be reported again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Use and training", parent)
        self.rows = {a.name: self._row(a) for a in (FROZEN, COPIES, SHARED, WHEN)}
        self._silent: tuple[str, ...] = ()
        self._silence = QWidget()
        self._lines = QHBoxLayout(self._silence)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self._silence)

    def _row(self, argument: Argument) -> ParameterRow:
        row = ParameterRow(argument, title=TITLES.get(argument.name, ""))
        row.edited.connect(self.edited)
        row.left.connect(self.left)
        row.entered.connect(self.entered)
        self.column.addWidget(row)
        return row

    def set_label_width(self, wide: int) -> None:
        """Have the fields begin where those of the parameters do."""
        for row in self.rows.values():
            row.set_label_width(wide)

    def show_subject(self, subject: Subject, weighty: bool, look: Theme) -> None:
        """Show the nodes; rows that mean nothing on them are hidden."""
        kinds = {node.kind for node in subject.nodes}
        may = {f: all(means(kind, f) for kind in kinds) for f in ("freeze", "repeat", "when")}
        repeated = [node.repeat for node in subject.nodes]
        frozen = any(node.freeze for node in subject.nodes)
        shows = {
            "frozen": may["freeze"] and (weighty or frozen),
            "copies": may["repeat"],
            "shared": may["repeat"] and any(r is not None for r in repeated),
            "when": may["when"],
        }
        for name, row in self.rows.items():
            row.setVisible(shows[name])
            row.show_state(_state(name, subject))
        silent = subject.nodes[0].silence if len(subject.ids) == 1 else ()
        self._show_silent(tuple(str(rule) for rule in silent))
        self.setVisible(any(shows.values()) or bool(silent))
        self.set_look(look)

    def set_look(self, look: Theme) -> None:
        """Take the colours that no style sheet sets."""
        for row in self.rows.values():
            row.set_look(look, row.auto.icon())

    def _show_silent(self, rules: tuple[str, ...]) -> None:
        if rules == self._silent:
            return
        self._silent = rules
        self._silence.hide()
        self._silence.deleteLater()
        self._silence = Section("Not reported here")
        self._silence.column.setContentsMargins(0, APART, 0, 0)
        for rule in rules:
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(label(rule, "mono", wrap=True), 1)
            row.addWidget(FittingButton("Report", partial(self.reported.emit, rule), "link"))
            self._silence.column.addWidget(line)
        self.column.addWidget(self._silence)
        self._silence.setVisible(bool(rules))


def _state(name: str, subject: Subject) -> FieldState:
    argument = {a.name: a for a in (FROZEN, COPIES, SHARED, WHEN)}[name]
    said = [_said(name, node) for node in subject.nodes]
    mixed = not all(alike(said[0], other) for other in said[1:])
    known = frozenset(p.name for p in subject.block.parameters) | {"training"}
    phrase, blank = _phrase(name, said[0]), "always" if name == "when" else ""
    return FieldState(argument, said[0], mixed, known=known, phrase=phrase, blank=blank)


def _said(name: str, node: Node) -> Said:
    if name == "frozen":
        return True if "." in node.freeze else UNSET
    if name == "when":
        return node.when if isinstance(node.when, Expr) else UNSET
    if node.repeat is None:
        return UNSET
    if name == "shared":
        return True if node.repeat.shared else UNSET
    return node.repeat.count


def _phrase(name: str, said: Said) -> str:
    yes = said is True
    if name == "frozen":
        return "weights stay" if yes else "weights learn"
    return ("one set of weights" if yes else "each has its own") if name == "shared" else ""
