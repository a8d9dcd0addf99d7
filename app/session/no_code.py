"""Why the drawing of a session has no code though PyTorch accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.session.refusals import words_of
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


def problems_now(session: Session) -> tuple[Diagnostic, ...]:
    """Return the problems of the present verdict, and that there is no code where that is one."""
    unwritten = session.unwritten()
    return session.problems() if unwritten is None else (*session.problems(), unwritten)
