"""Whether the custom code of a session's project may run, and letting it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app import trust

if TYPE_CHECKING:
    from app.session.session import Session
    from graph_editor.document.model import Project

TRUSTED = "The custom code of this project is trusted, as it stands."
WITHDRAWN = "The custom code of this project runs no more."


def is_trusted(project: Project) -> bool:
    """Whether all that would run of a project's own may run."""
    return trust.is_trusted(project)


def trust_code(session: Session) -> bool:
    """Let the project's code run as it is now, and have all judged again; return whether."""
    return _kept(session, trust.trust, TRUSTED)


def withdraw_trust(session: Session) -> bool:
    """Let the project's code run no more, and have all judged again; return whether."""
    return _kept(session, trust.withdraw, WITHDRAWN)


def _kept(session: Session, keep: Callable[[Project], None], words: str) -> bool:
    try:
        keep(session.project)
    except OSError as problem:
        session.said.emit(f"This cannot be kept: {problem.strerror or problem}.")
        return False
    session.said.emit(words)
    if session.engine_state != "none":
        session.judging.ask(session.project, session.document.revision)
    return True
