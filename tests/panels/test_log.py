"""The log through real events: what is written down, filtered, copied, and given up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app.panels.log.model import DROP, LINE, MOST
from app.panels.log_panel import LogPanel
from app.session.session import Session
from graph_editor.document.edits import in_block, rename_node
from graph_editor.document.model import NodeId
from tests.panels.judged import in_sight, settle

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(session: Session) -> Iterator[LogPanel]:
    with in_sight(LogPanel(session), 500, 200) as made:
        yield made


def shown(panel: LogPanel) -> list[tuple[str, str]]:
    model = panel.view.model()
    lines = [model.index(row, 0).data(LINE) for row in range(model.rowCount())]
    return [(line.level, line.sentence) for line in lines]


def rename(session: Session, name: str) -> None:
    session.apply(
        lambda p: in_block(p, "main", lambda g: rename_node(g, NodeId("head"), name)), "Rename"
    )


def test_it_writes_down_what_is_said_and_done(panel: LogPanel, session: Session) -> None:
    session.said.emit("Nothing to undo.")
    settle(session)
    session.judging.state_changed.emit("stopped", "PyTorch could not be imported.")
    panel.add("Run 7 has ended.", "ok")
    panel.add("  two\nlines ", "no such level")
    panel.add("")
    assert shown(panel) == [
        ("info", "Nothing to undo."),
        ("ok", "PyTorch is ready"),
        ("error", "PyTorch has stopped: PyTorch could not be imported."),
        ("ok", "Run 7 has ended."),
        ("info", "two lines"),
    ]


def test_a_save_is_written_down_once(panel: LogPanel, session: Session) -> None:
    path = Path("a.netwright")
    rename(session, "one")
    session.saved_at(path)
    rename(session, "two")
    session.undo()
    rename(session, "three")
    session.saved_at(path)
    saves = [words for level, words in shown(panel) if level == "ok"]
    assert saves == [f"Saved {path}"] * 2


def test_what_is_said_again_is_counted(panel: LogPanel) -> None:
    for _ in range(3):
        panel.add("Nothing to undo.")
    panel.add("Something else.")
    assert [(line.sentence, line.count) for line in panel.lines.lines] == [
        ("Nothing to undo.", 3),
        ("Something else.", 1),
    ]
    assert panel.lines.lines[0].text.endswith("Nothing to undo. (×3)")


def test_it_is_bounded(panel: LogPanel) -> None:
    for number in range(MOST + 10):
        panel.add(f"Line {number}.")
    lines = panel.lines.lines
    assert len(lines) <= MOST
    assert lines[-1].sentence == f"Line {MOST + 9}."
    assert lines[0].sentence == f"Line {DROP}."


def test_filters_by_words_and_grade(panel: LogPanel) -> None:
    panel.add("The run has started.", "ok")
    panel.add("The loss is not a number.", "error")
    panel.add("The learning rate is large.", "warning")
    QTest.keyClicks(panel.field, "LOSS")
    assert shown(panel) == [("error", "The loss is not a number.")]
    panel.field.clear()
    QTest.keyClick(panel.level, Qt.Key.Key_Down)
    assert [level for level, _ in shown(panel)] == ["error", "warning"]
    QTest.keyClick(panel.level, Qt.Key.Key_Down)
    assert [level for level, _ in shown(panel)] == ["error"]
    panel.add("Another one.", "info")
    assert len(shown(panel)) == 1


def test_selected_lines_are_copied_by_key_and_all_by_button(panel: LogPanel) -> None:
    for words in ("One.", "Two.", "Three."):
        panel.add(words)
    panel.view.setCurrentIndex(panel.view.model().index(0, 0))
    QTest.keyClick(panel.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text().split("\n")
    assert [line.split(" ", 1)[1] for line in copied] == ["One.", "Two."]
    QTest.keyClicks(panel.field, "T")
    QTest.mouseClick(panel._copy, LEFT)
    copied = QGuiApplication.clipboard().text().split("\n")
    assert [line.split(" ", 1)[1] for line in copied] == ["Two.", "Three."]


def test_it_can_be_cleared(panel: LogPanel) -> None:
    panel.add("One.")
    QTest.mouseClick(panel._clear, LEFT)
    assert shown(panel) == []


def test_it_follows_the_end_unless_one_reads_above(panel: LogPanel, qt: QApplication) -> None:
    for number in range(100):
        panel.add(f"Line {number}.")
    qt.processEvents()
    bar = panel.view.verticalScrollBar()
    panel.add("The last one.")
    qt.processEvents()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(10)
    panel.add("One more.")
    qt.processEvents()
    assert bar.value() == 10
