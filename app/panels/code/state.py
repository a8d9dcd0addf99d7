"""What the code in the panel is worth now."""

from __future__ import annotations

from typing import NamedTuple

from app.report import label
from app.session.locating import place_of
from app.session.session import Session

MEND = "Mend this first"
"""A way out that the list of problems says better."""


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
    if session.engine_state == "stopped" and not session.is_judged:
        return State("error", "error", "not checked", session.engine_words)
    if session.refusal is not None and session.is_judged:
        return State("error", "error", "no code for this drawing", _refusal(session))
    if session.verdict is None:
        return State("clock", "text3", "waiting for PyTorch")
    return State("clock", "text3", "checking…")


def _refusal(session: Session) -> str:
    refusal = session.refusal
    if refusal is None:
        return ""
    where = label(session.project, refusal.node)
    words = refusal.feature if where in refusal.feature else f"{where}: {refusal.feature}"
    way_out = refusal.way_out.rstrip(".")
    return f"{words}." if way_out in ("", MEND) else f"{words}. {way_out}."


def cause_of(session: Session) -> str | None:
    """Return the address of the node for which there is no code; None where there is none."""
    refusal = session.refusal
    if refusal is None or not session.is_judged:
        return None
    return refusal.node if place_of(session.project, refusal.node) else None
