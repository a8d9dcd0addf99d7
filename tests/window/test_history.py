"""The undo history, the panel that lists it, and what the status line says of the last action."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.panels.history.model import STATE
from app.window.workplace import Workplace
from graph_editor.document import edits
from graph_editor.document.files import dumps
from graph_editor.document.model import NodeId
from tests.session.answers import Answers
from tests.window.inhabited import Inhabited

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
KEY = Qt.Key


def listed(place: Workplace) -> list[str]:
    view = view_of(place)
    return [view.model().index(row).data(STATE).words for row in range(view.model().rowCount())]


def view_of(place: Workplace) -> Any:
    panel: Any = place.panels["history"]
    return panel.view


def said(place: Workplace) -> str:
    return place.shell.status.said.full


def worked_on(place: Workplace) -> list[str]:
    """Move, duplicate, delete by keys; return the text of every state."""
    states = [dumps(place.session.project)]
    place.canvas.select([NodeId("conv1")])
    for key, held in ((KEY.Key_Right, SHIFT), (KEY.Key_D, CTRL), (KEY.Key_Delete, NONE)):
        QTest.keyClick(place.canvas, key, held)
        states.append(dumps(place.session.project))
    assert len(set(states[:3])) == 3
    return states


def test_the_list_goes_to_any_state_in_one_move(house: Inhabited) -> None:
    place = house.stand()
    states = worked_on(place)
    QTest.keyClick(place.canvas, KEY.Key_H, CTRL | SHIFT)
    house.rest()
    view = view_of(place)
    assert view.hasFocus()
    assert listed(place) == [
        "Start", "Move Conv2d", "Duplicate 1 node", "Delete Conv2d, present",
    ]  # fmt: skip
    told: list[object] = []
    place.session.changed.connect(told.append)
    spot: QPoint = view.visualRect(view.model().index(1)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, spot)
    assert dumps(place.session.project) == states[1]
    assert len(told) == 1
    assert listed(place)[1:] == [
        "Move Conv2d, present", "Duplicate 1 node, undone", "Delete Conv2d, undone",
    ]  # fmt: skip
    assert said(place) == "Undone: 2 steps. Ctrl+Shift+Z brings one back."
    for key in (KEY.Key_Up, KEY.Key_Return):
        QTest.keyClick(view, key)
    assert dumps(place.session.project) == states[0]
    for key in (KEY.Key_End, KEY.Key_Return):
        QTest.keyClick(view, key)
    assert dumps(place.session.project) == states[3]
    assert said(place) == "Redone: 3 steps. Ctrl+Z undoes one."
    QTest.keyClick(view, KEY.Key_H, CTRL | SHIFT)
    assert not place.has_panel("history")


def test_it_shows_which_state_is_in_the_file(house: Inhabited, tmp_path: Path) -> None:
    place = house.stand()
    place.keeper.asks = Answers(places=[tmp_path / "mine.netwright"])
    worked_on(place)
    place.show_panel("history")
    QTest.keyClick(place.canvas, KEY.Key_Z, CTRL)
    QTest.keyClick(place.canvas, KEY.Key_S, CTRL)
    assert listed(place)[2:] == ["Duplicate 1 node, present, saved", "Delete Conv2d, undone"]
    QTest.keyClick(place.canvas, KEY.Key_Z, CTRL)
    QTest.keyClick(place.canvas, KEY.Key_Z, CTRL)
    assert listed(place)[0] == "Start, present"
    assert listed(place)[2] == "Duplicate 1 node, undone, saved"
    place.canvas.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, KEY.Key_Delete)
    assert listed(place) == ["Start", "Delete Conv2d, present"]


def test_thousands_of_steps_stay_fast(house: Inhabited) -> None:
    place = house.stand()
    document = place.session.document
    for value in range(5_000):
        document._done.append(_step(document.project, value))  # the edits are not what is measured
    place.show_panel("history")
    house.rest()
    view = view_of(place)
    assert view.model().rowCount() == 5_001
    assert view.visualRect(view.model().index(5_000)).intersects(view.viewport().rect())
    started = time.process_time()
    for _ in range(10):
        place.panels["history"]._follow()  # type: ignore[attr-defined]  # what an edit costs
    assert time.process_time() - started < 0.3


def _step(project: edits.Project, value: int) -> Any:
    from graph_editor.document.document import Step

    return Step(f"Set the seed to {value}", project, project)


def test_the_status_line_says_what_was_done_and_which_key_takes_it_back(house: Inhabited) -> None:
    place = house.judged(house.stand())
    place.canvas.select([NodeId("conv1")])
    QTest.keyClick(place.canvas, KEY.Key_Right, SHIFT)
    assert said(place) == "Move Conv2d. Ctrl+Z undoes it."
    QTest.keyClick(place.canvas, KEY.Key_Z, CTRL)
    assert said(place) == "Undone: Move Conv2d. Ctrl+Shift+Z brings it back."
    QTest.keyClick(place.canvas, KEY.Key_Y, CTRL)
    assert said(place) == "Redone: Move Conv2d. Ctrl+Z undoes it."
    QTest.keyClick(place.canvas, KEY.Key_Delete)
    house.judged(place)
    assert said(place) == "Delete Conv2d. Ctrl+Z undoes it."
    QTest.keyClick(place.canvas, KEY.Key_Y, CTRL)
    assert said(place) == "There is nothing to redo."
