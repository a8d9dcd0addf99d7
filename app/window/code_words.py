"""What the dialog of custom code is made with: how Python is coloured, and where a node goes."""

from __future__ import annotations

from app.dialogs.code_editor import Colouring
from app.panels.code.colouring import open_quotes, python_spans
from app.session.custom_code import piece_selected
from app.session.session import Session
from graph_editor.canvas.canvas import Canvas


def code_words(session: Session, canvas: Canvas, *, is_new: bool) -> tuple[object, ...]:
    """Return what the dialog is made with: for a new piece, or for that of the selected node."""
    middle = canvas.mapToScene(canvas.viewport().rect().center())
    place = (round(middle.x()), round(middle.y()))
    key = "" if is_new else piece_selected(session)
    return session, Colouring(python_spans, open_quotes), place, key
