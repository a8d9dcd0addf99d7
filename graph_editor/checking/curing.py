"""Applies all safe fixes, one after another; each is judged before the next one is looked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.doubtful import is_choice
from graph_editor.checking.safety import (
    REMARK,
    why_not_cured,
    why_not_kept,
    why_not_safe,
)
from graph_editor.checking.verdict import Diagnostic, Fix, Verdict
from graph_editor.document.files import FileProblem, apply_change
from graph_editor.document.model import Project

MOST = 200
"""Fixes that are applied at most; so many problems are not cured by pressing a button."""
NO_FIX = "no fix was found to cure it"
Key: TypeAlias = tuple[str, str, str]
"""Code, node and argument: what stays the same while a problem is the same."""


@dataclass(frozen=True, slots=True)
class Step:
    """One fix that was applied, and the problem that it cured."""

    problem: Diagnostic
    fix: Fix
    project: Project
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Left:
    """A problem that stays, and why."""

    problem: Diagnostic
    reason: str


@dataclass(frozen=True, slots=True)
class Cured:
    """What became of a project."""

    project: Project
    verdict: Verdict
    steps: tuple[Step, ...] = ()
    left: tuple[Left, ...] = ()


def cure(
    project: Project,
    judge: Callable[[Project], Verdict],
    tell: Callable[[int, str], None] = lambda *_: None,
) -> Cured:
    """Apply the first fix of each problem, where it is safe; ``judge`` offers the fixes.

    Where the first is not safe, none is applied: the later ones are worse guesses at what is meant.
    ``tell`` is given how many were applied, and what the last of them says. In the end there is no
    error that was not there at first: steps that would leave one are taken back.
    """
    course = _Course(project, judge(project), judge)
    while len(course.steps) < MOST and course.advance():
        tell(len(course.steps), course.steps[-1].fix.title)
    return course.ended()


class _Course:
    """A project on its way: the steps that were taken, and why others were not."""

    def __init__(
        self, project: Project, verdict: Verdict, judge: Callable[[Project], Verdict]
    ) -> None:
        self._first, self._judge = (project, verdict), judge
        self.steps: list[Step] = []
        self._done: dict[Key, str] = {}
        self._reasons: dict[Key, str] = {}

    @property
    def _now(self) -> tuple[Project, Verdict]:
        return (self.steps[-1].project, self.steps[-1].verdict) if self.steps else self._first

    def advance(self) -> bool:
        """Apply the first fix of a problem where it is safe; say whether there was such a one."""
        self._reasons = {}  # what was no cure before may be one now
        for problem in self._now[1].diagnostics:
            if problem.severity != "info" and _key(problem) not in self._done:
                step = self._step(problem)
                if step is not None:
                    self.steps.append(step)
                    self._done[_key(problem)] = "it came back after its fix"
                    return True
        return False

    def _step(self, problem: Diagnostic) -> Step | None:
        project, verdict = self._now
        for fix in problem.fixes[:1]:  # the user chooses among the others
            try:
                after = apply_change(project, dict(fix.patch))
            except FileProblem:
                return None
            reason = why_not_safe(project, after, specs_of(project))
            reason = reason or self._choice(problem, after)
            if not reason:
                judged = self._judge(after)
                reason = why_not_cured(verdict, judged, problem)
                reason = reason or why_not_kept(project, after, judged)
                if not reason:
                    return Step(problem, fix, after, judged)
            self._reasons[_key(problem)] = f"“{fix.title}” is not safe: {reason}"
        return None

    def _choice(self, problem: Diagnostic, chosen: Project) -> str:
        """Return why a fix is a guess: another one sets the very same argument otherwise."""
        project = self._now[0]
        for fix in problem.fixes[1:]:
            try:
                other = apply_change(project, dict(fix.patch))
            except FileProblem:
                continue
            if is_choice(project, chosen, other):
                return f"“{fix.title}” would do as well"
        return ""

    def ended(self) -> Cured:
        """Return what has come of it, without last steps that brought other errors instead.

        One that lays an error bare, and is followed by none that cures it, may have made it.
        """
        known = {_key(d) for d in self._first[1].diagnostics if d.severity == "error"}
        while self.steps and self._left_another(known):
            undone = self.steps.pop()
            self._done[_key(undone.problem)] = "another error stands behind its fix"
        project, verdict = self._now
        reasons = {**self._reasons, **self._done}
        left = tuple(Left(p, reasons.get(_key(p)) or _reason(p)) for p in verdict.diagnostics)
        return Cured(project, verdict, tuple(self.steps), left)

    def _left_another(self, known: set[Key]) -> bool:
        """Whether the last step has left an error that was not there at first."""
        errors = {_key(d) for d in self._now[1].diagnostics if d.severity == "error"}
        return len(errors) > len(known) or not errors <= known


def _reason(problem: Diagnostic) -> str:
    return REMARK if problem.severity == "info" else NO_FIX


def _key(problem: Diagnostic) -> Key:
    return (problem.code, problem.node, problem.argument)
