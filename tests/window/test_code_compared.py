"""Comparing the code in a real window, by keys alone: menu, palette, steps and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.panels.code.diff_view import DiffView
from app.panels.code_panel import CodePanel
from app.session.session import Session
from graph_editor.document.files import dumps
from tests.panels.judged import set_value, until
from tests.window.inhabited import Inhabited

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def save(session: Session, path: Path) -> None:
    path.write_text(dumps(session.project), encoding="utf-8")
    session.saved_at(path)


def test_by_keys_alone_the_code_is_compared_with_what_was_saved(
    house: Inhabited, tmp_path: Path
) -> None:
    place = house.judged(house.stand(width=1440, height=900))
    session = place.session
    save(session, tmp_path / "net.netwright")
    set_value(session, "head", "bias", False)
    set_value(session, "conv1", "padding_mode", "circular")
    house.judged(place)
    place.canvas.setFocus()
    QTest.keyClick(focused(), Qt.Key.Key_D, CTRL | SHIFT)
    house.rest()
    panel = place.panels["code"]
    assert isinstance(panel, CodePanel)
    until(lambda: isinstance(QApplication.focusWidget(), DiffView))
    view = panel.comparison.view
    assert view is focused()
    assert (view.change_number, view.change_count) == (1, 2)
    QTest.keyClick(view, Qt.Key.Key_F7)
    assert view.change_number == 2
    QTest.keyClick(view, Qt.Key.Key_F7, SHIFT)
    assert view.change_number == 1
    QTest.keyClick(view, Qt.Key.Key_Escape)
    house.rest()
    assert not panel.comparison.is_open
    assert focused() is panel.view
    session.undo()
    session.undo()
    house.judged(place)
    place.canvas.setFocus()
    QTest.keyClick(focused(), Qt.Key.Key_F7)
    house.rest()
    assert panel.comparison.words == "The code is the same as that of the saved version."
    assert panel.isAncestorOf(focused())
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert not panel.comparison.is_open
