"""A refusal of those who write code, in plain words and as one more problem of a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.naming import DRAWING, Names
from graph_editor.checking.verdict import NO_CODE, Diagnostic, Verdict
from graph_editor.document.model import Project

if TYPE_CHECKING:
    from codegen.written import CannotWrite

MEND = "Mend this first"
"""A way out that the list of problems says better."""
PLAIN = {"no output node and no block": "there is no output yet"}
"""What the writers of code say, as people say it."""


def words_of(project: Project, refusal: CannotWrite, with_place: bool = True) -> str:
    """Return why there is no code, where, and the way out."""
    names = Names(project)
    feature = names.text(PLAIN.get(refusal.feature, refusal.feature), refusal.node)
    where = names.label(refusal.node)
    needed = with_place and where != DRAWING and where not in feature
    words = f"{where}: {feature}" if needed else feature
    way_out = names.text(refusal.way_out, refusal.node).rstrip(".")
    words = words.rstrip(".")
    return f"{words}." if way_out in ("", MEND, "Mend that first") else f"{words}. {way_out}."


def problem_of(
    project: Project, verdict: Verdict | None, refusal: CannotWrite | None
) -> Diagnostic | None:
    """Return the refusal as a warning, where no error says already what is to be mended.

    An empty drawing is no problem.
    """
    if refusal is None or verdict is None or not project.main.graph.nodes or verdict.has_errors:
        return None
    words = f"There is no code: {words_of(project, refusal, with_place=False)}"
    return Diagnostic(NO_CODE, "warning", refusal.node, words)
