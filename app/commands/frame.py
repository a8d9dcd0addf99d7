"""What commands may ask of a window."""

from __future__ import annotations

from typing import Protocol

from app.session.session import Session
from app.settings.store import Settings
from graph_editor.canvas.canvas import Canvas


class Frame(Protocol):
    """A window as commands see it."""

    session: Session
    settings: Settings
    canvas: Canvas
