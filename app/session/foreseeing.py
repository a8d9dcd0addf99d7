"""What all safe fixes would change, shown while somebody points at the button that applies them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.session.curing import Curing
from app.session.judging import Judging
from app.session.previewing import Previewing
from graph_editor.checking.verdict import Fix
from graph_editor.document.model import FrozenMap, Project

ID = "all-safe"


class Foreseeing(QObject):
    """Has the fixes tried on a copy, as they would be when they are applied, and previews them."""

    changed = Signal()
    """Whether it is at work, or what is known."""

    def __init__(
        self, judging: Judging, previewing: Previewing, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._previewing = previewing
        self._trial = Curing(judging, self)
        self._trial.cured.connect(self._found)
        self._trial.failed.connect(self.changed)
        self._known: tuple[Project, Mapping[str, Any]] | None = None
        self._fix: Fix | None = None
        self._is_wanted = False

    @property
    def is_running(self) -> bool:
        """Whether it is still to be found out."""
        return self._trial.is_running

    def answer(self, project: Project) -> Mapping[str, Any] | None:
        """Return what is known of a project: patch, steps and what is left, as the engine says."""
        return self._known[1] if self._known is not None and self._known[0] is project else None

    def begin(self, project: Project) -> None:
        """Show what they would change of a project, as soon as that is known."""
        self._is_wanted = True
        if self.answer(project) is not None:
            self._show(project)
        elif not self.is_running:
            self._trial.start(project)
            self.changed.emit()

    def end(self) -> None:
        """Show it no more; what is not known yet is not wanted any more."""
        self._is_wanted = False
        if self._fix is not None:
            self._previewing.end(self._fix)
        if self.is_running:
            self._trial.stop()
            self.changed.emit()

    def forget(self) -> None:
        """Take it that the project is another one."""
        self._trial.stop()
        self._known = self._fix = None

    def _found(self, project: Project, answer: Mapping[str, Any]) -> None:
        self._known = (project, answer)
        if self._is_wanted:
            self._show(project)
        self.changed.emit()

    def _show(self, project: Project) -> None:
        from app.session.cure_words import cure_title, done_by

        answer = self.answer(project)
        if answer is None or not answer["steps"]:
            return
        steps = answer["steps"]
        self._fix = Fix(ID, cure_title(steps), FrozenMap(answer["patch"]))
        self._previewing.show(self._fix, tuple(done_by(project, steps)))
