"""Canvases for tests: each is shown, acted on, and left with nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from graph_editor.document.model import Project
    from tests.canvas.hand import Hand


@pytest.fixture
def make_hand(qt: QApplication) -> Iterator[Callable[[Project], Hand]]:
    """Return what shows a project on a canvas and gives a hand to act on it.

    What was opened over the canvas and closed again must be gone, not only hidden.
    """
    from tests.canvas.hand import Hand

    made: list[Hand] = []

    def make(project: Project) -> Hand:
        made.append(Hand(project))
        return made[-1]

    yield make
    left = [name for hand in made for name in hand.left_hidden()]
    for hand in made:
        hand.close()
    assert not left, f"closed, but still there: {left}"
