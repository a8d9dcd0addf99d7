"""Settings do what they say: canvas, code, copies, standby."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from app.panels.code_panel import CodePanel
from app.session.session import Session
from app.window.canvas_settings import CanvasSettings
from graph_editor.canvas.canvas import Canvas
from graph_editor.canvas.gestures.all import install
from graph_editor.canvas.theme import code_font
from tests.panels.judged import example, in_sight, session_on, settle

MODIFIERS = Qt.KeyboardModifier


@pytest.fixture
def session(qt: QApplication) -> Iterator[Session]:
    made = session_on(example("digits_mlp"))
    yield made
    made.close()


@pytest.fixture
def canvas(session: Session) -> Iterator[Canvas]:
    made = Canvas(session.document, lambda _: session.lookup, session.ids, session.theme)
    install(made)
    CanvasSettings(session.settings, made, made)
    with in_sight(made, 800, 500):
        yield made


def turn(canvas: Canvas, degrees: int, keys: Qt.KeyboardModifier = MODIFIERS.NoModifier) -> None:
    middle = QPointF(canvas.viewport().rect().center())
    event = QWheelEvent(
        middle,
        middle,
        QPoint(),
        QPoint(0, degrees),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_zooms_and_the_other_way_round(canvas: Canvas, session: Session) -> None:
    before = canvas.zoom()
    turn(canvas, 120)
    assert canvas.zoom() > before
    turn(canvas, -120)
    session.settings.set("wheel_reversed", True)
    turn(canvas, 120)
    assert canvas.zoom() < before


def test_a_wheel_that_pans_zooms_with_ctrl(canvas: Canvas, session: Session) -> None:
    canvas.zoom_to(2.0)
    session.settings.set("wheel", "pan")
    before, at = canvas.zoom(), canvas.verticalScrollBar().value()
    turn(canvas, 120)
    assert canvas.zoom() == before
    assert canvas.verticalScrollBar().value() == at - 120
    turn(canvas, 120, MODIFIERS.ControlModifier)
    assert canvas.zoom() > before


def test_nodes_stay_on_the_grid_unless_nobody_wants_it(canvas: Canvas, session: Session) -> None:
    assert canvas.snaps
    session.settings.set("snap_to_grid", False)
    assert not canvas.snaps


def test_the_letters_of_the_code_follow(session: Session) -> None:
    panel = CodePanel(session)
    panel.resize(400, 300)
    panel.show()
    settle(session)
    view = panel.view
    assert view is not None
    assert view.document().defaultFont() == code_font(12)
    session.settings.set("code_letters", 18)
    assert view.document().defaultFont() == code_font(18)
    panel.show_file("train.py")
    assert panel.view is not None
    assert panel.view.document().defaultFont() == code_font(18)
    panel.close()
    panel.deleteLater()
