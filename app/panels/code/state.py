"""What the code in the panel is worth now."""

from __future__ import annotations

from typing import NamedTuple

from app.session.locating import place_of
from app.session.no_code import is_empty, refusal_words
from app.session.seeking import HALTED
from app.session.session import Session


class State(NamedTuple):
    """A glyph, its colour, words, and the reason, if any."""

    glyph: str
    colour: str
    words: str
    reason: str = ""


def state_of(session: Session) -> State:
    """Return what the code of a session is worth."""
    if session.is_written:
        return State("check", "ok", "this is what runs")
    if session.engine_state in HALTED and not session.is_judged:
        return State("error", "error", "not checked", session.engine_words)
    if session.refusal is not None and session.is_judged:
        if is_empty(session):
            return State("info", "text3", "no code yet", refusal_words(session))
        return State("error", "error", "no code for this drawing", refusal_words(session))
    if session.verdict is None:
        return State("clock", "text3", "waiting for PyTorch")
    return State("clock", "text3", "checking…")


def cause_of(session: Session) -> str | None:
    """Return the address of the node for which there is no code; None where there is none."""
    refusal = session.refusal
    if refusal is None or not session.is_judged:
        return None
    return refusal.node if place_of(session.project, refusal.node) else None
