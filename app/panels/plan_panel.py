"""The training plan: how long a run is, and what trains what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.panels.inspector_facts import Cost
from app.panels.inspector_parts import Section, label
from app.panels.plan_facts import Part, plan_parts, step_lines
from app.panels.plan_parts import FeatureRow, JumpRow
from graph_editor.canvas.glyphs import glyph_icon
from graph_editor.canvas.inspector.form import sheet
from graph_editor.canvas.inspector.row import ParameterRow
from graph_editor.canvas.inspector.state import FieldState, Said
from graph_editor.canvas.inspector.value_edit import ValueEdit
from graph_editor.canvas.inspector.values import UNSET, Unset
from graph_editor.catalogue.run_settings import COUNTS, SWITCHES
from graph_editor.catalogue.spec import Argument
from graph_editor.checking.words import value as value_in_words
from graph_editor.document.changes import Change
from graph_editor.document.edits import set_run, unset_run
from graph_editor.document.model import NodeId, Project

if TYPE_CHECKING:
    from app.session.session import Session

MAIN = "main"
TITLES = {"epochs": "epochs", "batch_size": "batch size", "seed": "seed"}
DOCS = {
    "epochs": "How often a run goes through all training samples.",
    "batch_size": "So many samples are in each step; the last step of an epoch may have fewer.",
    "seed": "Fixes what is drawn by chance: first weights, order of samples, dropout.",
}
ORDER = ("epochs", "batch_size", "seed")


class PlanPanel(QWidget):
    """Run settings to be changed, and the drawing's optimizers, schedules, losses and metrics."""

    title = "Plan"
    glyph = "opt"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Training plan")
        self.session = session
        self.rows = {name: self._row(name) for name in ORDER}
        self.run = Section("Run")
        for row in self.rows.values():
            self.run.column.addWidget(row)
        self.steps = Cost()
        self.steps.heading.setText("Estimated length")
        self.parts = Section("What trains what")
        self.features = Section("Switched on")
        self._shown_parts: object = None
        self._shown_features: object = None
        self._stop = session.settings.subscribe(self._setting_changed)
        self.destroyed.connect(self._stop)
        self._build()
        session.changed.connect(self._changed)
        session.theme_changed.connect(self._restyle)
        self._restyle()

    def _row(self, name: str) -> ParameterRow:
        count = COUNTS[name]
        argument = Argument(name, type="int", default=count.default, doc=DOCS[name])
        row = ParameterRow(argument, title=TITLES[name])
        row.label.setToolTip(DOCS[name])
        row.editor.setToolTip(DOCS[name])
        assert isinstance(row.editor, ValueEdit)
        row.editor.why_not = partial(why_not, name)
        row.edited.connect(self._edit)
        row.left.connect(lambda _: self.session.document.break_merge())
        return row

    def _build(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(16)
        for part in (self.run, self.steps, self.parts, self.features):
            column.addWidget(part)
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    # What it shows

    def _changed(self, change: Change) -> None:
        if not change.is_only_layout:
            self.refresh()

    def _setting_changed(self, key: str) -> None:
        if key == "device":
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the plan as it is now; nothing is done while the panel is hidden."""
        if not self.isVisible():
            return
        session = self.session
        project = session.project
        for name, row in self.rows.items():
            said: Said = project.run.get(name, UNSET)
            problem = why_not(name, said)
            row.show_state(FieldState(row.argument, said, problem=problem))
            row.note(problem)
        device = ("device", str(session.settings["device"]), "")
        self.steps.show_lines((*step_lines(project, session.lookup), device))
        self._show_parts(plan_parts(project, session.lookup))
        self._show_features(project)

    def _show_parts(self, parts: tuple[Part, ...]) -> None:
        key = (parts, self.session.theme)
        if key == self._shown_parts:
            return
        self._shown_parts = key
        self.parts.empty()
        for part in parts:
            row = JumpRow(part, self.session.theme, partial(self._jump, part.node))
            self.parts.column.addWidget(row)
        if not any(part.family == "opt" for part in parts):
            words = "Nothing is trained yet: add a loss and an optimizer."
            self.parts.column.addWidget(label(words, "secondary", wrap=True))

    def _show_features(self, project: Project) -> None:
        on = {n: v for n, v in project.run.items() if n in SWITCHES and not SWITCHES[n].is_off(v)}
        said = tuple((name, repr(value)) for name, value in on.items())
        if said == self._shown_features:
            return
        self._shown_features = said
        self.features.setVisible(bool(on))
        self.features.empty()
        for name, value in on.items():
            off = partial(self._edit, name, UNSET, False)
            self.features.column.addWidget(FeatureRow(name, value_in_words(value), off))

    def _restyle(self) -> None:
        look = self.session.theme
        self.setStyleSheet(sheet(look))
        for row in self.rows.values():
            row.set_look(look, glyph_icon("undo", look["text3"]))
        self.refresh()

    # What it does

    def _edit(self, name: str, value: Said, going: bool) -> None:
        def edit(project: Project) -> Project:
            if not isinstance(value, Unset):
                return set_run(project, name, value)
            return unset_run(project, name) if name in project.run else project

        title = f"Set {TITLES.get(name, name)}"
        self.session.apply(edit, title, merge=f"plan {name}" if going else None)

    def _jump(self, node: NodeId) -> None:
        """Select a node of the main graph."""
        self.session.show_graph(MAIN)
        self.session.select((node,))


def why_not(name: str, value: Said) -> str:
    """Return why a run setting cannot have a value; nothing where it can."""
    legal = isinstance(value, Unset) or COUNTS[name].allows(value)
    return "" if legal else f"{TITLES[name]} has to be {COUNTS[name].text()}."
