"""The list of runs by mouse and keyboard: order, filter, checks, and what can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.panels.running.run_facts import facts_of, size_words
from app.panels.running.runs_filter import matches
from app.panels.running.runs_model import COLUMNS, RUN
from app.panels.runs_panel import RunsPanel
from app.session.run_desk import RunDesk
from app.session.run_tracked import TrackedRun, read_tracked
from app.training.control import read_control
from graph_editor.document.model import Project
from tests.panels.judged import in_sight, run_desk, until
from tests.session.made_runs import MadeRun, finished

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key


@pytest.fixture
def desk(qt: QApplication, file: Path) -> Iterator[RunDesk]:
    with run_desk(Project(), file) as made:
        yield made


@pytest.fixture
def panel(desk: RunDesk) -> Iterator[RunsPanel]:
    with in_sight(RunsPanel(desk.session, desk), 860, 360) as made:
        yield made


def opened(panel: RunsPanel, count: int) -> None:
    panel.desk.open()
    until(lambda: len(panel.model.runs) == count)


def rows(panel: RunsPanel) -> list[TrackedRun]:
    table = panel.view.rows
    return [table.index(row, 0).data(RUN) for row in range(table.rowCount())]


def test_no_runs_are_told_in_words(panel: RunsPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.view.isVisible()
    assert panel.empty.heading.text() == "No runs yet"


def test_runs_stand_newest_first_and_are_sorted_by_a_click_on_a_title(
    panel: RunsPanel, file: Path
) -> None:
    for epochs in (2, 3, 1):
        finished(file, epochs)
    opened(panel, 3)
    assert [run.status.epoch for run in rows(panel)] == [1, 3, 2]
    header = panel.view.horizontalHeader()
    place = header.sectionViewportPosition(4) + 10
    spot = header.viewport().rect().center()
    spot.setX(place)
    QTest.mouseClick(header.viewport(), LEFT, pos=spot)
    assert [run.status.epoch for run in rows(panel)] in ([1, 2, 3], [3, 2, 1])
    texts = [panel.view.rows.index(0, k).data() for k in range(len(COLUMNS))]
    assert texts[0] == "net"
    assert texts[6] == "1,234"
    assert panel.count.text() == "3"


def test_the_filter_takes_words_and_comparisons(panel: RunsPanel, file: Path) -> None:
    finished(file, 2, lr=0.01)
    finished(file, 3, lr=0.001)
    opened(panel, 2)
    QTest.keyClicks(panel.field, "lr > 0.005")
    assert [run.settings["lr"] for run in rows(panel)] == [0.01]
    assert panel.count.text() == "1 of 2"
    panel.field.clear()
    QTest.keyClicks(panel.field, "no such run")
    assert panel.empty.isVisible()
    assert panel.empty.heading.text() == "No run fits"
    panel.field.clear()
    assert len(rows(panel)) == 2


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("net finished", True),
        ("net failed", False),
        ("val_accuracy>=0.94", True),
        ("val_accuracy > 0.95", False),
        ("device = cpu", True),
        ("device != cpu net", False),
        ("depth > 3", False),
        ("seed = 7", True),
        ("seed < nothing", False),
    ],
)
def test_what_a_filter_means(text: str, fits: bool, file: Path, qapp: QApplication) -> None:
    run = read_tracked(finished(file, 3, device="cpu", seed=7).folder)
    assert matches(run, text) is fits


def test_keys_draw_a_run_and_show_it(panel: RunsPanel, file: Path) -> None:
    for _ in range(2):
        finished(file)
    opened(panel, 2)
    asked: list[bool] = []
    panel.show_requested.connect(lambda: asked.append(True))
    panel.view.setFocus()
    panel.view.select_run(rows(panel)[0])
    QTest.keyClick(panel.view, KEY.Key_Down)
    run = panel.view.run()
    assert run is rows(panel)[1]
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert panel.desk.is_shown(run)
    QTest.keyClick(panel.view, KEY.Key_Space)
    assert not panel.desk.is_shown(run)
    QTest.keyClick(panel.view, KEY.Key_Return)
    assert panel.desk.current is run
    assert asked == [True]


def test_the_check_is_clicked(panel: RunsPanel, file: Path) -> None:
    finished(file)
    opened(panel, 1)
    box = panel.view.visualRect(panel.view.rows.index(0, 0))
    spot = box.center()
    spot.setX(box.left() + 10)
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=spot)
    assert panel.desk.is_shown(panel.desk.runs[0])


def test_the_selected_run_has_its_folder_told_and_its_graph_opened(
    panel: RunsPanel, file: Path
) -> None:
    made = finished(file)
    opened(panel, 1)
    assert not panel.facts.isVisible()
    panel.view.select_run(rows(panel)[0])
    until(lambda: "metrics.jsonl" in panel.facts.files.text())
    assert panel.facts.place.full == str(made.folder)
    asked: list[Path] = []
    panel.open_requested.connect(asked.append)
    QTest.mouseClick(panel.facts.graph_button, LEFT)
    assert asked == [made.folder / "project.netwright"]
    menu = panel.menu()
    next(a for a in menu.actions() if a.text().startswith("Copy")).trigger()
    assert QGuiApplication.clipboard().text() == str(made.folder)
    menu.deleteLater()


def test_a_run_without_its_drawing_says_so(panel: RunsPanel, file: Path) -> None:
    made = finished(file)
    (made.folder / "project.netwright").unlink()
    opened(panel, 1)
    panel.view.select_run(rows(panel)[0])
    until(lambda: not panel.facts.graph_button.isEnabled())
    assert "no drawing" in panel.facts.graph_button.toolTip()


def test_a_run_that_goes_on_is_updated_in_its_row(panel: RunsPanel, file: Path) -> None:
    run = MadeRun(file)
    run.whole_epoch()
    run.say("running")
    opened(panel, 1)
    panel.view.select_run(rows(panel)[0])
    cell = panel.view.rows.index(0, 4)
    until(lambda: cell.data() == "1/4")
    run.whole_epoch(val_accuracy=0.5)
    run.say("running")
    until(lambda: panel.view.rows.index(0, 4).data() == "2/4")
    assert panel.view.rows.index(0, 2).data() == "50.00"
    assert panel.view.run() is panel.desk.runs[0]
    run.say("finished", alive=False)
    until(lambda: panel.view.rows.index(0, 1).data() == "Finished")


def test_a_run_of_another_project_is_stopped_in_the_menu_of_its_row(
    panel: RunsPanel, file: Path
) -> None:
    going = MadeRun(file.with_name("neighbour.netwright"))
    going.say("running")
    finished(file)
    opened(panel, 2)
    for run in rows(panel):
        panel.view.select_run(run)
        menu = panel.menu()
        stops = [action for action in menu.actions() if action.text() == "Stop this run"]
        assert len(stops) == run.is_live
        for action in stops:
            action.trigger()
        menu.deleteLater()
    assert read_control(going.folder).stop


def test_columns_give_way_where_it_is_narrow(panel: RunsPanel, file: Path) -> None:
    finished(file)
    opened(panel, 1)
    panel.resize(300, 400)
    QTest.qWait(20)
    hidden = [panel.view.isColumnHidden(k) for k in range(len(COLUMNS))]
    assert hidden[:2] == [False, False]
    assert hidden[-1]
    panel.resize(900, 400)
    QTest.qWait(20)
    assert not any(panel.view.isColumnHidden(k) for k in range(len(COLUMNS)))


def test_sizes_and_facts(tmp_path: Path) -> None:
    assert [size_words(n) for n in (812, 42_291, 2 * 2**20)] == ["812 B", "41.3 KiB", "2.0 MiB"]
    assert facts_of(tmp_path / "nowhere") == []
