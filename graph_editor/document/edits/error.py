"""What an edit says when it cannot be done."""

from __future__ import annotations


class EditError(ValueError):
    """An edit that would make no sense; its text is a plain sentence, and nothing has changed."""
