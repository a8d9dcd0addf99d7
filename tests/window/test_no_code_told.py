"""That a drawing has no code is one more warning wherever problems are told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.commands.registry import BY_ID
from app.session.seeking import NO_FIX
from app.window.workplace import Workplace
from graph_editor.document.model import NodeId
from tests.panels.judged import set_value, until
from tests.window.inhabited import Inhabited

assert QApplication
OPTIMIZER = NodeId("optimizer")
REASON = "There is no code: no optimizer acts in every step."
WAY_OUT = "Remove every from one, or use accumulate."
WORDS = f"{REASON} {WAY_OUT}"


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand())
    made.show_panel("problems")
    set_value(made.session, OPTIMIZER, "every", 3)
    until(lambda: made.session.is_judged and made.session.is_refused)
    house.rest()
    return made


def test_the_list_does_not_say_that_there_are_no_problems(place: Workplace) -> None:
    panel: Any = place.panels["problems"]
    assert [row.sentence for row in panel.view.rows.rows] == [WORDS]
    assert panel.bar.words.full == NO_FIX
    assert panel.bar.button.toolTip() == NO_FIX


def test_the_status_bar_counts_it_and_no_more_once_it_is_mended(place: Workplace) -> None:
    check = place.shell.status.check
    assert check.words.text().endswith(", 1 warning")
    place.session.undo()
    until(lambda: place.session.is_judged and place.session.is_written)
    assert "warning" not in check.words.text()


def test_the_keys_and_the_menu_lead_to_it(place: Workplace, house: Inhabited) -> None:
    assert BY_ID["graph.next_problem"].unavailable(place) == ""
    place.canvas.setFocus()
    QTest.keyClick(place.canvas, Qt.Key.Key_F8)
    assert place.session.selection == {OPTIMIZER}
    house.rest()
    inspector = place.panels["inspector"]
    said = {label.text() for label in inspector.findChildren(QLabel) if label.isVisible()}
    assert {REASON, WAY_OUT} <= said
