"""One open project: its document, the engine's word on it, its code, and what is selected."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.session import seeking
from app.session.curing import Curing
from app.session.device_room import DeviceRoom
from app.session.foreseeing import Foreseeing
from app.session.judging import Judging
from app.session.keys import Keys
from app.session.locating import still_shown, way_down
from app.session.past_selections import PastSelections
from app.session.previewing import Previewing
from app.session.typed import Typed
from app.session.writing import Writing
from app.settings.store import Settings
from graph_editor.canvas.findings import Findings
from graph_editor.canvas.theme import Theme, theme
from graph_editor.catalogue.order import Lookup
from graph_editor.catalogue.scope import specs_of
from graph_editor.document.changes import Change, alike
from graph_editor.document.document import Document, Edit
from graph_editor.document.edits import EditError
from graph_editor.document.files import FileProblem, apply_change
from graph_editor.document.ids import IdSource
from graph_editor.document.model import NodeId, Project

if TYPE_CHECKING:
    from codegen.written import CannotWrite, Written
    from graph_editor.canvas.backdrop import Mark
    from graph_editor.checking.verdict import Diagnostic, Fix, Verdict

MAIN = "main"


class Session(QObject):
    """What all panels of a window share. Panels read it, listen to it and edit through it."""

    changed = Signal(object)
    """The project changed; a Change."""
    verdict_changed = Signal()
    written_changed = Signal()
    refusal_changed = Signal()
    """There is a problem that the drawing has no code, or it is none any more."""
    selection_changed = Signal()
    graph_changed = Signal()
    """Another graph is shown: ``graph_key`` and ``prefix``."""
    engine_changed = Signal()
    saved_changed = Signal()
    """The path, or whether the project is modified."""
    theme_changed = Signal()
    said = Signal(str)
    """One sentence for the status line and the log."""
    problem_chosen = Signal(object)
    """A Diagnostic that somebody wants to see: canvas, list and inspector go there."""

    def __init__(
        self,
        project: Project | None = None,
        path: Path | None = None,
        settings: Settings | None = None,
        look: Theme | None = None,
        judging: Judging | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.document = Document(project)
        self.path = path
        self.read_only = False
        self.settings = settings or Settings()
        self.theme = look or theme("dark")
        self.keys = Keys(self)
        self.ids = IdSource(secrets.token_bytes(16))
        self.selection: frozenset[NodeId] = frozenset()
        self.marks: frozenset[Mark] = frozenset()
        """The frames and notes that are selected; the canvas says which they are after an edit."""
        self.graph_key, self.prefix, self._past = MAIN, "", PastSelections()
        self.verdict: Verdict | None = None
        self.written: Written | None = None
        self.refusal: CannotWrite | None = None
        self._is_refusal_told = False
        self._findings: tuple[str, str, Verdict, CannotWrite | None, Findings] | None = None
        self.engine_state, self.engine_words = "none", ""
        self._modified = False
        self._lookup: tuple[Project, Lookup] | None = None
        self._verdict_project: Project | None = None
        self._written_project: Project | None = None
        self._refused_project: Project | None = None
        self.typed = Typed(self)
        self.judging = judging or Judging(parent=self)
        self.seeking = seeking.Seeking(self.said.emit)
        self.judging.judged.connect(self._judged)
        self.judging.judged_first.connect(self._judged_first)
        self.judging.failed.connect(self.seeking.give_up)
        self.judging.state_changed.connect(self._engine_said)
        self.curing = Curing(self.judging, self)
        self.curing.cured.connect(self._cured)
        self.curing.failed.connect(lambda words: self.said.emit(f"No fix was applied: {words}"))
        self.previewing = Previewing(lambda: self.project if self.is_judged else None, self)
        self.foreseeing = Foreseeing(self.judging, self.previewing, self)
        self.room = DeviceRoom(self.settings, self.judging, self._judged_last, self)
        self.writing = Writing(self)
        self.writing.written.connect(self._was_written)
        self.writing.refused.connect(self._was_refused)
        self._judges, self.asked = False, 0.0
        """When the engine was asked last, on the clock of ``time.perf_counter``."""
        self.document.subscribe(self._document_changed)

    # What is known

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.document.project

    @property
    def lookup(self) -> Lookup:
        """The specs that the project can use."""
        if self._lookup is None or self._lookup[0] is not self.project:
            self._lookup = (self.project, specs_of(self.project))
        return self._lookup[1]

    @property
    def is_judged(self) -> bool:
        """Whether the verdict is on the project as it is now, but for its layout."""
        return self.verdict is not None and alike(self._verdict_project, self.project)

    @property
    def is_written(self) -> bool:
        """Whether the code is that of the project as it is now."""
        return self.written is not None and alike(self._written_project, self.project)

    @property
    def is_refused(self) -> bool:
        """Whether the project as it is now has no code, for the reason in ``refusal``."""
        return self.refusal is not None and alike(self._refused_project, self.project)

    @property
    def findings(self) -> Findings:
        """What is known of the shown graph."""
        if self.verdict is None or (self.graph_key != MAIN and not self.prefix):
            return Findings()  # nothing is known of a block that is used nowhere
        known, device = self._findings, self.room.device
        refusal = self.refusal if self.is_refused else None
        if (
            known is None
            or known[:2] != (self.prefix, device)
            or known[2] is not self.verdict
            or known[3] is not refusal
        ):
            from app.session.shown import device_that_matters, findings_of

            told = device_that_matters(self.verdict, device)
            found = findings_of(self.verdict, self.prefix, told, self.unwritten())
            known = self._findings = (self.prefix, device, self.verdict, refusal, found)
        return known[4]

    @property
    def title(self) -> str:
        """What the project is called: its file's name, else its own."""
        if self.path is not None:
            return self.path.name
        return self.project.main.name or "Untitled"

    # What can be done

    def start_engine(self) -> None:
        """Have the project judged from now on; called after the first paint."""
        self._judges = True
        self._ask()

    def apply(self, edit: Edit, title: str, merge: str | None = None) -> bool:
        """Make an edit; one that cannot be done is said in the status line. Return whether."""
        try:
            self.document.apply(edit, title, merge)
        except EditError as refusal:
            self.said.emit(str(refusal))
            return False
        return True

    def apply_fix(self, fix: Fix) -> bool:
        """Apply a fix of the present verdict, as one step that can be undone."""
        if not self.is_judged:
            self.said.emit(seeking.CHANGED)
            return False
        return self._apply_patch(fix.patch, fix.title)

    def why_not_cure(self) -> str:
        """Return why the safe fixes cannot be applied all at once now; empty where they can."""
        if self.verdict is None:
            return seeking.NOT_CHECKED
        problems = [*self.verdict.diagnostics, *filter(None, (self.unwritten(),))]
        if not problems:
            return "There are no problems."
        if not self.is_judged:
            return seeking.unchecked(self.engine_state, self.engine_words)
        grave = [each for each in problems if each.severity != "info"]
        if not grave:
            return "There are only remarks: matters of taste, which are left to you."
        known = self.seeking.is_on or any(each.fixes for each in grave)
        return "" if known else seeking.NO_FIX

    def cure(self) -> bool:
        """Have all safe fixes applied as one step, in the background; an edit calls it back."""
        reason = self.why_not_cure()
        if reason == seeking.CHECKING:
            self.seeking.wait(self.cure, seeking.WAITS_ALL)
            return True
        if reason:
            self.said.emit(reason)
        elif self.seeking.is_on:
            self.seeking.wait(self.cure)
        elif (known := self.foreseeing.answer(self.project)) is not None:
            self._cured(self.project, known)  # it is what was shown
        elif not self.curing.is_running:
            self.said.emit("Applying the safe fixes, one after another…")
            self.curing.start(self.project)
        return not reason

    def foresee(self) -> bool:
        """Preview what all safe fixes would change, once it is known; say whether it can be."""
        busy = self.curing.is_running or self.seeking.is_on or bool(self.why_not_cure())
        if not busy:
            self.foreseeing.begin(self.project)
        return not busy

    def fix(self, fix_id: str) -> Fix | None:
        """Return the fix of the present verdict with that id."""
        found = self.verdict.diagnostics if self.verdict is not None else ()
        return next((f for each in found for f in each.fixes if f.id == fix_id), None)

    def problems(self) -> tuple[Diagnostic, ...]:
        """Return the problems of the present verdict, the gravest first."""
        return self.verdict.diagnostics if self.verdict is not None else ()

    def unwritten(self) -> Diagnostic | None:
        """Return the refusal of the present drawing as a warning; None: there is none to tell."""
        from app.session.refusals import problem_of

        return problem_of(self.project, self.verdict, self.refusal if self.is_refused else None)

    def undo(self) -> None:
        """Go back by one step, and say which."""
        self.go_to(self.document.position - 1, "There is nothing to undo.")

    def redo(self) -> None:
        """Go forward by one step, and say which."""
        self.go_to(self.document.position + 1, "There is nothing to redo.")

    def go_to(self, position: int, nothing: str = "") -> None:
        """Go to a position of the history in one move, and say what that undid or did again."""
        if not 0 <= position <= self.document.length:
            self.said.emit(nothing)
        elif position != self.document.position:
            self.document.go_to(position)
            if past := self._past.of(self.project, self.graph_key):
                self.select(*past)
            self.said.emit(self.document.last)

    def select(self, ids: Iterable[NodeId], marks: Iterable[Mark] = ()) -> None:
        """Select exactly these nodes, frames and notes of the shown graph."""
        nodes = self.project.block(self.graph_key).graph.nodes
        chosen = (frozenset(key for key in ids if key in nodes), frozenset(marks))
        if chosen != (self.selection, self.marks):
            self.selection, self.marks = chosen
            self.selection_changed.emit()

    def show_graph(self, key: str, prefix: str = "") -> None:
        """Show the main graph, or a block as it is used at an address; going up selects it."""
        if (key, prefix) == (self.graph_key, self.prefix):
            return
        left = way_down(prefix, self.prefix)
        self.graph_key, self.prefix, self.marks = key, prefix, frozenset()
        self.graph_changed.emit()
        self.select(left)

    def set_theme(self, look: Theme) -> None:
        """Show everything in another theme."""
        self.theme = look
        self.theme_changed.emit()

    def saved_at(self, path: Path) -> None:
        """Take it that the project as it is now is in a file."""
        self.path = path
        self.document.mark_saved()
        self._tell_saved(always=True)

    def mark_unsaved(self) -> None:
        """Take it that no file holds the project: it was recovered, or its file is gone."""
        self.document.mark_unsaved()
        self._tell_saved(always=True)

    def close(self) -> None:
        """End the engine and the threads."""
        self.curing.stop()
        self.foreseeing.forget()
        self.previewing.end()
        self.room.close()
        self.judging.close()
        self.writing.close()

    # What happens

    def _document_changed(self, change: Change) -> None:
        self._past.leave(change.before, self.graph_key, self.selection, self.marks)
        self.previewing.end()
        self.show_graph(*still_shown(change.before, change.after, self.graph_key, self.prefix))
        if not change.is_only_layout:
            self.curing.stop()
            self.foreseeing.forget()
            self.seeking.give_up()
        if self._judges and not change.is_only_layout:
            self._ask()  # first: the engine works while the panels follow
        self.changed.emit(change)
        self.select(self.selection, self.marks)
        self._tell_saved()

    def _tell_saved(self, always: bool = False) -> None:
        if always or self.document.is_modified != self._modified:
            self._modified = self.document.is_modified
            self.saved_changed.emit()

    def _ask(self) -> None:
        self.asked = time.perf_counter()
        self.judging.ask(self.project, self.document.revision)

    def _judged_first(self, project: Project, verdict: Verdict) -> None:
        self._judged(project, verdict, seeks=True)

    def _judged(self, project: Project, verdict: Verdict, seeks: bool = False) -> None:
        if not alike(project, self.project):
            return
        from app.session.naming import named

        verdict = named(project, verdict)
        self.verdict, self._verdict_project = verdict, project
        self.seeking.is_on = seeks
        self.verdict_changed.emit()
        self.room.refresh()
        self.writing.ask(project, verdict)
        self.seeking.go_on(seeks)

    def _cured(self, project: Project, answer: Mapping[str, Any]) -> None:
        """Apply what the engine found, as one step, and say what was done and what is left."""
        from app.session.cure_words import cure_title, cure_words

        if not alike(project, self.project):
            return
        steps, left = answer["steps"], answer["left"]
        words = cure_words(self.project, steps, left)
        if steps and not self._apply_patch(answer["patch"], cure_title(steps)):
            return
        self.said.emit(words)

    def _apply_patch(self, patch: Mapping[str, Any], title: str) -> bool:
        try:
            return self.apply(lambda now: apply_change(now, dict(patch)), title)
        except FileProblem as problem:
            self.said.emit(f"This fix does not fit any more: {problem}")
            return False

    def _judged_last(self) -> tuple[Project, Verdict] | None:
        if self.verdict is None or self._verdict_project is None:
            return None
        return self._verdict_project, self.verdict

    def _was_written(self, project: Project, written: Written) -> None:
        if alike(project, self.project):
            self.written, self.refusal, self._written_project = written, None, project
            self.written_changed.emit()
            self._tell_refusal()

    def _was_refused(self, project: Project, refusal: CannotWrite) -> None:
        if alike(project, self.project):
            self.refusal, self._refused_project = refusal, project
            self.written_changed.emit()
            self._tell_refusal()

    def _tell_refusal(self) -> None:
        """Tell of a refusal that is a problem, and of its end."""
        from app.session.refusals import problem_of

        told = self._is_refusal_told
        self._is_refusal_told = problem_of(self.project, self.verdict, self.refusal) is not None
        if told or self._is_refusal_told:
            self.refusal_changed.emit()

    def _engine_said(self, state: str, words: str) -> None:
        if (state, words) != (self.engine_state, self.engine_words):
            self.engine_state, self.engine_words = state, words
            self.engine_changed.emit()
