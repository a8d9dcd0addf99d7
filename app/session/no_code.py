"""Why the drawing of a session has no code though PyTorch accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.refusals import problem_of, words_of
from graph_editor.checking.verdict import Diagnostic

if TYPE_CHECKING:
    from app.session.session import Session

NOTHING_DRAWN = "Nothing is drawn yet."


def is_empty(session: Session) -> bool:
    """Whether there is no node anywhere in the main graph."""
    return not session.project.main.graph.nodes


def refusal_words(session: Session, with_place: bool = True) -> str:
    """Return why there is no code, where, and the way out; empty where nothing is refused."""
    if session.refusal is None:
        return ""
    if is_empty(session):
        return NOTHING_DRAWN
    return words_of(session.project, session.refusal, with_place)


def refusal_problem(session: Session) -> Diagnostic | None:
    """Return the refusal of the present drawing as a warning; None where there is none to tell."""
    refusal = session.refusal if session.is_refused else None
    return problem_of(session.project, session.verdict, refusal)
