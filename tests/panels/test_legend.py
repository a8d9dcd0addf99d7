"""Every curve that is drawn is named, however narrow the plots are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, QRect, Qt

from app.panels.plots.board import PlotBoard, PlotColumn
from app.panels.plots.legend import Entry, Legend
from app.panels.run_panel import RunPanel
from graph_editor.canvas.theme import theme
from tests.panels.judged import example, in_sight, run_desk, until
from tests.session.made_runs import MadeRun

LOOK = theme("dark")
WIDTHS = (260, 330, 419, 430, 470, 502, 560, 620, 690, 755, 765, 900, 1300)


@pytest.fixture
def legend(qt: QApplication) -> Iterator[Legend]:
    made = Legend(LOOK)
    with in_sight(made, 400, 20):
        yield made


def named(count: int) -> list[Entry]:
    return [Entry(f"curve {k}", LOOK.runs[k]) for k in range(count)]


def ink(legend: Legend) -> list[int]:
    """Return the columns of a legend in which something is painted."""
    image = legend.grab().toImage()
    ground = image.pixel(0, 0)
    across = range(image.width())
    return [x for x in across if any(image.pixel(x, y) != ground for y in range(image.height()))]


def test_entries_move_together_before_one_is_left_out(legend: Legend) -> None:
    entries = named(3)
    legend.set_entries(entries, LOOK)
    least, usual = legend.least_width(), legend.sizeHint().width()
    assert least < usual - 20
    for width in range(least, usual + 2):
        legend.resize(width, 20)
        assert legend.shown == tuple(entries)
        assert legend.toolTip() == ""
    legend.resize(least, 20)
    assert ink(legend)[0] <= 1, "all the room is used"


def test_what_finds_no_room_is_counted_and_named_by_the_tip(legend: Legend) -> None:
    entries = named(4)
    legend.set_entries(entries, LOOK)
    for width in range(legend.least_width()):
        legend.resize(width, 20)
        count = len(legend.shown)
        assert count < 4
        assert legend.toolTip() == ", ".join(entry.name for entry in entries[count:])
    legend.resize(legend.least_width() - 1, 20)
    assert len(legend.shown) in (2, 3), "the first ones stay"
    legend.resize(24, 20)
    assert legend.shown == ()
    assert ink(legend), "the count is painted where no name is"
    legend.resize(400, 20)
    assert legend.toolTip() == ""


@pytest.mark.parametrize("runs", [1, 2])
def test_both_curves_of_a_plot_are_named_at_any_width(
    qt: QApplication, file: Path, runs: int
) -> None:
    for _ in range(runs):
        made = MadeRun(file)
        made.whole_epoch(train_accuracy=0.8)
        made.whole_epoch(train_accuracy=0.9)
        made.say("finished", alive=False)
    with run_desk(example("digits_cnn"), file) as desk:
        panel = RunPanel(desk.session, desk)
        with in_sight(panel, 900, 380):
            desk.open()
            until(lambda: len(desk.runs) == runs)
            for run in desk.runs:
                desk.show(run)
            until(lambda: panel.board is not None and curves(panel.board) == 2 * runs)
            board = panel.board
            assert board is not None
            board.setParent(None)
            with in_sight(board, 900, 300):
                for width in WIDTHS:
                    board.resize(width, 300)
                    qt.processEvents()
                    check(board)


def curves(board: PlotBoard) -> int:
    return len(board.metric_column.plot.curves)


def check(board: PlotBoard) -> None:
    """See that legends are whole, do not lie on titles, and that plots side by side are level."""
    stacked = board.metric_column.legend.isHidden()
    columns = [board.loss_column] if stacked else [board.loss_column, board.metric_column]
    for column in columns:
        assert {entry.name for entry in column.legend.shown} == {"train", "validation"}
        assert not column.legend.geometry().intersects(written(column)), board.width()
        assert column.rect().contains(column.legend.geometry())
    if not stacked:
        beside = [column for column in board.columns if column.isVisible()]
        tops = {column.plot.mapTo(board, QPoint()).y() for column in beside}
        assert len(tops) == 1, f"plots at {tops} of a board {board.width()} wide"


def written(column: PlotColumn) -> QRect:
    """Return what the words of a title cover."""
    room = column.title.geometry()
    room.setWidth(min(room.width(), column.title.sizeHint().width()))
    return room


def test_a_legend_below_its_title_begins_where_the_title_does(legend: Legend) -> None:
    legend.set_entries(named(1), LOOK)
    legend.resize(300, 20)
    assert ink(legend)[-1] >= 296
    legend.align = Qt.AlignmentFlag.AlignLeft
    assert ink(legend)[0] <= 1
