"""Facts of the inspector are whole in a narrow window, and its headings stand apart."""

from __future__ import annotations

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtWidgets import QWidget

from app.panels.inspector_panel import InspectorPanel
from app.panels.inspector_parts import FactRow
from app.panels.inspector_training import Use
from app.session.session import Session
from graph_editor.document.edits import in_block, set_silence
from graph_editor.document.model import NodeId, RuleId
from tests.panels.judged import in_sight

CONV = NodeId("conv1")


@pytest.mark.parametrize(("width", "is_there"), [(210, False), (240, True), (400, True)])
def test_what_stands_aside_goes_before_a_fact_is_cut(
    qt: QApplication, width: int, is_there: bool
) -> None:
    with in_sight(FactRow("out", "B×8×30×30", "float32"), width, 30) as row:
        qt.processEvents()
        words = row.value.fontMetrics().horizontalAdvance("B×8×30×30")
        assert row.value.width() >= words
        assert row.aside.isVisible() == is_there
        assert row.value.toolTip() == "B×8×30×30  float32"


@pytest.mark.parametrize(("width", "is_there"), [(240, False), (400, True)])
def test_a_range_is_not_broken_for_what_stands_aside(
    qt: QApplication, width: int, is_there: bool
) -> None:
    with in_sight(FactRow("memory", "822 KiB–1.6 MiB", "to train"), width, 30) as row:
        qt.processEvents()
        assert row.value.width() >= row.value.fontMetrics().horizontalAdvance(row.value.text())
        assert row.aside.isVisible() == is_there


def test_the_rules_that_are_silent_stand_apart(qt: QApplication, session: Session) -> None:
    rules = [RuleId("bias-before-norm")]
    session.apply(lambda p: in_block(p, "main", lambda g: set_silence(g, CONV, rules)), "Silence")
    with in_sight(InspectorPanel(session), 240, 900) as panel:
        session.select([CONV])
        qt.processEvents()
        use: Use = panel.use
        heading = use._silence.heading
        last = max(bottom(row, use) for row in use.rows.values() if row.isVisible())
        assert heading.mapTo(use, heading.rect().topLeft()).y() - last >= 14


def bottom(widget: QWidget, of: QWidget) -> int:
    return widget.mapTo(of, widget.rect().bottomLeft()).y()
