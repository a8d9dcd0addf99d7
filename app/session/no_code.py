"""Why a drawing that PyTorch accepts has no code, as one more problem in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.naming import DRAWING, Names
from graph_editor.checking.verdict import Diagnostic
from graph_editor.document.model import RuleId

if TYPE_CHECKING:
    from app.session.session import Session

NO_CODE = RuleId("no-code")
NOTHING_DRAWN = "Nothing is drawn yet."
MEND = "Mend this first"
"""A way out that the list of problems says better."""
PLAIN = {"no output node and no block": "there is no output yet"}
"""What the writers of code say, as people say it."""


def is_empty(session: Session) -> bool:
    """Whether there is no node anywhere in the main graph."""
    return not session.project.main.graph.nodes


def refusal_words(session: Session, with_place: bool = True) -> str:
    """Return why there is no code, where, and the way out; empty where nothing is refused."""
    refusal = session.refusal
    if refusal is None:
        return ""
    if is_empty(session):
        return NOTHING_DRAWN
    names = Names(session.project)
    feature = names.text(PLAIN.get(refusal.feature, refusal.feature), refusal.node)
    where = names.label(refusal.node)
    needed = with_place and where != DRAWING and where not in feature
    words = f"{where}: {feature}" if needed else feature
    way_out = names.text(refusal.way_out, refusal.node).rstrip(".")
    words = words.rstrip(".")
    return f"{words}." if way_out in ("", MEND, "Mend that first") else f"{words}. {way_out}."


def refusal_problem(session: Session) -> Diagnostic | None:
    """Return the refusal as a warning, where no error says already what is to be mended."""
    refusal, verdict = session.refusal, session.verdict
    if refusal is None or verdict is None or not session.is_refused or is_empty(session):
        return None
    if any(each.severity == "error" for each in verdict.diagnostics):
        return None
    words = f"There is no code: {refusal_words(session, with_place=False)}"
    return Diagnostic(NO_CODE, "warning", refusal.node, words)
