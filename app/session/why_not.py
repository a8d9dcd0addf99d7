"""Why a drawing cannot be trained as it stands, in one sentence that says what to do."""

from __future__ import annotations

from app.session.naming import Names
from app.session.no_code import refusal_words
from app.session.seeking import CHECKING, HALTED, STARTING, unchecked
from app.session.session import Session
from app.trust import is_trusted

UNTRUSTED = (
    "This drawing holds custom code that you have not trusted, so that it does not run: read and "
    "trust it first (Add > Custom code)."
)
NOTHING_TO_TRAIN = "There is nothing to train yet: draw a data source, a loss and an optimizer."


def why_not_train(session: Session) -> str:
    """Return why no run of the drawing can be started now; empty where one can."""
    if not session.is_judged:
        if session.engine_state in HALTED:
            return unchecked(session.engine_state, session.engine_words)
        if session.engine_state == "ready":
            return CHECKING
        return STARTING
    errors = [each for each in session.problems() if each.severity == "error"]
    if errors:
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        where = Names(session.project).quoted(errors[0].node)
        return f"Cure the problem at {where} first{more}: {errors[0].message}"
    if not is_trusted(session.project):
        return UNTRUSTED
    if session.refusal is not None:
        return f"There is no code to train with. {refusal_words(session)}"
    if not session.is_written or session.written is None:
        return "The code is being written; try again in a moment."
    if "train.py" not in session.written.files:
        return NOTHING_TO_TRAIN
    return ""
