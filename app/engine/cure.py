"""Applies all safe fixes where the judge is: no answer has to go to the window and back between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.engine.guard import GUARD
from app.engine.judge import Judge
from graph_editor.checking.curing import Cured, cure
from graph_editor.checking.verdict import Verdict
from graph_editor.document.files import change_to_json
from graph_editor.document.model import Project


def cured(
    judge: Judge,
    project: Project,
    cancelled: Callable[[], bool] = lambda: False,
    tell: Callable[[int, str], None] = lambda *_: None,
) -> dict[str, Any]:
    """Return the change that applies all safe fixes, what they say, and what is left and why.

    Raises Cancelled.
    """

    def judged(now: Project) -> Verdict:
        GUARD.begin()  # every node has all of its time again, as in a judgement of its own
        return judge.judge(now, cancelled=cancelled)

    return _answer(project, cure(project, judged, tell))


def _answer(project: Project, done: Cured) -> dict[str, Any]:
    steps = [
        {"node": s.problem.node, "title": s.fix.title, "message": s.problem.message}
        for s in done.steps
    ]
    left = [
        {"node": each.problem.node, "severity": each.problem.severity, "reason": each.reason}
        for each in done.left
    ]
    return {"patch": change_to_json(project, done.project), "steps": steps, "left": left}
