"""The summary as a table: what it says, sorted by a click on its heads, copied, and gone to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest

from app.panels.costs.model import COLUMNS
from app.panels.summary_panel import SummaryPanel
from app.report import as_markdown, as_text, as_tsv
from app.session.session import Session
from graph_editor.catalogue.scope import specs_of
from graph_editor.checking.summary import summary, totals
from graph_editor.document.model import Project
from tests.panels.judged import example, in_sight, session_on, set_value, settle, until

LEFT = Qt.MouseButton.LeftButton
NODE, PARAMETERS, ACTIVATIONS = 0, 3, 5


@pytest.fixture
def panel(session: Session) -> Iterator[SummaryPanel]:
    with in_sight(SummaryPanel(session), 1000, 500) as made:
        settle(session)
        yield made


@pytest.fixture
def residual(qt: QApplication) -> Iterator[SummaryPanel]:
    session = session_on(example("digits_residual"))
    with in_sight(SummaryPanel(session), 1000, 500) as made:
        settle(session)
        yield made
    session.close()


def cells(panel: SummaryPanel, column: int) -> list[str]:
    model = panel.view.summary
    return [str(model.index(row, column).data()) for row in range(model.rowCount())]


def press_head(panel: SummaryPanel, column: int) -> None:
    head = panel.view.horizontalHeader()
    spot = QPoint(head.sectionViewportPosition(column) + 12, head.height() // 2)
    QTest.mouseClick(head.viewport(), LEFT, pos=spot)


def expected(session: Session) -> tuple[object, ...]:
    assert session.verdict is not None
    project = session.project
    return summary(project, specs_of(project), session.verdict), totals(project, session.verdict)


def test_every_node_has_a_row_and_the_totals_stand_last(panel: SummaryPanel) -> None:
    rows, total = expected(panel.session)
    assert panel.view.summary.rows == rows
    assert panel.view.summary.total == total
    names = cells(panel, NODE)
    assert names[0] == "Digits"
    assert names[-1] == "Total"
    at = names.index("conv1")
    assert [cells(panel, c)[at] for c in (1, 2, PARAMETERS)] == ["nn.Conv2d", "B×16×8×8", "144"]
    assert cells(panel, PARAMETERS)[-1] == "9,978"
    counts = "9,978 parameters, 618,496 FLOPs per sample, 2.0 MiB of activations per batch."
    until(lambda: panel.words.full == f"{counts} It fits: this machine has 12.0 GiB free.")


@pytest.mark.parametrize("width", [620, 800, 1400])
def test_all_columns_are_in_sight_where_there_is_room(panel: SummaryPanel, width: int) -> None:
    panel.resize(width, 400)
    QApplication.processEvents()
    view = panel.view
    widths = [view.columnWidth(column) for column in range(len(COLUMNS))]
    for column in (PARAMETERS, ACTIVATIONS, 6):
        assert widths[column] >= view.sizeHintForColumn(column)  # numbers are never cut
    if width > 620:
        assert sum(widths) <= view.viewport().width()
    view.setColumnWidth(NODE, 333)
    panel.resize(width + 40, 400)
    QApplication.processEvents()
    assert view.columnWidth(NODE) == 333


def test_a_click_on_a_head_sorts_and_the_third_brings_the_order_back(panel: SummaryPanel) -> None:
    before = cells(panel, NODE)
    press_head(panel, PARAMETERS)
    assert [row.parameters for row in panel.view.summary.rows] == sorted(
        row.parameters for row in panel.view.summary.rows
    )
    press_head(panel, PARAMETERS)
    assert cells(panel, NODE)[0] == "head"
    assert cells(panel, NODE)[-1] == "Total"
    press_head(panel, PARAMETERS)
    assert cells(panel, NODE) == before


def test_it_follows_an_edit_and_stays_sorted(panel: SummaryPanel) -> None:
    press_head(panel, ACTIVATIONS)
    press_head(panel, ACTIVATIONS)
    set_value(panel.session, "conv2", "out_channels", 64)
    settle(panel.session)
    found = [row.activations for row in panel.view.summary.rows]
    assert found == sorted(found, reverse=True)
    assert panel.view.summary.rows == tuple(
        sorted(expected(panel.session)[0], key=lambda r: r.activations, reverse=True)  # type: ignore[attr-defined,call-overload]  # rows
    )


@pytest.mark.parametrize(
    ("name", "form"),
    [("As text", as_text), ("As Markdown", as_markdown), ("For a spreadsheet", as_tsv)],
)
def test_the_menu_copies_all_of_it(panel: SummaryPanel, name: str, form: object) -> None:
    act = next(each for each in panel.menu.actions() if each.text() == name)
    act.trigger()
    assert QGuiApplication.clipboard().text() == form(*expected(panel.session))  # type: ignore[operator]  # one of the three


def test_copying_by_key_takes_the_selected_rows(panel: SummaryPanel) -> None:
    view = panel.view
    view.setFocus()
    view.selectRow(2)
    QTest.keySequence(view, QKeySequence.StandardKey.Copy)
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(view.summary.rows) + 2
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keySequence(view, QKeySequence.StandardKey.Copy)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 3
    assert not lines[-1].startswith("total")


def test_a_click_goes_to_the_node(panel: SummaryPanel) -> None:
    at = cells(panel, NODE).index("head")
    spot = panel.view.visualRect(panel.view.summary.index(at, NODE)).center()
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=spot)
    assert panel.session.selection == {"head"}
    last = panel.view.summary.index(len(panel.view.summary.rows), NODE)
    panel.view.scrollTo(last)
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=panel.view.visualRect(last).center())
    assert panel.session.selection == {"head"}  # the totals are nowhere


def test_blocks_can_be_looked_into(residual: SummaryPanel) -> None:
    outer = len(residual.view.summary.rows)
    assert residual.inside.isVisible()
    QTest.mouseClick(residual.inside, LEFT, pos=QPoint(8, residual.inside.height() // 2))
    assert len(residual.view.summary.rows) > outer
    at = next(i for i, r in enumerate(residual.view.summary.rows) if r.address == "block2/conv1")
    index = residual.view.summary.index(at, NODE)
    assert str(index.data()) == "    conv1"
    residual.view.scrollTo(index)
    QTest.mouseClick(residual.view.viewport(), LEFT, pos=residual.view.visualRect(index).center())
    session = residual.session
    assert (session.prefix, session.selection) == ("block2", {"conv1"})


def test_nothing_drawn_says_so(qt: QApplication) -> None:
    session = session_on(Project())
    with in_sight(SummaryPanel(session), 600, 200) as panel:
        assert panel.nothing.text() == "Waiting for PyTorch to check the drawing."
        settle(session)
        assert panel.nothing.isVisible()
        assert panel.nothing.text() == "There are no nodes yet."
        assert not panel.copy_button.isEnabled()
    session.close()


def test_every_column_says_what_it_counts() -> None:
    assert all(column.doc for column in COLUMNS if column.is_number)
