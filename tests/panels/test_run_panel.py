"""The run panel over made-up runs, through real events: words, plots, choices, failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider

from app.panels.plots.board import PlotBoard
from app.panels.run_panel import MEMORY, RunPanel
from app.panels.running.run_states import NO_RUN
from app.panels.running.runs_model import RunsModel
from app.session.run_desk import RunDesk
from app.training.control import read_control
from graph_editor.canvas.theme import theme
from graph_editor.checking.verdict import Diagnostic
from tests.panels.judged import example, in_sight, run_desk, until
from tests.session.made_runs import MadeRun, finished

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


@pytest.fixture
def desk(qt: QApplication, file: Path) -> Iterator[RunDesk]:
    with run_desk(example("digits_cnn"), file) as made:
        yield made


@pytest.fixture
def panel(desk: RunDesk) -> Iterator[RunPanel]:
    made = RunPanel(desk.session, desk)
    made.setMinimumSize(100, 100)
    with in_sight(made, 900, 380):
        yield made


def opened(panel: RunPanel, count: int) -> PlotBoard:
    """Open the desk, show the newest run, and return the plots."""
    panel.desk.open()
    until(lambda: len(panel.desk.runs) == count)
    if panel.desk.current is None:
        panel.desk.choose(panel.desk.runs[0])
    until(lambda: panel.board is not None)
    assert panel.board is not None
    return panel.board


def drawn(board: PlotBoard) -> list[int]:
    return [len(column.plot.curves) for column in board.columns]


def test_before_any_run_it_says_what_to_press_and_why_that_cannot_be(panel: RunPanel) -> None:
    assert panel.empty.heading.text() == NO_RUN
    assert "Ctrl+R" in panel.empty.words.text()
    assert "PyTorch" in panel.empty.words.text()
    assert not panel.head.isVisible()
    assert panel.board is None


def test_a_run_that_goes_on_is_told_in_words_and_curves(panel: RunPanel, file: Path) -> None:
    run = MadeRun(file, example("digits_cnn"), batch_size=32, seed=3, threads=2)
    run.whole_epoch(val_loss=0.0227, val_accuracy=0.99)
    run.whole_epoch(val_loss=0.0254, val_accuracy=0.9917, lr=0.00537, train_accuracy=0.98)
    run.say("running")
    board = opened(panel, 1)
    until(lambda: panel.figures.loss.value.text() == "0.0254")
    head, figures = panel.head, panel.figures
    assert head.name.full == "net"
    assert head.details.full.startswith("on CPU, 2 threads · seed 3 · started ")
    assert head.epoch.text() == "epoch 3 / 4"
    until(lambda: head.left.text() == "0:01 left")
    assert head.bar.value() == 500
    assert figures.loss.note.text() == "best 0.0227"
    assert figures.metric_figure.value.text() == "99.17 %"
    assert figures.rate.value.text() == "5.37e-03"
    assert figures.pace.value.text() == "320"
    until(lambda: drawn(board) == [3, 2, 1])
    run.whole_epoch(val_loss=0.01)
    run.say("finished", alive=False)
    until(lambda: head.left.text() == "finished")
    assert figures.loss.value.text() == "0.0100"
    assert head.bar.value() == 1000


def test_pause_and_stop_are_pressed_and_say_why_not(panel: RunPanel, file: Path) -> None:
    run = MadeRun(file)
    run.whole_epoch()
    run.say("running")
    opened(panel, 1)
    pause, stop = panel.head.buttons["pause"], panel.head.buttons["stop"]
    until(pause.isEnabled)
    QTest.mouseClick(pause, LEFT)
    assert read_control(run.folder).pause
    run.say("paused")
    until(lambda: panel.head.left.text() == "paused")
    assert pause.accessibleName() == "Let the run go on"
    stop.setFocus()
    QTest.keyClick(stop, KEY.Key_Space)
    assert read_control(run.folder).stop
    run.say("stopped", alive=False)
    until(lambda: not stop.isEnabled())
    assert "No run is going on." in stop.toolTip()


def test_a_failed_run_says_why_and_leads_to_the_node(panel: RunPanel, file: Path) -> None:
    run = MadeRun(file)
    run.whole_epoch()
    run.say("failed", alive=False, reason="Training failed at conv1: too large.", node="conv1")
    opened(panel, 1)
    until(panel.banner.isVisible)
    assert panel.banner.words.text() == "Training failed at conv1: too large."
    chosen: list[Diagnostic] = []
    panel.session.problem_chosen.connect(chosen.append)
    QTest.mouseClick(panel.banner.jump, LEFT)
    assert [problem.node for problem in chosen] == ["conv1"]
    assert panel.head.left.property("role") == "error"


def test_several_runs_are_drawn_in_their_own_colours(panel: RunPanel, file: Path) -> None:
    for _ in range(3):
        finished(file)
    board = opened(panel, 3)
    desk = panel.desk
    for run in desk.runs:
        desk.show(run)
    until(lambda: drawn(board) == [1 + 2 * 3, 3, 3])
    look = panel.session.theme
    colours = {look.runs[run.colour].name() for run in desk.runs}
    assert len(colours) == 3
    assert {curve.pencil.colour.name() for curve in board.rate_column.plot.curves} == colours
    assert [entry.colour.name() for entry in board.names.entries] == [
        look.runs[run.colour].name() for run in desk.shown
    ]
    place = board.loss_column.plot
    QTest.mouseMove(place.viewport(), QPoint(round(place.pixel_of(2.0) or 0), 80))
    until(board.table.isVisible)
    assert [row.name for row in board.table.rows] == [run.label for run in desk.shown]
    assert board.table.head[1:] == ("train", "validation")
    assert {row.values[1] for row in board.table.rows} == {"0.2000"}
    desk.show(desk.runs[-1], False)
    assert drawn(board) == [1 + 2 * 2, 2, 2]


def test_a_run_alone_has_the_colours_of_its_loss_node_whichever_run_it_is(
    panel: RunPanel, file: Path
) -> None:
    for _ in range(3):
        finished(file)
    board = opened(panel, 3)
    pair = [colour.name() for colour in panel.session.theme.runs[:2]]  # as loss nodes draw them
    for run in panel.desk.runs:
        panel.desk.choose(run)
        until(lambda: drawn(board) == [3, 1, 1])
        assert [entry.colour.name() for entry in board.loss_column.legend.entries] == pair
        strokes = [curve.pencil.colour.name() for curve in board.loss_column.plot.curves]
        assert strokes[1:] == pair
    assert len({run.colour for run in panel.desk.runs}) == 3


def test_a_checked_run_is_drawn_where_no_run_was_shown(panel: RunPanel, file: Path) -> None:
    for _ in range(2):
        finished(file)
    desk = panel.desk
    desk.open()
    until(lambda: len(desk.runs) == 2)
    assert panel.empty.isVisible()
    model = RunsModel(desk, panel.session.theme, panel)
    for row in range(2):
        index = model.index(row, 0)
        assert model.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    until(lambda: panel.board is not None and drawn(panel.board) == [5, 2, 2])
    assert panel.pages.currentWidget() is panel.board
    assert panel.head.isVisible()
    for row in range(2):
        index = model.index(row, 0)
        assert model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert panel.pages.currentWidget() is panel.empty


def test_where_no_metric_is_reported_there_is_no_plot_for_one(panel: RunPanel, file: Path) -> None:
    with_metric = finished(file)
    plain = MadeRun(file)
    plain.steps()
    plain.epoch = 1
    line = {**plain._place("epoch"), "epoch": 1, "lr": 0.01, "train_loss": 0.5, "val_loss": 0.4}
    plain._append([line])
    plain.say("finished", alive=False)
    board = opened(panel, 2)
    runs = {run.folder: run for run in panel.desk.runs}
    panel.desk.choose(runs[plain.folder])
    until(lambda: len(board.rate_column.plot.curves) == 1)
    assert board.loss_column.isVisible()
    assert not board.metric_column.isVisible()
    panel.desk.choose(runs[with_metric.folder])
    until(board.metric_column.isVisible)


def test_the_toolbar_changes_how_curves_are_drawn_and_is_remembered(
    panel: RunPanel, file: Path
) -> None:
    finished(file)
    board = opened(panel, 1)
    until(lambda: drawn(board) == [3, 1, 1])
    plot = board.loss_column.plot
    assert plot.up_axis.log
    QTest.keyClick(panel.toolbar.log_y, KEY.Key_Space)
    assert not plot.up_axis.log
    slider: QSlider = panel.toolbar.slider
    QTest.keyClick(slider, KEY.Key_Home)
    assert board.options.smoothing == 0.0
    assert panel.toolbar.amount.text() == "0.00"
    assert drawn(board) == [2, 1, 1]  # raw values alone
    QTest.mouseClick(panel.toolbar.across["step"], LEFT)
    assert plot.box.viewRange()[0][1] == pytest.approx(15.15)  # the plan's steps
    QTest.mouseClick(panel.toolbar.across["time"], LEFT)
    assert plot.across_axis.seconds
    QTest.keyClick(panel.toolbar.log_x, KEY.Key_Space)
    assert plot.across_axis.log
    panel.hide()
    kept = panel.session.settings.memory(MEMORY)
    assert kept == {"smoothing": 0.0, "log_y": False, "log_x": True, "across": "time"}
    again = RunPanel(panel.session, panel.desk)
    assert again.toolbar.options == panel.toolbar.options
    again.deleteLater()


def test_updates_are_gathered_and_nothing_is_drawn_unseen(panel: RunPanel, file: Path) -> None:
    run = MadeRun(file)
    run.whole_epoch()
    run.say("running")
    board = opened(panel, 1)
    until(lambda: drawn(board) == [3, 1, 1])
    QTest.qWait(100)
    current = panel.desk.current
    assert current is not None
    before = board.updates
    for _ in range(50):
        board.add(current, type(current.numbers)())
    assert board.updates == before
    until(lambda: board.updates == before + 1)
    panel.hide()
    board.add(current, type(current.numbers)())
    QTest.qWait(100)
    assert board.updates == before + 1


def test_a_theme_recolours_everything(panel: RunPanel, file: Path) -> None:
    finished(file)
    board = opened(panel, 1)
    until(lambda: drawn(board) == [3, 1, 1])
    panel.session.set_theme(theme("light"))
    curve = board.rate_column.plot.curves[0]
    assert curve.pencil.colour == theme("light").runs[0]
    image = board.loss_column.plot.grab().toImage()
    assert image.pixelColor(2, 2) == theme("light")["panel"]


@pytest.mark.parametrize("size", [(264, 520), (560, 260), (864, 380), (1400, 500)])
def test_nothing_overlaps_at_any_size(panel: RunPanel, file: Path, size: tuple[int, int]) -> None:
    finished(file)
    board = opened(panel, 1)
    panel.resize(*size)
    QTest.qWait(50)
    parts = [panel.head, panel.toolbar, panel.figures, board]
    boxes = [
        part.geometry().translated(part.parentWidget().mapTo(panel, QPoint())) for part in parts
    ]
    assert all(panel.rect().contains(box) for box in boxes)
    pairs = [(a, b) for k, a in enumerate(boxes) for b in boxes[k + 1 :]]
    assert not any(a.intersects(b) for a, b in pairs)
    assert board.height() >= 100
