"""The system's clipboard: nodes go onto it and come from it as text."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from graph_editor.document.edits import Fragment
from graph_editor.document.fragment_text import fragment_from_text, fragment_to_text


def put(fragment: Fragment) -> None:
    """Put nodes on the clipboard."""
    QGuiApplication.clipboard().setText(fragment_to_text(fragment))


def taken() -> Fragment:
    """Return the nodes on the clipboard. Raises NoFragment."""
    return fragment_from_text(QGuiApplication.clipboard().text())


def has_text() -> bool:
    """Whether there is anything on the clipboard that may be nodes; cheap."""
    data = QGuiApplication.clipboard().mimeData()
    return data is not None and data.hasText()
