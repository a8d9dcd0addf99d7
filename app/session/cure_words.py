"""What was cured at once and what was left, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.session.naming import Names
from graph_editor.document.model import Project

MOST_NAMED = 3
"""How many fixes, and how many problems that stay, are named."""


def cure_title(steps: Sequence[Mapping[str, Any]]) -> str:
    """Return what the edit is called: ``Apply 3 safe fixes``."""
    return "Apply a safe fix" if len(steps) == 1 else f"Apply {len(steps)} safe fixes"


def done_by(project: Project, steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what each step does: ``Set in_features to 512 (head)``."""
    names = Names(project)
    return [f"{names.text(s['title'], s['node'])} ({names.label(s['node'])})" for s in steps]


def cure_words(
    project: Project,
    steps: Sequence[Mapping[str, Any]],
    left: Sequence[Mapping[str, Any]],
    did: str = "Applied",
) -> str:
    """Return what was done, and what is left and why, as the engine's answer has it."""
    names = Names(project)
    grave = [each for each in left if each["severity"] != "info"]
    done = done_by(project, steps)
    why = [f"{names.label(e['node'])} ({names.text(e['reason'], e['node'])})" for e in grave]
    words = []
    if done:
        count = "a safe fix" if len(done) == 1 else f"{len(done)} safe fixes"
        words.append(f"{did} {count}: {_listed(done)}.")
    elif why:
        words.append("No fix is safe enough to be applied unseen.")
    if why:
        verb = "problem is" if len(why) == 1 else "problems are"
        words.append(f"{len(why)} {verb} left: {_listed(why)}.")
    elif remarks := len(left):
        verb = "remark is" if remarks == 1 else "remarks are"
        words.append(f"{remarks} {verb} left: matters of taste.")
    return " ".join(words) or "There was nothing to cure."


def _listed(words: Iterable[str]) -> str:
    all_ = list(words)
    more = len(all_) - MOST_NAMED
    named = ", ".join(all_[:MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named
