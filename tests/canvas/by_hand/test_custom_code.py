"""A double click on a node of custom code asks for its code; where there is none, for a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from graph_editor.document.files import load
from graph_editor.document.model import FrozenMap, Project
from tests.canvas.hand import Hand

__all__ = ["QApplication"]
SAMPLE = Path(__file__).parents[2] / "projects" / "custom_code.netwright"


def test_a_double_click_on_custom_code_asks_for_it(
    make_hand: Callable[[Project], Hand],
) -> None:
    project = load(SAMPLE).project
    for known, expected in ((project, ["swish"]), (without_code(project), [])):
        hand = make_hand(known)
        asked: list[str] = []
        hand.canvas.code_entered.connect(asked.append)
        hand.double_click(hand.at("swish"))
        assert asked == expected
        assert hand.steps() == 0


def without_code(project: Project) -> Project:
    return Project(project.main, project.blocks, FrozenMap(), project.run)
