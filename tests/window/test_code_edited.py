"""Editing the code in a real window, by keys alone: the window's own keys leave the text alone."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt's libraries are missing on this system")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.panels.code.edit_view import EditView
from app.panels.code_panel import CodePanel
from graph_editor.document.model import NodeId
from tests.panels.judged import set_value, until
from tests.window.inhabited import Inhabited

CTRL = Qt.KeyboardModifier.ControlModifier


def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    found = QApplication.focusWidget()
    assert found is not None
    QTest.keyClick(found, key, held)


def test_by_keys_alone_the_code_is_edited_applied_and_kept(house: Inhabited) -> None:
    place = house.judged(house.stand(width=1440, height=900))
    session = place.session
    set_value(session, "conv1", "padding_mode", "circular")
    house.judged(place)
    drawn = session.project
    place.canvas.setFocus()
    press(Qt.Key.Key_F4)
    house.rest()
    panel = place.panels["code"]
    assert isinstance(panel, CodePanel)
    until(lambda: isinstance(QApplication.focusWidget(), EditView))
    view = panel.editing.view
    assert view is not None
    text = view.toPlainText()
    at = text.index("nn.Linear(512, 10") + len("nn.Linear(512, 10")
    cursor = view.textCursor()
    cursor.setPosition(at)
    view.setTextCursor(cursor)
    press(Qt.Key.Key_Backspace)
    press(Qt.Key.Key_2)
    assert "nn.Linear(512, 12)" in view.toPlainText()
    for _ in range(8):  # more often than there is something to undo in the text
        press(Qt.Key.Key_Z, CTRL)
    assert view.toPlainText() == text
    assert session.project is drawn
    press(Qt.Key.Key_Delete)
    QTest.keyClicks(view, ", bias=False)")
    place.shell.close()
    assert place.shell.isVisible()
    assert panel.editing.cancel.text() == "Discard"
    press(Qt.Key.Key_Escape)
    assert panel.editing.is_open
    press(Qt.Key.Key_Return, CTRL)
    until(lambda: not panel.editing.is_open)
    assert session.project.main.graph.nodes[NodeId("head")].args["bias"] is False
    house.rest()
    assert QApplication.focusWidget() is panel.view
    press(Qt.Key.Key_Z, CTRL)
    assert session.project is drawn
