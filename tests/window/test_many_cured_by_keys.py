"""A dozen problems in one drawing, met and cured by keys alone, and all of it taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.window.workplace import Workplace
from graph_editor.document.files import dumps
from tests.panels.judged import until
from tests.window.inhabited import Inhabited
from tests.window.many_faults import BRANCHES, COUNT, many_faults

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
BOTH = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
TITLE = f"Apply {COUNT} safe fixes"


@pytest.fixture
def place(house: Inhabited) -> Workplace:
    made = house.judged(house.stand(many_faults()))
    made.canvas.setFocus()
    house.rest()
    return made


def press(key: Qt.Key, how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where the keyboard is."""
    widget = QApplication.focusWidget()
    assert isinstance(widget, QWidget)
    QTest.keyClick(widget, key, how)


def errors(place: Workplace) -> list[str]:
    return [str(p.node) for p in place.session.problems() if p.severity == "error"]


def test_one_key_cures_all_and_one_takes_it_back(place: Workplace, house: Inhabited) -> None:
    session, canvas = place.session, place.canvas
    before, text, spots = session.project, dumps(session.project), canvas.places()
    assert len(BRANCHES) == COUNT == len(set(errors(place)))
    press(KEY.Key_Return, BOTH)
    until(lambda: session.document.undo_title == TITLE)
    house.judged(place)
    assert errors(place) == []
    assert session.verdict is not None
    assert not session.verdict.has_errors
    until(lambda: session.is_written)
    (new,) = canvas.places().keys() - spots.keys()
    assert before.main.graph.nodes.keys() == session.project.main.graph.nodes.keys() - {new}
    press(KEY.Key_Z, CTRL)
    house.judged(place)
    assert session.project is before
    assert dumps(session.project) == text
    assert canvas.places() == spots
    assert len(errors(place)) == COUNT
    press(KEY.Key_Y, CTRL)
    house.judged(place)
    assert errors(place) == []


def test_f8_meets_every_problem_and_alt_enter_cures_each(
    place: Workplace, house: Inhabited
) -> None:
    wrong = errors(place)
    met = []
    for _ in wrong:
        press(KEY.Key_F8)
        house.rest()
        (node,) = place.session.selection
        assert place.canvas.sees(place.canvas.world.nodes[node].rect())
        met.append(str(node))
    assert met == wrong
    for left in range(COUNT - 1, -1, -1):
        press(KEY.Key_Return, Qt.KeyboardModifier.AltModifier)
        house.judged(place)
        assert len(errors(place)) == left
    for _ in wrong:
        press(KEY.Key_Z, CTRL)
    house.judged(place)
    assert errors(place) == wrong


def test_the_arrow_keys_show_every_fix_and_change_nothing(
    place: Workplace, house: Inhabited
) -> None:
    place.show_panel("problems")
    house.rest()
    panel: Any = place.panels["problems"]
    before = place.session.project
    panel.view.setFocus(Qt.FocusReason.TabFocusReason)
    press(KEY.Key_Home)
    seen: dict[str, bool] = {}
    for _ in panel.view.rows.rows:
        row, shown = panel.view.current_row(), place.wiring.preview
        if row.fixes:
            assert shown.label.isVisible()
            assert shown.label.lines[0] == row.fixes[0].title
            assert shown.ghosts is not None
            nodes = [item.rect() for item in place.canvas.world.nodes.values()]
            assert not any(place_.intersects(n) for place_ in cards(shown) for n in nodes)
            seen[row.label] = True
        press(KEY.Key_Down)
    assert len(seen) >= COUNT
    press(KEY.Key_Escape)
    assert not place.wiring.preview.label.isVisible()
    assert place.session.project is before


def cards(preview: Any) -> list[Any]:
    """Return what the nodes cover that would come."""
    changed = len(preview.ghosts.changed) + len(preview.ghosts.gone)
    areas: list[Any] = preview.ghosts.areas()
    return areas[: len(areas) - changed]
