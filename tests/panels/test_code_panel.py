"""The code panel through real events: what is shown, both ways of the map, copying and finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.panels.qt import QApplication  # isort: skip  # skips where Qt is missing

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolTip

from app.panels.code.margin import Margin, laid_out
from app.panels.code.view import CodeView
from app.panels.code_panel import CodePanel
from app.session.session import Session
from codegen.written import SourceText
from graph_editor.canvas.theme import theme
from graph_editor.document.edits import in_block, rename_node
from graph_editor.document.model import Address, FrozenMap, NodeId
from tests.panels.judged import JudgingHere, example, in_sight, session_on, set_value, settle, until

HEAD, CONV = NodeId("head"), NodeId("conv1")
KEY = Qt.Key


@pytest.fixture
def panel(session: Session) -> Iterator[CodePanel]:
    with in_sight(CodePanel(session), 560, 408) as made:
        settle(session)
        yield made


def view(panel: CodePanel) -> CodeView:
    assert panel.view is not None
    return panel.view


def picked(panel: CodePanel) -> list[str]:
    lines = view(panel).toPlainText().split("\n")
    return [lines[n - 1].strip() for n in sorted(view(panel).picked)]


def line_with(panel: CodePanel, words: str) -> int:
    lines = view(panel).toPlainText().split("\n")
    return next(n for n, line in enumerate(lines, 1) if words in line)


def click_line(panel: CodePanel, line: int) -> None:
    text = view(panel)
    text.verticalScrollBar().setValue(max(0, line - 5))
    top = next(top for number, top, _ in text.seen_blocks() if number == line)
    QTest.mouseClick(
        text.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        QPoint(60, top + 8),
    )  # fmt: skip


def states(panel: CodePanel) -> str:
    return next(w.text() for w in panel.findChildren(QLabel) if w.text() == panel.state().words)


def test_before_a_verdict_it_says_what_it_waits_for(session: Session) -> None:
    panel = CodePanel(session)
    panel.show()
    assert panel.state().words == "waiting for PyTorch"
    assert panel.view is None
    panel.deleteLater()


def test_the_files_shown_are_the_files_written(panel: CodePanel, session: Session) -> None:
    assert session.written is not None
    for name, source in session.written.files.items():
        panel.show_file(name)
        assert panel.file == name
        assert view(panel).toPlainText() + "\n" == source.text
    assert states(panel) == "this is what runs"


def test_files_that_are_no_python_stay_behind_the_button(panel: CodePanel) -> None:
    def texts() -> list[str]:
        return [panel.header.tabs.tabText(i) for i in range(panel.header.tabs.count())]

    assert texts() == ["model.py", "data.py", "train.py"]
    panel.show_file("README.md")
    assert texts() == ["model.py", "data.py", "train.py", "README.md"]
    QTest.mouseClick(
        panel.header.tabs, Qt.MouseButton.LeftButton, pos=panel.header.tabs.tabRect(1).center()
    )
    assert panel.file == "data.py"
    assert texts() == ["model.py", "data.py", "train.py"]


def test_without_room_the_files_stand_in_one_menu(panel: CodePanel) -> None:
    panel.resize(240, 300)
    header = panel.header
    assert not header.tabs.isVisible()
    assert header.more.text() == "model.py"
    actions = {act.text(): act for act in header.menu().actions()}
    assert list(actions) == [*header.names, "", "Edit the code"]
    actions["train.py"].trigger()
    assert panel.file == header.more.text() == "train.py"
    assert header.copy.geometry().right() <= header.width()
    panel.resize(560, 300)
    assert header.tabs.isVisible()


def test_selecting_a_node_picks_out_its_lines(panel: CodePanel, session: Session) -> None:
    session.select([HEAD])
    assert picked(panel) == [
        "self.head = nn.Linear(512, 10)",
        "return self.head(x)  # (B, 10)",
    ]
    assert any(line in view(panel).seen_lines() for line in view(panel).picked)
    session.select([])
    assert picked(panel) == []


def test_a_node_of_another_file_turns_the_tab_and_leaves_the_focus(
    panel: CodePanel, session: Session
) -> None:
    panel.header.tabs.setFocus()
    session.select([NodeId("loss")])
    assert panel.file == "train.py"
    assert picked(panel)[0] == "criterion = nn.CrossEntropyLoss()"
    assert panel.header.tabs.hasFocus() or not panel.isActiveWindow()
    session.select([CONV])
    assert panel.file == "model.py"


def test_clicking_a_line_selects_its_node(panel: CodePanel, session: Session) -> None:
    click_line(panel, line_with(panel, "self.head = "))
    assert session.selection == {HEAD}
    click_line(panel, line_with(panel, "import torch"))
    assert session.selection == {HEAD}


def test_enter_on_a_line_selects_its_node(panel: CodePanel, session: Session) -> None:
    text = view(panel)
    cursor = text.textCursor()
    cursor.setPosition(
        text.document().findBlockByNumber(line_with(panel, "Dropout") - 1).position()
    )
    text.setTextCursor(cursor)
    QTest.keyClick(text, KEY.Key_Return)
    assert session.selection == {NodeId("dropout")}


def test_dragging_over_text_selects_text_and_no_node(panel: CodePanel, session: Session) -> None:
    text = view(panel)
    place = text.viewport()
    QTest.mousePress(place, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
    QTest.mouseMove(place, QPoint(120, 70))
    QTest.mouseRelease(place, Qt.MouseButton.LeftButton, pos=QPoint(120, 70))
    assert text.textCursor().hasSelection()
    assert session.selection == frozenset()


def test_a_line_of_a_block_shows_the_block(qt: QApplication) -> None:
    session = session_on(example("digits_residual"))
    panel = CodePanel(session)
    panel.resize(560, 500)
    panel.show()
    settle(session)
    click_line(panel, line_with(panel, "self.relu = "))
    assert (session.graph_key, session.prefix) == ("residual", "block1")
    assert session.selection == {NodeId("relu2")}
    session.show_graph("residual", "block3")
    click_line(panel, line_with(panel, "self.features = "))
    assert (session.graph_key, session.prefix) == ("residual", "block3")
    assert session.selection == {NodeId("conv1")}
    session.show_graph("main")
    session.select([NodeId("block2")])
    assert "ResidualBlock(16)," in picked(panel)
    assert line_with(panel, "nn.BatchNorm2d(channels)") in view(panel).related
    session.close()
    panel.deleteLater()


def test_an_edit_changes_only_its_line_and_what_is_read_stays(
    panel: CodePanel, session: Session
) -> None:
    panel.show_file("train.py")
    text = view(panel)
    text.verticalScrollBar().setValue(40)
    touched: list[tuple[int, int]] = []
    text.document().contentsChange.connect(
        lambda at, gone, new: touched.append((gone, new)) if gone != new else None
    )
    set_value(session, "optimizer", "lr", 0.12345)
    settle(session)
    assert "lr: float = 0.12345" in text.toPlainText()
    assert text.verticalScrollBar().value() == 40
    assert touched
    assert all(gone < 80 and new < 80 for gone, new in touched)


def test_lines_that_come_above_do_not_move_what_is_read(qt: QApplication) -> None:
    lines = [f"x{n} = {n}" for n in range(300)]
    text = CodeView("a.py", theme("dark"))
    text.resize(400, 300)
    text.show()
    text.set_text("\n".join(lines))
    text.verticalScrollBar().setValue(100)
    text.set_text("\n".join(["# new", "# new too", *lines]))
    assert text.firstVisibleBlock().text() == "x100 = 100"
    text.set_text("\n".join([*lines, "end"]))
    assert text.firstVisibleBlock().text() == "x100 = 100"
    text.deleteLater()


def test_it_says_that_it_checks_while_it_does(panel: CodePanel, session: Session) -> None:
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    judging.waits = True
    set_value(session, "head", "bias", False)
    assert panel.state().words == "checking…"
    until(lambda: judging.kept is not None)
    judging.answer()
    until(lambda: panel.state().words == "this is what runs")
    assert "bias=False" in view(panel).toPlainText()


def test_a_layout_change_leaves_the_code_what_runs(panel: CodePanel, session: Session) -> None:
    session.apply(
        lambda p: replace(p, layout=p.layout.set("main", FrozenMap({"at": FrozenMap()}))), "Move"
    )
    assert panel.state().words == "this is what runs"


def test_a_fault_dims_the_last_code_says_why_and_marks_its_lines(
    panel: CodePanel, session: Session
) -> None:
    before = view(panel).toPlainText()
    set_value(session, "head", "in_features", 256)
    settle(session)
    state = panel.state()
    assert state.words == "no code for this drawing"
    assert "256" in state.reason
    assert "512" in state.reason
    assert view(panel).toPlainText() == before
    line = line_with(panel, "self.head = ")
    assert view(panel).marks[line][0] == "error"
    chosen: list[object] = []
    session.problem_chosen.connect(chosen.append)
    button = panel._banner._button
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.selection == {HEAD}
    assert len(chosen) == 1
    session.undo()
    settle(session)
    assert panel.state().words == "this is what runs"
    assert view(panel).marks == {}


def test_the_mark_of_a_line_tells_its_problems_by_mouse_and_by_keys(
    panel: CodePanel, session: Session
) -> None:
    """In train.py as in model.py; several problems of a line are all told."""
    set_value(session, "optimizer", "lr", 50.0)
    settle(session)
    panel.show_file("train.py")
    text = view(panel)
    line = next(iter(text.marks))
    severity, words = text.marks[line]
    assert severity == "warning"
    assert "50" in words
    text.setFocus()
    text.put_caret(line - 1)
    QTest.keyClick(text, KEY.Key_Down)
    assert QToolTip.text() == laid_out(words)
    assert text.accessibleDescription() == words
    QTest.keyClick(text, KEY.Key_Up)
    assert text.accessibleDescription() == ""
    margin = text.findChild(Margin)
    assert margin is not None
    top = next(top for number, top, _ in text.seen_blocks() if number == line)
    for place, widget in ((QPoint(8, top + 6), margin), (QPoint(80, top + 6), text.viewport())):
        QToolTip.hideText()
        event = QHelpEvent(QEvent.Type.ToolTip, place, widget.mapToGlobal(place))
        QApplication.sendEvent(widget, event)
        assert QToolTip.text() == laid_out(words)


def test_a_drawing_without_code_says_why(qt: QApplication) -> None:
    session = session_on(example("digits_cnn"))
    set_value(session, "head", "in_features", 3)
    panel = CodePanel(session)
    panel.show()
    settle(session)
    assert panel.view is None
    assert panel.state().reason
    assert any(label.text() == panel.state().reason for label in panel.findChildren(QLabel))
    session.close()
    panel.deleteLater()


def test_a_stopped_engine_is_said(panel: CodePanel, session: Session) -> None:
    judging = session.judging
    assert isinstance(judging, JudgingHere)
    judging.waits = True
    set_value(session, "head", "bias", False)
    judging.state_changed.emit("stopped", "PyTorch could not be imported.")
    assert panel.state().words == "not checked"
    assert panel.state().reason == "PyTorch could not be imported."


def test_copying_takes_the_whole_file(panel: CodePanel, session: Session) -> None:
    said: list[str] = []
    session.said.connect(said.append)
    panel.show_file("data.py")
    QTest.mouseClick(panel.header.copy, Qt.MouseButton.LeftButton)
    assert session.written is not None
    assert QGuiApplication.clipboard().text() == session.written.files["data.py"].text
    assert said == ["Copied data.py: 19 lines."]


def test_finding_by_keys(panel: CodePanel) -> None:
    text = view(panel)
    QTest.keyClick(text, KEY.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert panel.find_bar.isVisible()
    field = panel.find_bar.field
    QTest.keyClicks(field, "self.")
    assert panel.find_bar._count.text() == "1 of 6"
    QTest.keyClick(field, KEY.Key_Return)
    assert panel.find_bar._count.text() == "2 of 6"
    QTest.keyClick(field, KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(field, KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert panel.find_bar._count.text() == "6 of 6"
    assert text.textCursor().selectedText().lower() == "self."
    field.clear()
    QTest.keyClicks(field, "no such word")
    assert panel.find_bar._count.text() == "not found"
    QTest.keyClick(field, KEY.Key_Escape)
    assert not panel.find_bar.isVisible()
    assert text.extraSelections() == []


def test_hidden_it_works_nothing_out_and_shown_it_is_true(session: Session) -> None:
    panel = CodePanel(session)
    settle(session)
    session.select([HEAD])
    assert panel.view is None
    panel.show()
    assert "self.head = nn.Linear(512, 10)" in picked(panel)
    panel.deleteLater()


def test_long_files_are_coloured_where_they_are_seen_only(qt: QApplication) -> None:
    text = CodeView("long.py", theme("dark"))
    text.resize(500, 300)
    text.show()
    text.set_text("\n".join(f"def f{n}(): return {n}  # {n}" for n in range(10_000)))
    document = text.document()

    def coloured(line: int) -> bool:
        return len(document.findBlockByNumber(line).layout().formats()) > 1

    assert coloured(0)
    assert not coloured(5000)
    text.verticalScrollBar().setValue(5000)
    assert coloured(5000)
    assert not coloured(9000)
    text.deleteLater()


def test_a_theme_changes_the_colours(panel: CodePanel, session: Session) -> None:
    def colour() -> object:
        block = view(panel).document().findBlockByNumber(line_with(panel, "class ") - 1)
        part = next(f for f in block.layout().formats() if f.length == len("class"))
        return part.format.foreground().color()

    assert colour() == theme("dark")["k_key"]
    session.set_theme(theme("light"))
    assert colour() == theme("light")["k_key"]


def test_lines_of_nodes_that_are_gone_mean_nothing(panel: CodePanel, session: Session) -> None:
    assert session.written is not None
    files = session.written.files
    source = files["model.py"]
    gone = SourceText(source.text, tuple(Address("gone") if a else None for a in source.lines))
    session.written = replace(session.written, files=files.set("model.py", gone))
    session.written_changed.emit()
    click_line(panel, line_with(panel, "self.head = "))
    assert session.selection == frozenset()


def test_renaming_a_node_rewrites_its_lines_and_keeps_them_picked(
    panel: CodePanel, session: Session
) -> None:
    session.select([HEAD])
    session.apply(
        lambda p: in_block(p, "main", lambda g: rename_node(g, HEAD, "classifier")), "Rename"
    )
    settle(session)
    assert "self.classifier = nn.Linear(512, 10)" in picked(panel)
