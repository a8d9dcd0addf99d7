"""The nodes that are selected in a session, as the subject of a panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph_editor.canvas.inspector.subject import Subject, subject_in

if TYPE_CHECKING:
    from app.session.session import Session


def subject_of(session: Session) -> Subject:
    """Return the selected nodes as a subject."""
    block = session.project.block(session.graph_key)
    return subject_in(session.graph_key, block, session.selection, session.lookup)
