"""Facts of the inspector are whole in a narrow window, and its headings stand apart."""

from __future__ import annotations

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.panels.inspector_panel import InspectorPanel
from app.panels.inspector_parts import FactRow
from app.panels.inspector_training import Use
from app.session.session import Session
from graph_editor.canvas.inspector.row import LABEL, ParameterRow
from graph_editor.canvas.theme import text_font
from graph_editor.document.edits import add_node, in_block, set_silence
from graph_editor.document.model import Node, NodeId, RuleId
from tests.panels.judged import in_sight

CONV, NEW = NodeId("conv1"), NodeId("new")


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


@pytest.mark.parametrize("width", [240, 264, 400])
@pytest.mark.parametrize(
    ("spec", "name", "is_cut"),
    [
        ("nn.BatchNorm2d", "track_running_stats", False),
        ("nn.CrossEntropyLoss", "label_smoothing", False),
        ("optim.NAdam", "decoupled_weight_decay", True),
    ],
)
def test_all_fields_begin_at_one_place_whatever_their_names(
    qt: QApplication, session: Session, spec: str, name: str, is_cut: bool, width: int
) -> None:
    session.apply(lambda p: in_block(p, "main", lambda g: add_node(g, NEW, Node(spec))), "Add")
    with in_sight(InspectorPanel(session), width, 900) as panel:
        panel.setFont(text_font("dense"))
        session.select([CONV])
        session.select([NEW])
        qt.processEvents()
        if name not in shown(panel):
            QTest.mouseClick(panel.form.more, Qt.MouseButton.LeftButton)
            qt.processEvents()
        rows = shown(panel).values()
        lefts = {left(row.editor, panel) for row in rows if not row.is_stacked}
        assert len(lefts) == 1
        long = shown(panel)[name].label
        assert long.text() != name if is_cut else long.width() > LABEL
        assert long.toolTip() == name
        assert left(long, panel) + long.width() < lefts.pop()
        for row in rows:
            assert right(row.editor, panel) <= panel.width()


def shown(panel: InspectorPanel) -> dict[str, ParameterRow]:
    rows = {**panel.form.rows, **panel.use.rows}
    return {name: row for name, row in rows.items() if row.isVisible()}


def left(widget: QWidget, of: QWidget) -> int:
    return widget.mapTo(of, widget.rect().topLeft()).x()


def right(widget: QWidget, of: QWidget) -> int:
    return widget.mapTo(of, widget.rect().topRight()).x()


def bottom(widget: QWidget, of: QWidget) -> int:
    return widget.mapTo(of, widget.rect().bottomLeft()).y()
